-- memory: memory
-- The refusal is caught and provoked again.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do pcall(function() local s = 'x' while true do s = s .. s end end) end
  end}
