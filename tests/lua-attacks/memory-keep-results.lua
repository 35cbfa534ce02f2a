-- memory: error
-- What a check answers is kept by the ledger: a message of a megabyte.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = ('x'):rep(500000), value = {}}
  end}
