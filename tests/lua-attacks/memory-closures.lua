-- memory: memory
-- Functions that keep each other.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local f = function() end
    while true do local g = f f = function() return g end end
  end}
