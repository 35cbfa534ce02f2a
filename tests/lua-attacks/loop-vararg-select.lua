-- loops: memory
-- select over its own results.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f(...) return f(select('#', ...), ...) end
    local ok = pcall(f)
    while true do select('#', 1, 2, 3) end
  end}
