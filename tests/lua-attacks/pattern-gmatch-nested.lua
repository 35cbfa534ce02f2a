-- patterns: steps
-- Iterators inside iterators.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('a'):rep(300)
    for a in s:gmatch('.') do for b in s:gmatch('.') do for c in s:gmatch('.') do end end end
    return true
  end}
