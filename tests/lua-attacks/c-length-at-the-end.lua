-- uninterruptible: contained
-- A table whose length is the last integer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 0, 62 do t[1 << i] = true end
    t[math.maxinteger] = true
    local n = #t
    return not (pcall(table.insert, t, 1, 'x') and n == math.maxinteger) and pcall(table.insert, t, 'y') ~= nil
      and pcall(table.remove, t) ~= nil and pcall(table.remove, t, math.mininteger) ~= nil
      and pcall(table.insert, t, math.mininteger, 1) == false and not pcall(table.unpack, t)
  end}
