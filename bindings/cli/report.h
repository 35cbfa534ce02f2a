/*
 * A finished run, and the four forms in which it is written.
 *
 * The writers are given everything and change nothing. Text comes in one language; JSON carries both.
 */
#ifndef POLICY_CLI_REPORT_H
#define POLICY_CLI_REPORT_H

#include <stdio.h>

#include <policy/policy.h>

#include "options.h"

typedef struct report {
    const policy_engine *engine;
    const policy_ledger *ledger;
    const policy_findings *findings;
    const options *options;
} report;

/* What decides the exit code. */
typedef struct report_totals {
    uint64_t by_severity[POLICY_VIOLATION + 1]; /* fails, by severity */
    uint64_t unknown, errors;
    uint64_t applicable; /* verdicts of any rule that were more than "not applicable" or "not in force" */
} report_totals;

report_totals report_total(const report *r);

/* Verdicts of one rule that count as applicable: pass, fail, unknown, error. */
uint64_t report_applicable(const policy_findings *findings, size_t rule);

/* The sentence of a finding or notice; "" without memory. The caller frees *text with policy_text_free. */
const char *finding_message(const policy_finding *finding, policy_language language, policy_text **text);
const char *notice_message(const policy_notice *notice, policy_language language, policy_text **text);

/* Each returns false when something could not be written. */
bool report_text(const report *r, FILE *to);
bool report_json(const report *r, FILE *to);
bool report_jsonl(const report *r, FILE *to);
bool report_csv(const report *r, FILE *to);

#endif
