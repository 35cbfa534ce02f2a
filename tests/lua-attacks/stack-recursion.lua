-- stack: memory
-- Plain recursion.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f() return f() + 1 end
    return f()
  end}
