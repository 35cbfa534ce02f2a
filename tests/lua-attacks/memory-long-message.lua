-- memory: quiet
-- A very long message is cut.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = {zh = ('很长'):rep(50000), en = ('long '):rep(50000)}}
  end}
