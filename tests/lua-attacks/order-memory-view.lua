-- order: contained
-- No view of how much memory is in use.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return collectgarbage == nil
  end}
