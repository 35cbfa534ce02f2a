-- answers: quiet
-- Values at the edge of numbers.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    local wild = {0 / 0, 1 / 0, -1 / 0, math.mininteger, math.maxinteger, 1e308, 5e-324, -0.0}
    return {pass = false, value = wild[r.minutes % 8 + 1], limit = wild[(r.minutes + 3) % 8 + 1]}
  end}
