-- answers: error
-- A table that holds itself.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {pass = false}
    t.value = t
    t.message = t
    return t
  end}
