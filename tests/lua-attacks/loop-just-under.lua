-- loops: quiet
-- Every call stays a little below its budget.
rule{id = 'attack.row', table = 'work', check = function(r)
  for i = 1, 1000000 do end
  return true
end}
