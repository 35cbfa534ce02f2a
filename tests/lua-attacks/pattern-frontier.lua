-- patterns: error
-- Frontiers are not offered.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('THE (quick) fox'):find('%f[%a]%a+') ~= nil
  end}
