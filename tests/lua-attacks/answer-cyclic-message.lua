-- answers: quiet
-- The message is the answer itself.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {pass = false}
    t.message = t
    return t
  end}
