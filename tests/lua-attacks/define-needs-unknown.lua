-- definitions: refused
-- A misspelt field.
rule{id = 'attack.row', table = 'work', needs = {'minuts'}, check = function() return true end}
