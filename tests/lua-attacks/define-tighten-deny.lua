-- definitions: refused
-- Replacing what a rule denies.
tighten('long', {deny = 'false'})
