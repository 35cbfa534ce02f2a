-- answers: quiet
-- false is a value, nil keeps what was there.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'minutes'},
  fold = function(acc, r) if acc == false then return nil end return false end,
  judge = function(acc) return acc == false end}
