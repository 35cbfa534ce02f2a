-- state: contained
-- The refusal is caught: nothing may have been written all the same.
local seen = {n = 0}
rule{id = 'attack.row', table = 'work', check = function(r)
  pcall(function() seen.n = seen.n + 1 end)
  return seen.n == 0
end}
