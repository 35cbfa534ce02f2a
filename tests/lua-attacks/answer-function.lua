-- answers: error
-- A function is no answer.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return function() return true end
  end}
