-- definitions: refused
-- A check that is no function.
rule{id = 'attack.row', table = 'work', check = 'return true'}
