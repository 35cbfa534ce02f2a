-- interpreter: quiet
-- Jumps out of and over the scope of locals that functions keep.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local out = {}
    for i = 1, 3 do
      local j = i
      out[i] = function() return j end
      if i < 3 then goto continue end
      out[4] = function() j = j + 1 return j end
      ::continue::
    end
    return out[1]() == 1 and out[4]() == 4 and out[3]() == 4
  end}
