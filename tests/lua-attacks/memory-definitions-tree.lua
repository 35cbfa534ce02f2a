-- memory: refused
-- A small table that is a huge tree when it is copied out.
local t = {'x', 'x', 'x', 'x'}
for i = 1, 10 do t = {t, t, t, t} end
rule{id = 'attack.row', table = 'work', title = t, check = function() return true end}
