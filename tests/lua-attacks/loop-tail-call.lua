-- loops: steps
-- Tail calls need no stack.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f(n) return f(n + 1) end
    return f(0)
  end}
