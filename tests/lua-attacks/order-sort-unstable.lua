-- order: quiet
-- Equal elements: sorting must not draw lots.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 200 do t[i] = {key = i % 3, i = i} end
    table.sort(t, function(a, b) return a.key < b.key end)
    local out = {}
    for i, e in ipairs(t) do out[i] = e.i end
    return {pass = false, message = table.concat(out, ',')}
  end}
