-- loops: steps
-- Every group on its own would take its whole budget.
rule{id = 'attack.judge', table = 'work', per = {'school', 'day'}, needs = {'school', 'day'},
  fold = function(acc, r) return 1 end,
  judge = function(acc, key) repeat until false end}
