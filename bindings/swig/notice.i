/* What was noticed about the data. */
%include "policy/notice.h"
