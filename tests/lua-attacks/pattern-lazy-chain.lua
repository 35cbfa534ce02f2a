-- patterns: contained
-- Six lazy items: a backtracking matcher takes days.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('a'):rep(5000):match('.-.-.-.-.-.-b') == nil
  end}
