-- state: error
-- Not the table is changed but the variable that holds it.
local seen = {}
rule{id = 'attack.row', table = 'work', needs = {'school'}, check = function(r)
  local before = seen[r.school]
  seen = {[r.school] = true}
  return not before
end}
