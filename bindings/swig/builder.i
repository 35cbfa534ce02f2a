/* From packs and scripts to an engine. */
%include "policy/options.h"
%include "policy/builder.h"
