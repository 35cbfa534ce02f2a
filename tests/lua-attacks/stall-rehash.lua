-- stalls: time
-- Integer keys that all fall into one chain: single instructions take long. No call is over its time; together they are.
rule{id = 'attack.row', table = 'work', check = function(r)
  local t = {}
  for k = 1, 8000 do t[k * 8191] = k end
  for k = 1, 8000 do t[k * 8191] = nil end
  return true
end}
