-- answers: error
-- A message that is a function.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = function() end}
  end}
