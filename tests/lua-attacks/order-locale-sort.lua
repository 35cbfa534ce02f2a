-- order: quiet
-- Texts sorted by bytes everywhere.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {'b', 'A', 'a', 'B', 'ä', 'Z', 'z'}
    table.sort(t)
    return {pass = false, message = table.concat(t)}
  end}
