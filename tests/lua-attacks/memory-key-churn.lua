-- memory: steps
-- Keys come and go: the table must not grow for ever.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    local i = 0
    while true do i = i + 1 t['k' .. i % 1000 .. '_' .. i] = true t['k' .. i % 1000 .. '_' .. i] = nil end
  end}
