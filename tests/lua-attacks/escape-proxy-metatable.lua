-- escapes: contained
-- The record's own machinery.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return type(r) == 'userdata' and not pcall(function() return r.__index end) and not pcall(function() return r.__metatable end)
      and not pcall(function() return r[1] end) and not pcall(function() return r[nil] end) and not pcall(function() return r[{}] end)
      and not pcall(function() return #r end) and not pcall(function() return r() end) and not pcall(function() return r .. '' end)
      and not pcall(function() return r < r end) and rawequal(r, r)
  end}
