-- answers: quiet
-- A table a thousand levels deep.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 1000 do t = {t} end
    return {pass = false, extra = t}
  end}
