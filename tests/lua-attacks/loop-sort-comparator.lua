-- loops: steps
-- A comparator that never answers.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    table.sort({3, 1, 2}, function() while true do end end)
    return true
  end}
