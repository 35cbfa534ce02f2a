/*
 * Running the checks of scripts: for each ledger a sandbox for each script, so that no script lives on another's memory.
 *
 * A check sees its row through a read-only proxy that converts a field when it is read; no table is made per row. Dates
 * come as "2021-11-19", times of day as "17:30" (both compare rightly as texts), numbers, texts and booleans as
 * themselves, lists as tables; a missing field is nil and is noted. What a check may read is what its rule `needs`.
 *
 * The answer: true passes, false fails, nil is unknown, and a table {pass =, value =, limit =, message =} says more. An
 * error while something missing was read counts as unknown: the script did not handle it.
 */
#ifndef POLICY_SCRIPT_CHECKS_H
#define POLICY_SCRIPT_CHECKS_H

#include "engine/engine.h"
#include "script/sandbox.h"

typedef struct checks checks;

typedef struct check_answer {
    policy_verdict verdict;         /* PASS, FAIL, UNKNOWN, ERROR */
    uint64_t missing;               /* UNKNOWN: sources of the fields that were read and missing */
    value measured, limit;          /* VALUE_NULL when not given */
    str message_zh, message_en;     /* str_none when not given */
    bool killed;                    /* ERROR: over a budget; the rule is one error for the whole run */
    const sandbox_failure *failure; /* ERROR */
} check_answer;                     /* texts live until the next call */

/* NULL out of memory. Scripts that were loaded once load again; one that does not makes each of its rules an error. */
checks *checks_new(const policy_engine *e);
void checks_free(checks *c);

/* check(r) of a version whose rule is a script's, on the slots of its table. PENDING slots are resolved by `resolve`. */
check_answer checks_row(checks *c, const plan_version *v, const activation *slots, evaluation *ev);

/* fold(acc, r) over rows in the order given, then judge(acc, key). Each row has the values of v->kept_slots. */
typedef struct check_rows {
    const value *const *rows;
    size_t count;
    const value *keys; /* of v->keys */
} check_rows;
check_answer checks_group(checks *c, const plan_version *v, const check_rows *rows, evaluation *ev);

#endif
