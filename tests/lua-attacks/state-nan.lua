-- state: quiet
-- A kept value that equals nothing, not even itself.
local nan = 0 / 0
rule{id = 'attack.row', table = 'work', check = function(r) return nan ~= nan end}
