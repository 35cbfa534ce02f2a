-- memory: quiet
-- Almost full, each refusal makes the collector look at everything.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 8000 do t[i] = {i} end
    for i = 1, 2000 do pcall(string.rep, 'x', 900000) end
    return true
  end}
