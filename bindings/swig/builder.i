/* From packs and scripts to an engine. */
%ignore policy_builder_new; /* each language makes its own of options */
%include "policy/options.h"
%include "policy/builder.h"
