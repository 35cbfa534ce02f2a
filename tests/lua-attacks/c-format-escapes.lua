-- uninterruptible: steps
-- %q blows a control byte up to four.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('\0'):rep(100000)
    while true do string.format('%q', s) end
  end}
