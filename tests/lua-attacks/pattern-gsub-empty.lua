-- patterns: contained
-- An empty match at every place.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s, n = ('a'):rep(1000):gsub('', '-')
    return n == 1001 and #s == 2001
  end}
