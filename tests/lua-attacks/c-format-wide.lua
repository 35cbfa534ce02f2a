-- uninterruptible: contained
-- Widths beyond what the format allows.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return not pcall(string.format, '%100000d', 1) and not pcall(string.format, '%.1000f', 1) and #string.format('%99.99f', 1e308) > 300
  end}
