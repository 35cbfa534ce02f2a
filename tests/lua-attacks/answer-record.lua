-- answers: error
-- The record is no answer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return r
  end}
