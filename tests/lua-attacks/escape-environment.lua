-- escapes: contained
-- The environment under its own name.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local found = {}
    for k in pairs(_ENV) do found[#found + 1] = k end
    local all = ' ' .. table.concat(found, ' ') .. ' '
    for _, name in ipairs{'load', 'os', 'io', 'debug', 'require', '_G', 'next', 'rawset', 'setmetatable'} do
      if all:find(' ' .. name .. ' ', 1, true) then return false end
    end
    return not pcall(function() _ENV.x = 1 end)
  end}
