-- loops: steps
-- In the fold of a group; the groups of the canary come before and after.
rule{id = 'attack.fold', table = 'work', per = {'school'}, needs = {'minutes'},
  fold = function(acc, r) while true do end end,
  judge = function(acc) return true end}
