-- definitions: quiet
-- A looser bound: the stricter of both holds.
tighten('daily', {at_most = 100000})
rule{id = 'attack.row', table = 'work', check = function() return true end}
