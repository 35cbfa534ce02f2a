-- definitions: refused
-- Keys that are no names.
rule{id = 'attack.row', table = 'work', [1] = 2, [{}] = 3, check = function() return true end}
