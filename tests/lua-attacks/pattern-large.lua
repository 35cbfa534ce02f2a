-- patterns: steps
-- A pattern larger than the limit of instructions.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('x'):match(('[a-z]'):rep(40000)) == nil
  end}
