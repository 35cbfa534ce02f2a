-- uninterruptible: steps
-- Long concatenations, thrown away: one instruction each.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('x'):rep(100000)
    while true do local t = s .. s .. s end
  end}
