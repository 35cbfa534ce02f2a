-- loops: steps
-- Sixty rules that each spend a whole budget.
for i = 1, 60 do
  rule{id = 'attack.r' .. i, table = 'work', check = function(r) while true do end end}
end
