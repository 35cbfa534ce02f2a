-- order: contained
-- No clock, no random numbers, nothing that tells runs apart.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return os == nil and math.random == nil and collectgarbage == nil and not pcall(function() return os.time() end)
  end}
