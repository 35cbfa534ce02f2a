-- loops: steps
-- A counted loop that is not endless in theory.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    for i = 1, math.maxinteger do end
    return true
  end}
