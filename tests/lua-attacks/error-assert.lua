-- errors: error
-- assert with values that are no messages.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    assert(pcall(error, {}) , 1)
    assert(false, {})
  end}
