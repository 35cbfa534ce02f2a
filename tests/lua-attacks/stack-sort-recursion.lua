-- stack: error
-- A comparator that sorts.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f() table.sort({3, 2, 1}, f) return true end
    f()
    return true
  end}
