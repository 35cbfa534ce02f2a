-- escapes: contained
-- Every way to write to what the script keeps.
kept = {3, 1, 2, deep = {}}
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local ways = {
      function() kept.x = 1 end, function() kept[1] = 9 end, function() table.insert(kept, 1) end,
      function() table.remove(kept) end, function() table.sort(kept) end, function() table.move({7}, 1, 1, 1, kept) end,
      function() kept.deep.x = 1 end, function() for k in pairs(kept) do kept[k] = nil end end,
    }
    for _, way in ipairs(ways) do if pcall(way) then return false end end
    return kept[1] == 3 and kept[3] == 2 and kept.deep.x == nil and #kept == 3
  end}
