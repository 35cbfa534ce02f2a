-- interpreter: quiet
-- A to-be-closed variable needs a metamethod, which nobody can make.
rule{id = 'attack.row', table = 'work', check = function(r)
  local ok = pcall(function() local x <close> = {} return x end)
  local y <close> = nil
  local z <const> = 5
  return not ok and z == 5
end}
