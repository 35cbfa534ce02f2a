-- definitions: quiet
-- A clause without rules.
clause{id = 'X1', quote = '地方规定'}
rule{id = 'attack.row', table = 'work', clause = 'X1', check = function() return true end}
