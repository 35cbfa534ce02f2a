-- state: refused
-- An iterator hides a position.
local step = ('abcdefgh'):gmatch('.')
rule{id = 'attack.row', table = 'work', check = function(r) return step() == 'a' end}
