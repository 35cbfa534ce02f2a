/* One expression of the rule language. */
%include "policy/expression.h"
