/*
 * Long runs of tests: how many cases, for how long, from where, and how far they are.
 *
 * A run is as long as the test wants; a variable of the environment asks for more, or less, and then every few seconds a
 * line on stderr says how far it is. POLICY_SECONDS ends it early, POLICY_SEED begins elsewhere.
 */
#ifndef TESTS_SUPPORT_PROGRESS_H
#define TESTS_SUPPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    const char *what; /* cases, sequences */
    uint64_t wanted, first_seed;
    bool tells;
    double started, told, until; /* seconds of a steady clock; `until` 0: no limit */
} progress;

/* `variable` of the environment, else `otherwise`. */
progress progress_start(const char *what, const char *variable, uint64_t otherwise);
/* Go on? After `done`, the next being `seed`. */
bool progress_goes_on(progress *p, uint64_t done, uint64_t seed);

#endif
