-- uninterruptible: error
-- A size that wraps around.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return #string.rep('xxxxxxxx', math.maxinteger // 4, 'yyyyyyyy') > 0
  end}
