-- patterns: contained
-- Patterns that end too early.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    for _, p in ipairs{'[', '[a', '[^', '[]', '[%', '%', 'a%', '(', '()(', '[a-', '[%a-z', '%f', '%b', '%bx', '%1'} do
      if pcall(string.find, ('a'):rep(100), p) and p ~= '[a-z' then return false end
    end
    return true
  end}
