-- memory: error
-- An error as long as the memory allows.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error(('x'):rep(300000))
  end}
