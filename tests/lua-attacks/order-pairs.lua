-- order: quiet
-- The order of a table's keys.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t, out = {}, {}
    for i = 1, 40 do t['key' .. i * 7919 % 101] = i t[i * 31 % 17] = i end
    for k, v in pairs(t) do out[#out + 1] = tostring(k) .. '=' .. tostring(v) end
    return {pass = false, message = table.concat(out, ' ')}
  end}
