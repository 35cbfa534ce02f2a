/* From scores to grade bands. */
%ignore policy_scores;
%ignore policy_bands_of_column;
%ignore policy_bands_suppress;
%include "policy/bands.h"
