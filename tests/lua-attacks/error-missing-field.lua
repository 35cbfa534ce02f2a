-- errors: error
-- A field that the rule does not need.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return r.secret == nil
  end}
