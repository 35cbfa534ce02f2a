-- interpreter: contained
-- Bitwise operators on constants, which some releases fold wrongly.
local a = 3
rule{id = 'attack.row', table = 'work', check = function(r)
  local b = a
  return b & 0x7F == 3 and 0x7F & b == 3 and b | 4 == 7 and 4 | b == 7 and b ~ 1 == 2 and 1 ~ b == 2
    and b & 1.0 == 1 and 2^53 | 0 == 9007199254740992 and ~b == -4 and b << 62 == -4611686018427387904 and b >> 64 == 0
end}
