-- answers: error
-- The accumulator becomes anything.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'minutes'},
  fold = function(acc, r) return type(acc) == 'table' and 1 or 'x' end,
  judge = function(acc) return acc.total > 0 end}
