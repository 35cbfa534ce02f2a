/* Ledgers as bytes, and moved to other rules. */
%ignore policy_writer;
%ignore policy_ledger_save; /* each language has its own bytes */
%include "policy/store.h"
