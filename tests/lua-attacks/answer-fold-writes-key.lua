-- answers: quiet
-- The key of a group is a copy: what is written there reaches nobody.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'school'},
  fold = function(acc, r) acc.school = r.school end,
  judge = function(acc, key) local was = key.school key.school = 'Z' return was == acc.school end}
