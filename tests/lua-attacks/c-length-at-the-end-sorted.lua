-- uninterruptible: quiet
-- Sorted and joined, such a table.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 0, 62 do t[1 << i] = 'x' end
    t[math.maxinteger] = 'x'
    pcall(table.concat, t)
    table.sort(t)
    return true
  end}
