-- order: quiet
-- Kept patterns must not change answers.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local out = {}
    for i = 1, 60 do out[i] = ('k' .. i):match('^(%a)' .. i .. '$') or '-' end
    for i = 60, 1, -1 do out[i] = ('k' .. i):match('^(%a)' .. i .. '$') or '-' end
    return {pass = false, message = table.concat(out)}
  end}
