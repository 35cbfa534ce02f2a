-- memory: refused
-- A definition that names one long text twenty thousand times.
local s, t = ('x'):rep(200000), {}
for i = 1, 10000 do t[i] = s end
rule{id = 'attack.row', table = 'work', title = t, check = function() return true end}
