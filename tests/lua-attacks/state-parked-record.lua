-- state: error
-- A record kept for later.
local kept
rule{id = 'attack.row', table = 'work', needs = {'minutes'}, check = function(r)
  if kept then return kept.minutes == 20 end
  kept = r
  return true
end}
