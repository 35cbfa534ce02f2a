-- loops: steps
-- One group answers, another loops: what the first said is withdrawn too.
rule{id = 'attack.judge', table = 'work', per = {'school'}, needs = {'school'},
  fold = function(acc, r) end,
  judge = function(acc, key)
    if key.school == 'B' then while true do end end
    return false
  end}
