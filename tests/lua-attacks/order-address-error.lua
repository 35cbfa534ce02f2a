-- order: error
-- An error that shows what a value is.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    return t.x.y
  end}
