-- answers: error
-- pass is not a truth.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = 'no'}
  end}
