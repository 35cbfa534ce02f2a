-- loops: steps
-- The table grows under the loop; for ever, since the loop is started again.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {1}
    while true do
      for k in pairs(t) do t[k] = nil t[k + 1] = true end
    end
  end}
