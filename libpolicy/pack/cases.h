/*
 * Test cases of a pack: what is given, and the findings that are expected. Read here, run by the engine's side.
 */
#ifndef POLICY_PACK_CASES_H
#define POLICY_PACK_CASES_H

#include "pack/pack.h"

typedef struct case_cell {
    str column; /* a field's name or a header alias */
    str text;   /* empty: an empty cell */
    place at;
} case_cell;

typedef struct case_row {
    case_cell *cells; /* a column that no row of the table names is absent */
    uint32_t cell_count;
    place at;
} case_row;

typedef struct case_table {
    str type;       /* record type */
    case_row *rows; /* none: supplied but empty */
    uint32_t row_count;
    place at;
} case_table;

typedef struct case_pair {
    str name, text;
} case_pair;

typedef struct case_expectation {
    policy_verdict result; /* FAIL, UNKNOWN or ERROR */
    str rule;              /* str_none: any rule of the case */
    bool has_severity;
    policy_severity severity;
    case_pair *keys; /* those that matter */
    uint32_t key_count;
    str value, limit; /* as findings show them; data NULL: not compared */
    int32_t *rows;    /* 1-based, in any order */
    uint32_t row_count;
    bool has_rows;
    const str *missing; /* fields, in any order */
    uint32_t missing_count;
    bool has_missing;
    localized message;
    place at;
} case_expectation;

typedef struct test_case {
    str name;
    const str *rules; /* only their findings are compared */
    uint32_t rule_count;
    const node *params;     /* map, or NULL */
    case_pair *param_texts; /* the same, each value as YAML flow text */
    uint32_t param_count;
    bool has_as_of, has_from, has_until;
    int32_t as_of, from, until;
    case_table *given;
    uint32_t given_count;
    bool counts_only;      /* `expect` is one word: */
    policy_verdict counts; /* PASS, NOT_APPLICABLE or NOT_IN_FORCE, and nothing else */
    case_expectation *expected;
    uint32_t expected_count;
    place at;
} test_case;

typedef struct case_reason { /* why a mutant may survive */
    str of;                  /* id or name of what it is in */
    str was, becomes;        /* the part and its change; `becomes` is "" for a part that is dropped */
    localized reason;
    place at;
} case_reason;

typedef struct case_suite {
    arena memory;
    test_case *cases; /* in the order of files and of cases in them */
    uint32_t count;
    case_reason *reasons;
    uint32_t reason_count;
} case_suite;

/* Read the cases of a pack's folder (its tests/), of a folder of case files, or of one file. `options` must outlive the
 * suite. All errors of all files are reported. */
policy_status cases_load(const policy_options *options, str path, case_suite **out, policy_error **err);
/* The same for one file's text; `file` is its name in messages. */
policy_status cases_load_text(const policy_options *options, str file, str text, case_suite **out, policy_error **err);
void case_suite_free(case_suite *suite); /* NULL is fine */

#endif
