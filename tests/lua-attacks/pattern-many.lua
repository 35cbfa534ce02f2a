-- patterns: quiet
-- More patterns than are kept, each of them large.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    for i = 1, 300 do ('x'):match('x' .. i .. ('[a-z]'):rep(50)) end
    return true
  end}
