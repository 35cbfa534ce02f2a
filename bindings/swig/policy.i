/*
 * What SWIG makes the bindings from: one file a noun, each the public header with what a language cannot use left out.
 *
 * Language-neutral here; the typemaps of a language, and the few functions it needs beside the C ones, are in its folder.
 * The prefix policy_ is dropped: policy_engine_rule_count becomes engine_rule_count.
 */
%module native

%{
#include "policy/policy.h"
%}

%include <stdint.i>

%rename("%(regex:/^policy_(.*)/\\1/)s", %$isfunction) "";

/* Memory functions and other callbacks into the host are for C. */
%ignore policy_allocator;
%ignore policy_options_new;
%ignore policy_builder_set_resolver;
%ignore policy_table_open_callback;
%ignore policy_band_sheet_read_callback;
%ignore policy_read;
%ignore policy_resolver;

#if defined(SWIGPYTHON)
%include "python/typemaps.i"
#elif defined(SWIGJAVA)
%include "java/typemaps.i"
#endif

%include "common.i"
%include "error.i"
%include "builder.i"
%include "engine.i"
%include "record.i"
%include "finding.i"
%include "notice.i"
%include "table.i"
%include "ledger.i"
%include "headroom.i"
%include "store.i"
%include "arrow.i"
%include "bands.i"
%include "suite.i"
%include "expression.i"

#if defined(SWIGPYTHON)
%include "python/extras.i"
#elif defined(SWIGJAVA)
%include "java/extras.i"
#endif
