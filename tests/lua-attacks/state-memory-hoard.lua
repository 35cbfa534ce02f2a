-- memory: quiet
-- One script keeps most of the memory: another must still have its own.
local hoard = {}
for i = 1, 6 do hoard[i] = ('x'):rep(100000) .. i end
rule{id = 'attack.row', table = 'work', check = function(r) return #hoard == 6 end}
