-- definitions: refused
-- One clause with two texts.
clause{id = 'X1', quote = 'a'}
clause{id = 'X1', quote = 'b'}
rule{id = 'attack.row', table = 'work', clause = 'X1', check = function() return true end}
