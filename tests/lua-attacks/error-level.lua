-- errors: error
-- Levels that do not exist.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error('x', 100000)
  end}
