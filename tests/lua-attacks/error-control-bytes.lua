-- errors: error
-- Bytes that would repaint a terminal.
rule{id = 'attack.row', table = 'work', needs = {'minutes'},
  check = function(r)
    error('\27[2J\27[31mall good\n\r\0\127\194\155', 0)
  end}
