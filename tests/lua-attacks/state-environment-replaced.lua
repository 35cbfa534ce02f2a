-- state: error
-- A new environment for all that comes later.
rule{id = 'attack.row', table = 'work', check = function(r)
  local first = string ~= nil
  _ENV = {}
  return first
end}
