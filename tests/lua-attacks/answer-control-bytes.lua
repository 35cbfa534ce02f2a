-- answers: quiet
-- Messages with bytes that would repaint a terminal, or end a line.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    return {pass = false, message = {zh = '\27[31m\n\r\t\0\127', en = '\xff<script>alert(1)</script>=1+1'}}
  end}
