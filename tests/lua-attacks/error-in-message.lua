-- errors: error
-- The error is in what the answer should say.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = 'x' .. nil}
  end}
