/* Rules, types and fields of an engine. */
%include "policy/engine.h"
