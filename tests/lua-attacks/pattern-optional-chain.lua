-- patterns: contained
-- The classic: a? thirty times, then a thirty times.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return (('a'):rep(29)):match(('a?'):rep(30) .. ('a'):rep(30)) == nil
  end}
