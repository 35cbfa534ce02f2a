-- definitions: refused
-- A misspelt record type.
rule{id = 'attack.row', table = 'wrok', check = function() return true end}
