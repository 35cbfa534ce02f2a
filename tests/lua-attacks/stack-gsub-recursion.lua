-- stack: error
-- A replacement that replaces, with captures on the C stack.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local function f() return (string.gsub('abc', '(a)(b)(c)', f)) end
    f()
    return true
  end}
