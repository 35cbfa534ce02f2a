-- loops: steps
-- A loop over matches, started again for ever.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do for w in ('a b c'):gmatch('%a') do end end
  end}
