-- escapes: contained
-- There is nothing that takes byte code.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return load == nil and string.dump == nil and not pcall(function() return (''):dump() end)
  end}
