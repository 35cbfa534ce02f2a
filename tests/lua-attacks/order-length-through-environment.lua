-- order: contained
-- # stays what it is, whatever the environment holds.
local _ENV = {rule = rule, table = table}
rule{id = 'attack.row', table = 'work', check = function(r)
  local t = {1, 2, 3, nil, 5}
  local s, u = 'abc', {n = {1, 2}, {7, 8, 9}}
  local function f(...) return select and 0 or #{...} end
  return #s + #u.n + #u[#u] + # --[[ a comment ]] 'four' == 12 and -(#s)^2 == -9 and not #s == false
    and #table.concat({'a', 'b'}, ', ') == 4 and #(#s .. '') == 1 and f(1, 2) == 2
end}
