/* Errors become exceptions: nothing of them is called from outside. */
%ignore policy_error;
%rename("$ignore", regextarget=1) "^policy_error_.*";
%include "policy/error.h"
