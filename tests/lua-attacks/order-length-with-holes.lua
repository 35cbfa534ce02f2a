-- order: quiet
-- The length of a table with holes: to Lua any hole may be its end, and which one would depend on the hash of its keys.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local out = {}
    for round = 1, 60 do
      local t = {}
      for i = 1, 24 do t['k' .. i * round] = i end
      for i = 1, 24, 2 do t['k' .. i * round] = nil end
      for i = 1, 17 do if i % 5 ~= 3 then t[i] = i end t['n' .. i * round] = i if i > 4 then t['n' .. (i - 4) * round] = nil end end
      out[#out + 1] = #t
    end
    return {pass = false, message = table.concat(out, ',')}
  end}
