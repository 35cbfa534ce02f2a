-- loops: steps
-- Most rows fail in order, one loops: the rule is one error for the whole run.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    if r.minutes == 35 then while true do end end
    return false
  end}
