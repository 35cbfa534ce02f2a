-- errors: error
-- Some rows answer, others break: once for the rule, with a count.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    if r.minutes > 30 then error('too long') end
    return true
  end}
