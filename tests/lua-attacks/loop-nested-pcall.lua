-- loops: steps
-- pcall inside pcall inside pcall, each swallowing what the inner one raised.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function nest(n)
      if n == 0 then while true do end end
      pcall(nest, n - 1)
      while true do pcall(nest, 0) end
    end
    pcall(nest, 30)
    return true
  end}
