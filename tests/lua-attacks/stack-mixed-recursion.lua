-- stack: error
-- pcall, sort and gsub in turn.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local f
    f = function()
      local ok, e = pcall(table.sort, {2, 1}, function() return (string.gsub('a', 'a', f)) == '' end)
      if not ok then error(e, 0) end
    end
    f()
    return true
  end}
