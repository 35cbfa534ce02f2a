-- state: error
-- A table as the memory.
local seen = {}
rule{id = 'attack.row', table = 'work', needs = {'school'}, check = function(r)
  if seen[r.school] then return false end
  seen[r.school] = true
  return true
end}
