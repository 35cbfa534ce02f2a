-- patterns: error
-- Back-references are not regular.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return ('aa'):find('(a)%1') ~= nil
  end}
