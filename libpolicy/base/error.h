/*
 * Errors as the library makes them.
 *
 * A failure is made once, where it happens: status, a sentence of the catalogue with its arguments, and, for authored
 * text, a place. Higher levels may add a place that is still missing, never words. Several failures of one load are
 * chained, in order of place. Out of memory is one static object that needs none.
 */
#ifndef POLICY_BASE_ERROR_H
#define POLICY_BASE_ERROR_H

#include "base/allocator.h"
#include "base/messages.h"
#include "base/text.h"
#include "policy/error.h"

/* Where authored text stands. Line and column count from 1, columns in code points; 0 is "not known". */
typedef struct place {
    str file; /* as the user named it; str_none when there is none */
    uint32_t line, column;
} place;

/* Everything an error can say. Arguments fill {1} ... {4} of the sentence. All text is copied. */
typedef struct error_spec {
    policy_status status;
    message_id message;
    str arguments[4];
    place at;
    str rule;    /* id of the rule it belongs to, if any */
    str nearest; /* "did you mean": a name that exists */
    place other; /* a second place: the first of two duplicates, the base that an overlay loosens */
    str excerpt; /* source line, shown with a caret under caret_column */
    uint32_t caret_column;
} error_spec;

/* Make an error; returns spec->status, so that `return error_set(...)` reads well, or POLICY_E_NOMEM when there was no
 * memory for it. `err` may be NULL. An error already in *err is kept and the new one chained after it. Arguments are
 * made fit to show: control bytes escaped, malformed UTF-8 replaced, long text cut. */
policy_status error_set(policy_error **err, const policy_allocator *a, const error_spec *spec);
policy_status error_nomem(policy_error **err);
size_t error_count(const policy_error *err);
/* Give every error of the chain that has no file / rule this one. Without memory the error stays as it was. */
void error_add_file(policy_error *err, const policy_allocator *a, str file);
void error_add_rule(policy_error *err, const policy_allocator *a, str rule);
/* Move the chain *from to the end of *to; *from becomes NULL. With `to` NULL it is freed. */
void error_move(policy_error **to, policy_error **from);
void error_sort(policy_error **err); /* by file, line, column; stable */

#endif
