-- uninterruptible: memory
-- Every byte as a result of its own.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('x'):rep(500000)
    local ok = pcall(string.byte, s, 1, -1)
    return ok
  end}
