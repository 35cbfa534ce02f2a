-- uninterruptible: steps
-- Counting characters again and again.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('三'):rep(60000)
    while true do utf8.len(s) utf8.sub(s, -1) end
  end}
