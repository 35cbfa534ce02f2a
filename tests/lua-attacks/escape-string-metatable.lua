-- escapes: contained
-- Strings lead to a shared table.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local ok = pcall(function() (('').rep).x = 1 end)
    local poisoned = pcall(function() string.upper = function() return 'owned' end end)
    return not ok and not poisoned and ('a'):upper() == 'A'
  end}
