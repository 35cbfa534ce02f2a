-- escapes: quiet
-- Before anything is read-only: the library's tables belong to this script alone.
string.upper = function() return 'owned' end
string.rep = nil
table.concat = function() return 'owned' end
table.sort = nil
utf8.len = nil
math.floor = function() return 666 end
pairs = nil
tostring = function() return 'owned' end
string = nil
rule{id = 'attack.row', table = 'work', check = function(r) return ('a'):upper() == 'A' and table.concat({}) == 'owned' end}
