-- errors: error
-- An error that is the record.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error(r)
  end}
