-- memory: refused
-- More rules than a script may define.
for i = 1, 100000 do rule{id = 'attack.r' .. i, table = 'work', check = function() return true end} end
