-- state: error
-- A global as the counter.
n = 0
rule{id = 'attack.row', table = 'work', check = function(r) n = n + 1 return n % 2 == 0 end}
