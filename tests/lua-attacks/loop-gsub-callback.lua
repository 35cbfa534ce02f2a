-- loops: steps
-- A replacement that never answers.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return (string.gsub('abc', '.', function() while true do end end)) == ''
  end}
