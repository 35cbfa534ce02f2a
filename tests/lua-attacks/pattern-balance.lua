-- patterns: error
-- %b() over unbalanced brackets is quadratic in Lua's own matcher.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('('):rep(100000):find('%b()') == nil
  end}
