-- order: quiet
-- Numbers and letters that depend on the country.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = 1.5 .. ' ' .. string.format('%.2f %g', 1234.5, 0.1) .. ' ' .. tostring(tonumber('1.5')) .. ' '
      .. tostring(tonumber('1,5')) .. ' ' .. ('äÖ'):upper() .. ' ' .. tostring('a' < 'B') .. ' ' .. tostring(('é'):find('%a') ~= nil)}
  end}
