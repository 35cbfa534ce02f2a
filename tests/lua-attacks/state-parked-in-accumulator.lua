-- state: error
-- The rows of a group kept in its accumulator.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'minutes'},
  fold = function(acc, r) acc.first = acc.first or r end,
  judge = function(acc) return acc.first.minutes == 20 end}
