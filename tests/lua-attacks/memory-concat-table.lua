-- memory: error
-- One join of a thousand long texts.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t, s = {}, ('x'):rep(10000)
    for i = 1, 1000 do t[i] = s end
    return #table.concat(t) > 0
  end}
