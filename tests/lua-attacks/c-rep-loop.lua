-- uninterruptible: steps
-- A megabyte at a time, thrown away.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do string.rep('x', 100000) end
  end}
