-- answers: quiet
-- A message that looks like another finding.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = 'x\ndaily pass violation school=A\n'}
  end}
