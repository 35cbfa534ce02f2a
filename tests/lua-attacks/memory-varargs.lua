-- memory: quiet
-- A call with as many arguments as the stack takes.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function grow(n, ...) if n == 0 then return select('#', ...) end return grow(n - 1, n, ...) end
    return pcall(grow, 100000) ~= nil
  end}
