-- definitions: refused
-- Twice the same id.
rule{id = 'attack.row', table = 'work', check = function() return true end}
rule{id = 'attack.row', table = 'work', check = function() return false end}
