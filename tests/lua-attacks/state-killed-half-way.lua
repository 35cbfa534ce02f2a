-- state: steps
-- Changed, then killed before it can be compared.
local n = 0
rule{id = 'attack.row', table = 'work', check = function(r) n = n + 1 while true do end end}
rule{id = 'attack.other', table = 'work', check = function(r) return n == 0 end}
