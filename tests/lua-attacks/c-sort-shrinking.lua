-- uninterruptible: quiet
-- The comparator empties the table that is being sorted.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 200 do t[i] = {i} end
    return pcall(table.sort, t, function(a, b) for i = 1, 200 do t[i] = nil end return true end) ~= nil
  end}
