-- memory: memory
-- A list so long that marking it needs care.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local l
    while true do l = {l} end
  end}
