-- loops: steps
-- Errors made and caught without end.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do pcall(string.rep) pcall(string.find, 'a', '[') pcall(error, {}) end
  end}
