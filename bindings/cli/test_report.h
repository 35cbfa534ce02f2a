/*
 * What `policy test` says beside the cases themselves: coverage and mutants, for people and for programs.
 */
#ifndef POLICY_CLI_TEST_REPORT_H
#define POLICY_CLI_TEST_REPORT_H

#include <stdio.h>

#include <jansson.h>

#include <policy/suite.h>

#include "options.h"

/* A share of what there is to see: rules passed and failed, conditions true and false. */
typedef struct coverage_count {
    uint64_t seen, wanted;
} coverage_count;

typedef struct mutant_count {
    uint64_t all, caught, accepted, survived;
} mutant_count;

coverage_count count_coverage(const policy_suite *suite, policy_target_kind kind,
                              const char *file); /* NULL: all files */
/* In tenths of a percent, rounded down, so that only all of it is 100. */
uint32_t coverage_share(coverage_count count);

/* A table by file and a list of what was not seen. */
void print_coverage(const options *o, const policy_suite *suite);
/* Is each share at least what --min-coverage asks for? Says which is not. */
bool coverage_suffices(const options *o, const policy_suite *suite, FILE *to);

/* Try all of them, with progress on a terminal. False when that broke (printed). */
bool try_mutants(const options *o, policy_suite *suite);
mutant_count count_mutants(const policy_suite *suite);
void print_mutants(const options *o, const policy_suite *suite);

/* New references. */
json_t *json_coverage(const policy_suite *suite); /* counts */
json_t *json_target(const policy_suite_target *target);
json_t *json_mutant(const policy_suite_mutant *mutant);
bool target_covered(const policy_suite_target *target);

#endif
