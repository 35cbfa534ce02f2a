-- patterns: memory
-- Each pass replaces every byte by the whole text.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = 'ab'
    for i = 1, 100 do s = s:gsub('.', s) end
    return #s > 0
  end}
