-- state: error
-- A helper that replaces itself.
local helper
helper = function() helper = function() return false end return true end
rule{id = 'attack.row', table = 'work', check = function(r) return helper() end}
