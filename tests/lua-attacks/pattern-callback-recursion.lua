-- patterns: error
-- A replacement that replaces.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f(s) return (s:gsub('.', f)) end
    return f('x') == 'x'
  end}
