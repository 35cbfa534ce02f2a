-- uninterruptible: steps
-- A long needle that nearly fits everywhere.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s, n = ('a'):rep(100000), ('a'):rep(50000) .. 'b'
    while true do s:find(n, 1, true) end
  end}
