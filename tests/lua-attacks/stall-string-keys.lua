-- stalls: quiet
-- Long strings are hashed when they become keys.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t, s = {}, ('x'):rep(100000)
    for i = 1, 200 do t[s .. i] = i t[s .. i] = nil end
    return true
  end}
