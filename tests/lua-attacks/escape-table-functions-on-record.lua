-- escapes: contained
-- Functions for tables, given the record.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(table.insert, r, 1) and not pcall(table.remove, r) and not pcall(table.concat, r)
      and not pcall(table.sort, r) and not pcall(table.move, r, 1, 2, 1) and not pcall(table.move, {}, 1, 2, 1, r)
  end}
