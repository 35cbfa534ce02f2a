-- definitions: refused
-- An expression nested by the thousand.
rule{id = 'attack.row', table = 'work', when = ('('):rep(5000) .. 'true' .. (')'):rep(5000), check = function() return true end}
