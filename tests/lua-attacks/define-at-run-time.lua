-- definitions: error
-- New rules while records are judged.
rule{id = 'attack.row', table = 'work', check = function(r) rule{id = 'attack.new', table = 'work', check = function() return false end} return true end}
