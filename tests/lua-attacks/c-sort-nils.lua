-- uninterruptible: error
-- Sorting a table with holes.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 1000 do t[i] = i end
    for i = 3, 999, 3 do t[i] = nil end
    table.sort(t)
    return #t == 1000 and t[1] == 1
  end}
