-- interpreter: contained
-- Division and remainder at the edge of integers.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(function() return 1 // 0 end) and not pcall(function() return 1 % 0 end)
      and math.mininteger // -1 == math.mininteger and math.mininteger % -1 == 0 and 1.0 // 0 == math.huge
      and math.abs(math.mininteger) == math.mininteger and not pcall(math.fmod, 1, 0) and math.fmod(math.mininteger, -1) == 0
      and math.ult(1, -1) and not pcall(function() return 1 << 1.5 end)
  end}
