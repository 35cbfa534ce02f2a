-- definitions: refused
-- Loosening under the name of tightening.
param('cap', 1000)
