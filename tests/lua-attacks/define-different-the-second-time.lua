-- definitions: quiet
-- A script that tells its two readings apart would define other rules: it cannot.
local id = tostring({}) == 'table' and tostring(rule) == 'function' and 'attack.row' or 'attack.other'
rule{id = id, table = 'work', check = function(r) return true end}
