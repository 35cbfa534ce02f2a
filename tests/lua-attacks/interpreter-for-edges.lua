-- interpreter: contained
-- Loops at the edge of integers must not wrap.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local n = 0
    for i = math.maxinteger - 2, math.maxinteger do n = n + 1 end
    for i = math.mininteger + 2, math.mininteger, -1 do n = n + 1 end
    for i = 1, 0 do n = n + 100 end
    for i = 3, math.mininteger do n = n + 100 end
    return n == 6 and not pcall(function() for i = 1, 10, 0 do end end) and not pcall(function() for i = 'a', 2 do end end)
  end}
