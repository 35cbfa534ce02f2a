-- errors: error
-- An error that is a function.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error(function() while true do end end)
  end}
