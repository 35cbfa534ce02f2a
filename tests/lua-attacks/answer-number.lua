-- answers: error
-- A number is no answer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return 1
  end}
