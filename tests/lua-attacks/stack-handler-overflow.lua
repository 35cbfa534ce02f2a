-- stack: quiet
-- The stack overflows while an overflow is being handled.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f() pcall(f) pcall(f) error('x') end
    return pcall(f) ~= nil and false or true
  end}
