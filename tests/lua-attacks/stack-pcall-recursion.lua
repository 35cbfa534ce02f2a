-- stack: error
-- Each level through a C function.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f() local ok, e = pcall(f) if not ok then error(e, 0) end return ok end
    return f()
  end}
