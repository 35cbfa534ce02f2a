-- source: refused
-- Bytes that are no text.
local x = 'ÿþ'
