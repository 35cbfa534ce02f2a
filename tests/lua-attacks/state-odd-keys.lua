-- state: refused
-- What is kept has functions and booleans as keys.
local odd = {[true] = 1, [pairs] = 2, [1.5] = 3}
rule{id = 'attack.row', table = 'work', check = function(r) return odd[true] == 1 end}
