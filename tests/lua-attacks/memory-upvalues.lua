-- memory: refused
-- What a check keeps is copied when it is made read-only: twice the memory.
local t = {}
for i = 1, 6000 do t[i] = {i} end
rule{id = 'attack.row', table = 'work', check = function(r) return t[1][1] == 1 end}
