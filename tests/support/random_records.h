/*
 * Random records of every type that the huancui pack judges: few values, so that records meet in groups, and a little of
 * everything that can be missing or unreadable. Needs no test framework; what fails aborts.
 */
#ifndef TESTS_SUPPORT_RANDOM_RECORDS_H
#define TESTS_SUPPORT_RANDOM_RECORDS_H

#include <stdint.h>

#include "policy/policy.h"

/* A number below `below`; `state` starts as any number. */
uint32_t random_below(uint64_t *state, uint32_t below);
/* Of a type with rules; from a source and with a row number now and then. Caller frees. */
policy_record *random_record(policy_engine *engine, uint64_t *state);
/* As of 2022-01-25; `supplied`: every type is said to be there. Caller frees. */
policy_ledger *random_records_ledger(policy_engine *engine, bool supplied);
/* Records that others are grouped and judged by: schools, a calendar, what the data covers. Some or none; the same for
 * the same `seed`. Before all others. */
void random_background(policy_ledger *ledger, policy_engine *engine, uint64_t seed);

#endif
