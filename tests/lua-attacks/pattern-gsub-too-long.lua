-- patterns: memory
-- A replacement that is much larger than what it replaces.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return #(('x'):rep(10000):gsub('x', ('y'):rep(1000))) > 0
  end}
