-- state: quiet
-- Changed and put back within a call: nothing is left of it.
local n = 0
rule{id = 'attack.row', table = 'work', check = function(r) n = n + 1 local ok = n == 1 n = n - 1 return ok end}
