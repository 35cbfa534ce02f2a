/* Tables in and findings out as Arrow: each language has its own way to hand a structure over. */
%ignore policy_feed_options;
%ignore policy_ledger_feed;
%ignore policy_ledger_feed_stream;
%ignore ArrowSchema;
%ignore ArrowArray;
%ignore ArrowArrayStream;
%include "policy/arrow.h"
