-- definitions: refused
-- Another script's rule narrowed.
tighten('canary.row', {when = 'false'})
