-- patterns: contained
-- More captures than there are, and captures that never close.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(string.find, 'a', ('('):rep(40) .. 'a' .. (')'):rep(40))
      and not pcall(string.find, 'a', ('('):rep(20) .. 'a') and not pcall(string.match, 'a', 'a)') and not string.find('a', 'a)')
      and select('#', ('a'):match(('('):rep(30) .. 'a' .. (')'):rep(30))) == 30
  end}
