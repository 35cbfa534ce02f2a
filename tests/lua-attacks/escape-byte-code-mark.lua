#
Lua
-- byte code: refused
-- Behind a byte order mark and a shell line.
