-- errors: error
-- An error that is no text.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error({code = 1})
  end}
