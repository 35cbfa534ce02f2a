-- memory: memory
-- The accumulator grows without end.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'minutes'},
  fold = function(acc, r) for i = 1, 1e9 do acc[#acc + 1] = {r.minutes} end end,
  judge = function(acc) return true end}
