-- definitions: refused
-- A parameter that holds itself.
local t = {}
t[1] = t
param('words', t)
