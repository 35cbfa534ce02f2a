-- memory: memory
-- Twice as long each time.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = 'x'
    while true do s = s .. s end
  end}
