-- memory: error
-- A little more is kept with every row.
local kept = {}
rule{id = 'attack.row', table = 'work', check = function(r) kept[#kept + 1] = ('x'):rep(1000) return true end}
