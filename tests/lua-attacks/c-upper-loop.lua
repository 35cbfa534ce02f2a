-- uninterruptible: steps
-- Linear functions on the longest string there is.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('x'):rep(200000)
    while true do s:upper() s:reverse() s:lower() end
  end}
