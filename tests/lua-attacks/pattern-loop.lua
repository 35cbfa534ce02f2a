-- patterns: steps
-- Good patterns, without end.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('a'):rep(20000)
    while true do s:match('.-b') end
  end}
