-- errors: error
-- What is not there is called.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return os.exit(0)
  end}
