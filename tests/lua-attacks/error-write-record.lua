-- errors: error
-- A record is read-only.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    r.minutes = 0
    return true
  end}
