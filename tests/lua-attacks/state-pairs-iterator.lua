-- state: refused
-- The iterator of pairs too.
local step = pairs({1, 2, 3, 4, 5, 6, 7})
rule{id = 'attack.row', table = 'work', check = function(r) return step() == 1 end}
