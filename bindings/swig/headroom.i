/* What is left of limits. */
%ignore policy_ledger_headroom_of; /* keys are values of the language, converted by its own function */
%include "policy/headroom.h"
