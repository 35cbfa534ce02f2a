-- source: refused
-- The library's own word for #.
local __length = function() return 0 end
rule{id = 'attack.row', table = 'work', check = function(r) return #{1} == 1 end}
