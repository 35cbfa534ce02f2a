-- memory: memory
-- A table of texts.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 1e9 do t['k' .. i] = i end
  end}
