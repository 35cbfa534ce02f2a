-- uninterruptible: contained
-- The range ends at the last integer: no loop counter may wrap.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    t[math.maxinteger] = 'x'
    t[math.maxinteger - 1] = 'y'
    return table.concat(t, ',', math.maxinteger - 1, math.maxinteger) == 'y,x'
      and not pcall(table.concat, t, '', math.mininteger, math.maxinteger)
  end}
