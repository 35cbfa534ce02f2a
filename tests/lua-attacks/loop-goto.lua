-- loops: steps
-- A loop without a loop statement.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    ::again:: goto again
  end}
