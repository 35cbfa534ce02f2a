/* Status codes, languages, verdicts, severities, versions. */
%ignore policy_text_data; /* texts become strings of the language */
%ignore policy_text_size;
%ignore policy_text_free;
%include "policy/common.h"
%include "policy/version.h"
