-- uninterruptible: time
-- Comparing long equal strings: one instruction each.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local a, b = ('x'):rep(200000) .. 'a', ('x'):rep(200000) .. 'a'
    while true do local _ = a == b local _ = a < b local _ = a <= b end
  end}
