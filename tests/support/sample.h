/*
 * Random homework and exam rows for the huancui pack, and what a ledger says of them as text.
 *
 * The rows look like those of schools: few schools and classes, a term of days, missing cells, things that cannot be read.
 * Needs no test framework.
 */
#ifndef TESTS_SUPPORT_SAMPLE_H
#define TESTS_SUPPORT_SAMPLE_H

#include "policy/policy.h"
#include "support/arrow_rows.h"

/* The pack of the source tree; NULL on failure. */
policy_engine *sample_engine(const char *source_directory);
/* Caller frees with sample_free. */
arrow_rows *sample_homework(size_t rows, uint64_t seed);
arrow_rows *sample_exams(size_t rows, uint64_t seed);
void sample_free(arrow_rows *t);
/* 0 ... count - 1 in random order; caller frees. */
size_t *sample_shuffle(size_t count, uint64_t seed);
/* A ledger that keeps evidence; NULL on failure. */
policy_ledger *sample_ledger(policy_engine *engine);
/* Findings with messages, counts by rule and verdict, records by type. `rows`: with evidence, which follows positions.
 * Caller frees; NULL on failure. */
char *sample_answer(policy_ledger *ledger, bool rows);

#endif
