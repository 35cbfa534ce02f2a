/* What has been recorded, and what it causes. */
%ignore policy_progress;
%include "policy/ledger.h"
