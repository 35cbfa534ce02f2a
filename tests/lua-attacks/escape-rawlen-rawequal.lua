-- escapes: contained
-- Raw functions look behind read-only tables.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(rawlen, r) and rawlen('abc') == 3 and not rawequal(r, {}) and not pcall(rawequal, r)
  end}
