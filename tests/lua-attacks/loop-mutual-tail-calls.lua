-- loops: steps
-- Two functions passing the ball.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local a, b
    a = function() return b() end
    b = function() return a() end
    return a()
  end}
