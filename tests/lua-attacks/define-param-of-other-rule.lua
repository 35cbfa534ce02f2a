-- definitions: quiet
-- An open parameter may be set; no rule of the pack reads it in a way that loosens.
param('words', {'x'})
rule{id = 'attack.row', table = 'work', check = function() return true end}
