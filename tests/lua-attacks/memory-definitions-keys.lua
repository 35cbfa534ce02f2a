-- memory: refused
-- A definition with very many keys, in the order that is worst to sort.
local t = {}
for i = 8000, 1, -1 do t['k' .. i] = 1 end
t.id, t.table, t.check = 'attack.row', 'work', function() return true end
rule(t)
