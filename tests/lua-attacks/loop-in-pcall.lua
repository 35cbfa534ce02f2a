-- loops: steps
-- The kill is caught and the loop goes on.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do pcall(function() while true do end end) end
  end}
