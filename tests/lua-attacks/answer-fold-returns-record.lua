-- answers: error
-- The row itself becomes the accumulator.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'minutes'},
  fold = function(acc, r) return r end,
  judge = function(acc) return acc.minutes > 0 end}
