-- memory: memory
-- A table of tables.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 1e9 do t[i] = {} end
  end}
