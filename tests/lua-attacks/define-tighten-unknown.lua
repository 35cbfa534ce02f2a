-- definitions: refused
-- A rule that is not there.
tighten('dayly', {at_most = 1})
