-- source: quiet
-- Line ends of old machines.
local a = 1local b = 2
rule{id = 'attack.row', table = 'work', check = function() return a + b == 3 end}
