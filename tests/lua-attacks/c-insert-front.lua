-- uninterruptible: steps
-- Quadratic work in one C function.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 20000 do table.insert(t, 1, i) end
    while true do table.insert(t, 1, 0) table.remove(t, 1) end
  end}
