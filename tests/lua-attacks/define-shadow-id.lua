-- definitions: refused
-- A rule under the id of the pack's.
rule{id = 'daily', table = 'work', check = function() return true end}
