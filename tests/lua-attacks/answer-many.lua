-- answers: quiet
-- More answers than one.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return true, false, nil, {}, r
  end}
