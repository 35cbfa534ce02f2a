-- loops: steps
-- Methods of strings instead of a loop body.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = 'x'
    while s do s = s:sub(1, 1):upper():lower() end
  end}
