/* One row to be judged. */
%ignore policy_value; /* values of the language are converted by its own function */
%ignore policy_record_set;
%ignore policy_record_set_many;
%ignore policy_record_set_borrowed;
%ignore policy_record_set_borrowed;
%include "policy/record.h"
