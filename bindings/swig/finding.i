/* What was found. */
%include "policy/finding.h"
