-- order: quiet
-- Addresses as text.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = table.concat({tostring({}), tostring(print), tostring(pairs), tostring(r), tostring(string),
      string.format('%s %s', {}, pairs), tostring(function() end)}, ' ')}
  end}
