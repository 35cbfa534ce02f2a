-- escapes: contained
-- Everything that opens a door.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local names = {load, loadstring, dofile, loadfile, require, package, io, os, debug, coroutine, print, warn, _G}
    local more = {collectgarbage, setmetatable, getmetatable, rawset, rawget, next, xpcall, setfenv, getfenv, unpack}
    local own = {string.dump, math.random, math.randomseed, string.pack, string.unpack, ('').dump, ('').pack}
    for _, list in ipairs{names, more, own} do for k in pairs(list) do return false end end
    return true
  end}
