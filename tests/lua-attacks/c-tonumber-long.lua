-- uninterruptible: steps
-- A number with very many digits.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('9'):rep(100000)
    while true do tonumber(s) tonumber(s, 10) end
  end}
