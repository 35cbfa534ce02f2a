-- uninterruptible: error
-- Texts with very many digits as numbers: one instruction each.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('1'):rep(200000) while true do local _ = s + 1 end
  end}
