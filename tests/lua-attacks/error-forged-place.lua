-- errors: error
-- A message that pretends to come from elsewhere.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error('canary.lua:1: the canary is broken', 0)
  end}
