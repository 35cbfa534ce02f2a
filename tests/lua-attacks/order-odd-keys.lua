-- order: error
-- Tables as keys would be walked in the order of their addresses.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {[{}] = 1, [{}] = 2}
    local out = ''
    for k, v in pairs(t) do out = out .. v end
    return {pass = false, message = out}
  end}
