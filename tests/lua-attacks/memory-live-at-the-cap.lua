-- memory: memory
-- Fill memory, then live on what is left by catching each refusal.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t, n = {}, 0
    while true do
      if not pcall(function() n = n + 1 t[n] = ('x'):rep(1000) .. n end) then n = n - 100 for i = n, n + 100 do t[i < 1 and 1 or i] = nil end end
    end
  end}
