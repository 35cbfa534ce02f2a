-- uninterruptible: contained
-- An empty string repeated for ever.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('').rep('', math.maxinteger) == '' and string.rep('', 1e15, '') == ''
  end}
