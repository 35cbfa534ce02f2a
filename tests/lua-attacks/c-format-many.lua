-- uninterruptible: steps
-- Ever longer results of format.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('x'):rep(50000)
    while true do string.format('%s%s%s%s', s, s, s, s) end
  end}
