-- order: error
-- %p shows addresses.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = string.format('%p', {})}
  end}
