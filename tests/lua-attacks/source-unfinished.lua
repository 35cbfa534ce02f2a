-- source: refused
-- The text ends in the middle of a string.
local x = [==[ never closed
