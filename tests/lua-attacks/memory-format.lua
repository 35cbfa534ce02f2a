-- memory: quiet
-- Four texts of a quarter of the cap each.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local s = ('x'):rep(260000)
    return pcall(string.format, '%s%s%s%s', s, s, s, s) ~= nil
  end}
