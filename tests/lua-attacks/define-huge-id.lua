-- definitions: quiet
-- An id of a hundred thousand letters.
rule{id = 'attack.' .. ('a'):rep(100000), table = 'work', check = function() return true end}
