-- order: error
-- Fractions as keys.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {[1.5] = 1, [2.5] = 2}
    for k in pairs(t) do end
    return false
  end}
