-- uninterruptible: steps
-- Conversions in both directions.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do tonumber(tostring(1.5)) tonumber('0x1p4') tonumber('zz', 36) end
  end}
