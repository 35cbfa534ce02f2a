-- interpreter: contained
-- Text that is no UTF-8 in the functions for UTF-8.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local bad = {'\xff', '\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe4\xb8', '\xf8\x88\x80\x80\x80'}
    for _, s in ipairs(bad) do
      if utf8.len(s) or pcall(utf8.codepoint, s, 1) or pcall(function() for _ in utf8.codes(s) do end end) then return false end
      pcall(utf8.sub, s, 1, -1) pcall(utf8.sub, s .. s, 2)
    end
    return not pcall(utf8.char, 0x110000) and not pcall(utf8.char, -1) and not pcall(utf8.char, 0xD800)
  end}
