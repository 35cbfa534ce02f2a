-- errors: error
-- An error that is nothing.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error(nil)
  end}
