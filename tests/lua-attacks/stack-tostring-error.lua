-- stack: error
-- Errors about errors, deep down.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f(n) if n == 0 then error(error) end return f(n - 1) + 1 end
    return f(150)
  end}
