-- definitions: error
-- An expression that is over its own budget of steps.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  when = "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2,3,4,5,6,7,8,9].all(c, [0,1,2,3,4,5,6,7,8,9].all(d, [0,1,2,3,4,5,6,7,8,9].all(e, [0,1,2,3,4,5,6,7,8,9].all(f, a + b + c + d + e + f + minutes >= 0))))))",
  check = function() return true end}
