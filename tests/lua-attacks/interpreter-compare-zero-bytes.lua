-- interpreter: contained
-- Comparisons of texts with zero bytes inside.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local a, b = 'a\0b', 'a\0c'
    return a < b and not (b < a) and a ~= b and 'a' < a and 'a\0' < a and ('x'):rep(3, '\0') > 'x'
  end}
