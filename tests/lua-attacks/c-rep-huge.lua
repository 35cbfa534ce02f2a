-- uninterruptible: error
-- A result of many gigabytes.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return #string.rep('x', 1e10) > 0
  end}
