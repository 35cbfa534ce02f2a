-- escapes: quiet
-- The script gives its functions an environment of its own.
local _ENV = {rule = rule, mine = 1}
rule{id = 'attack.row', table = 'work', check = function(r) return mine == 1 and string == nil end}
