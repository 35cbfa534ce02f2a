-- state: error
-- One rule speaks to another through what both keep.
local told = false
rule{id = 'attack.a', table = 'work', check = function(r) told = true return true end}
rule{id = 'attack.b', table = 'work', check = function(r) if told then return false end return true end}
