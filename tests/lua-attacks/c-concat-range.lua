-- uninterruptible: steps
-- Numbers from 1 to the last integer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return table.concat({}, '', 1, math.maxinteger) == ''
  end}
