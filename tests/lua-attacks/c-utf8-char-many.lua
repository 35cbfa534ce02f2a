-- uninterruptible: quiet
-- As many arguments as a call can have.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local t = {}
    for i = 1, 250 do t[i] = 0x4E09 end
    local s = utf8.char(table.unpack(t))
    return utf8.len(s) == 250
  end}
