-- uninterruptible: steps
-- table.move over nine quintillion places.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    table.move({}, 1, math.maxinteger - 1, 2)
    return true
  end}
