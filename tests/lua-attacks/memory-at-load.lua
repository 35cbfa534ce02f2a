-- memory: refused
-- While the script is read.
local t = {}
while true do t[#t + 1] = {} end
