-- loops: steps
-- pcall as the function of pcall.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    while true do pcall(pcall, pcall, error) pcall(pcall, function() while true do end end) end
  end}
