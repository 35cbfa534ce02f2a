-- loops: refused
-- The loop runs while the script is read.
rule{id = 'attack.row', table = 'work', check = function() return true end}
while true do end
