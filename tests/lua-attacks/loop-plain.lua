-- loops: steps
-- The simplest one.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do end
  end}
