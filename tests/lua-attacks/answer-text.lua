-- answers: error
-- A text is no answer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return 'yes'
  end}
