-- definitions: refused
-- Ids with line ends and control bytes.
rule{id = 'attack.a\n\27[31m', table = 'work', check = function() return true end}
