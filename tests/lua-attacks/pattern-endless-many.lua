-- patterns: steps
-- New patterns without end.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local i = 0
    while true do i = i + 1 ('x'):find('[a-f]+' .. i .. ('[^x-z]*'):rep(20)) end
  end}
