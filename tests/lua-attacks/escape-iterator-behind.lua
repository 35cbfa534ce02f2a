-- escapes: contained
-- An iterator might hand out what is behind a read-only table.
kept = {{1}, {2}, named = {3}}
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    for k, v in pairs(kept) do if type(v) == 'table' and pcall(function() v.x = 1 end) then return false end end
    for i, v in ipairs(kept) do if type(v) == 'table' and pcall(function() v.x = 1 end) then return false end end
    local copy = table.pack(table.unpack(kept))
    return not pcall(function() copy[1].x = 1 end)
  end}
