/*
 * One case while it runs, and how what came of it is compared with what was expected.
 */
#ifndef POLICY_LEDGER_SUITE_H
#define POLICY_LEDGER_SUITE_H

#include "engine/engine.h"
#include "pack/cases.h"
#include "policy/ledger.h"
#include "policy/suite.h"

typedef struct case_run {
    const policy_allocator *allocator;
    const policy_suite *suite;
    const test_case *c;
    policy_engine *engine; /* with the case's parameters */
    policy_ledger *ledger;
    policy_findings *findings;
    const policy_finding **found; /* those of the case's rules */
    size_t found_count;
    policy_error **err;
} case_run;

/* Index of a rule, as in policy_engine_rule_id; SIZE_MAX when there is none. */
size_t suite_rule_index(const policy_engine *e, str id);

/* What was expected and what came, as text; *difference stays NULL when they agree. */
policy_status suite_compare(case_run *trial, policy_language language, policy_text **difference);

#endif
