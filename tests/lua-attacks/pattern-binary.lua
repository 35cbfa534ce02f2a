-- patterns: quiet
-- Bytes that are no characters, in patterns and texts.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    for c = 0, 255 do
      local s = string.char(c)
      pcall(string.find, s .. 'abc' .. s, s) pcall(string.match, 'x', '[' .. s .. '-\255]') pcall(string.gsub, s .. s, '.', s .. '%0')
    end
    return true
  end}
