-- errors: error
-- Bytes that are no UTF-8.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error('\xff\xfe\xc0\x80', 0)
  end}
