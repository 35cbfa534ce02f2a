-- patterns: contained
-- Greedy items that all match everything.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('a'):rep(3000):find('a*a*a*a*a*a*a*a*b') == nil
  end}
