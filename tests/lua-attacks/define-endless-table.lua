-- definitions: refused
-- A definition whose table holds itself.
local t = {id = 'attack.row', table = 'work', check = function() return true end}
t.title = t
rule(t)
