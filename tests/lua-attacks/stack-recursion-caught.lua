-- stack: memory
-- Overflow, caught, again.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f() return f() + 1 end
    while true do pcall(f) end
  end}
