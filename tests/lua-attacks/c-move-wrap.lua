-- uninterruptible: contained
-- table.move past the last integer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(table.move, {}, math.mininteger, math.maxinteger, 1) and not pcall(table.move, {}, 1, 10, math.maxinteger)
  end}
