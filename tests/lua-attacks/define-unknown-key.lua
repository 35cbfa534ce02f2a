-- definitions: refused
-- A key that does not exist.
rule{id = 'attack.row', table = 'work', chekc = function() return true end}
