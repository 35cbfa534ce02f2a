-- loops: steps
-- A step too small to ever arrive.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    for x = 1.0, 2.0, 1e-16 do end
    local x = 1.0
    while x < 2 do x = x + 1e-17 end
    return true
  end}
