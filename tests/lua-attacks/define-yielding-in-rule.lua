-- definitions: refused
-- Arguments of a wrong kind for each of the functions.
rule('attack.row')
