/* The cases of a pack. What they cover and which mutants they catch is for the command. */
%ignore policy_suite_target;
%ignore policy_suite_mutant;
%ignore policy_suite_watch;
%ignore policy_suite_target_count;
%ignore policy_suite_target_at;
%ignore policy_suite_find_mutants;
%ignore policy_suite_mutant_count;
%ignore policy_suite_mutant_at;
%ignore policy_suite_try_mutant;
%ignore policy_suite_check_reasons;
%include "policy/suite.h"
