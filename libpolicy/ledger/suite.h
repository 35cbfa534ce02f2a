/*
 * The cases of packs: finding them, running one, and comparing what came of it with what was expected.
 */
#ifndef POLICY_LEDGER_SUITE_H
#define POLICY_LEDGER_SUITE_H

#include "engine/engine.h"
#include "pack/cases.h"
#include "policy/ledger.h"
#include "policy/suite.h"

typedef struct pack_cases {
    case_suite **files; /* from a folder one, from memory one a file */
    size_t file_count, file_capacity;
    size_t count; /* cases in all */
} pack_cases;

/* The pack of the engine that a name or path means; NULL when none is. */
const pack *pack_cases_owner(const policy_engine *e, str name);
/* Add a pack's own cases, or those of a folder or file. */
policy_status pack_cases_load(pack_cases *s, const policy_engine *e, const pack *p, policy_error **err);
policy_status pack_cases_load_path(pack_cases *s, const policy_engine *e, str path, policy_error **err);
const test_case *pack_cases_at(const pack_cases *s, size_t i); /* NULL past the end */
void pack_cases_free(pack_cases *s, const policy_allocator *a);

typedef struct case_run {
    const policy_allocator *allocator;
    policy_engine *base; /* borrowed: what the case is about */
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

/* Run a case. `reported`: verdicts to make findings of, as policy_ledger_set_reported; 0: the usual. End it in any case. */
policy_status suite_run(case_run *trial, policy_engine *base, const test_case *c, uint32_t reported,
                        policy_error **err);
void suite_end(case_run *trial);

/* What was expected and what came, as text; *difference stays NULL when they agree. */
policy_status suite_compare(case_run *trial, policy_language language, policy_text **difference);

#endif
