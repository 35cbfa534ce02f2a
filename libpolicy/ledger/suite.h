/*
 * The cases of packs: finding them, running one, and comparing what came of it with what was expected.
 */
#ifndef POLICY_LEDGER_SUITE_H
#define POLICY_LEDGER_SUITE_H

#include "engine/engine.h"
#include "pack/cases.h"
#include "pack/texts.h"
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

struct policy_suite {
    policy_engine *engine;
    pack_cases cases;
    uint32_t pack_number;            /* whose coverage and mutants are meant: among the engine's packs */
    struct suite_coverage *coverage; /* NULL until it is asked for */
    struct suite_mutants *mutants;   /* the same */
};

typedef struct case_run {
    const policy_allocator *allocator;
    const test_case *c;
    struct request *request; /* the same with the case's parameters; NULL when it has none */
    ruleset *rules;          /* of that request, where the engine borrows them */
    policy_engine *engine;   /* the same */
    policy_ledger *ledger;
    policy_findings *findings;
    const policy_finding **found; /* of the case's rules: fail, unknown, error */
    size_t found_count;
    policy_error **err;
} case_run;

/* Index of a rule, as in policy_engine_rule_id; SIZE_MAX when there is none. */
size_t suite_rule_index(const policy_engine *e, str id);

/* A case in three steps; the last one in any case. The engine gets the case's parameters, or has them already. `reported`:
 * verdicts to make findings of, as policy_ledger_set_reported; 0: the usual. */
policy_status suite_begin(case_run *trial, policy_engine *base, const test_case *c, policy_error **err);
void suite_begin_with(case_run *trial, policy_engine *engine, const test_case *c, policy_error **err);
policy_status suite_go(case_run *trial, uint32_t reported);
void suite_end(case_run *trial);

/* What was expected and what came, as text; *difference stays NULL when they agree. */
policy_status suite_compare(case_run *trial, policy_language language, policy_text **difference);

/* A request like the engine's, with the case's parameters; NULL out of memory. */
request *suite_request(const policy_engine *e, const test_case *c);

/* "None at all" cannot be seen to pass: a group that is there has one. `fails`: a case made it fail; `only_zero`: and the
 * limit was 0 whenever one did, which tells where the bound depends on keys (lint.c). */
bool suite_forbids_all(const plan_version *v, bool fails, bool only_zero);

/* ---- what depends on what (suite_uses.c) ---- */

typedef struct suite_uses {
    pack_text *texts; /* of the suite's pack */
    size_t text_count;
    bool *by_text; /* text * rules + rule: does the rule read it, itself or through measures and lets? */
    bool *by_param;
    uint32_t rule_count;
} suite_uses;

/* Into the arena; false out of memory. */
bool suite_uses_find(suite_uses *u, const policy_suite *s, arena *memory);
/* The text that a program comes from; SIZE_MAX: of another pack, or of a message. */
size_t suite_text_of(const suite_uses *u, const expr *x);
/* Does the case name one of the rules? `rules`: by number in the engine. */
bool suite_concerns(const policy_engine *e, const test_case *c, const bool *rules);

/* ---- coverage (suite_coverage.c), mutants (suite_mutants.c) ---- */

/* The engine to run a case with; NULL: the suite's own. */
policy_engine *suite_coverage_engine(const policy_suite *s);
/* Before and after a case. The first makes every probe forget, the second notes what was seen; false out of memory. */
bool suite_coverage_begin(policy_suite *s, policy_engine *run_by);
bool suite_coverage_note(policy_suite *s, const case_run *trial);
void suite_coverage_free(policy_suite *s);
void suite_mutants_free(policy_suite *s);

#endif
