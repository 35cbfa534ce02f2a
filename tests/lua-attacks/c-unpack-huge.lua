-- uninterruptible: contained
-- A million results, or minus one.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(table.unpack, {}, 1, 1e6) and not pcall(table.unpack, {}, math.mininteger, math.maxinteger)
      and select('#', table.unpack({}, math.maxinteger, math.maxinteger)) == 1
  end}
