-- definitions: refused
-- A rule under the id of another script's.
rule{id = 'canary.row', table = 'work', check = function() return true end}
