/* Files as records. */
%include "policy/table.h"
