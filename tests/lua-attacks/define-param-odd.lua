-- definitions: refused
-- A parameter that is a function.
param('words', pairs)
