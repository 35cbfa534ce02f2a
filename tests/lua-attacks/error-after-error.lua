-- errors: error
-- An error caught, shown, and raised again.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local ok, e = pcall(error, 'inner')
    error(tostring(e) .. ' again: ' .. tostring(ok), 0)
  end}
