-- uninterruptible: quiet
-- An order that is none: sorting must end, within the table.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t, n = {}, 0
    for i = 1, 500 do t[i] = i % 7 end
    table.sort(t, function(a, b) n = n + 1 return n % 3 ~= 0 end)
    table.sort(t, function() return true end)
    return #t == 500
  end}
