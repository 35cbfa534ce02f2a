-- definitions: refused
-- Severity can only be raised.
tighten('long', {severity = 'info'})
rule{id = 'attack.row', table = 'work', check = function() return true end}
