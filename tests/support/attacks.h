/*
 * The corpus of hostile scripts (tests/lua-attacks), and one run of one of them.
 *
 * Each file's first line says what it tries and how it must end:
 *
 *     -- loops: steps          a kill for its instructions; also memory, time
 *     -- errors: error         an ordinary error finding
 *     -- source: refused       does not load
 *     -- escapes: contained    runs, and its checks pass: they fail when the attack came through
 *     -- missing: quiet        runs, whatever it answers
 *
 * A run builds an engine from a small pack, a canary script and the attack, posts a few rows of homework, and writes all
 * findings down: those of the canaries (the pack's rules and the canary script's) apart from the attack's, whose rules
 * are called "attack.*". Needs no test framework, so that benchmarks use it too.
 */
#ifndef TESTS_SUPPORT_ATTACKS_H
#define TESTS_SUPPORT_ATTACKS_H

#include "policy/policy.h"

typedef enum attack_end {
    ATTACK_REFUSED,
    ATTACK_STEPS,
    ATTACK_MEMORY,
    ATTACK_TIME,
    ATTACK_ERROR,
    ATTACK_CONTAINED,
    ATTACK_QUIET
} attack_end;

typedef struct attack {
    char name[64]; /* of the file */
    char class_name[32];
    attack_end end;
    char *text;
    size_t size;
} attack;

typedef struct attacks {
    attack *items;
    size_t count;
} attacks;

/* Read all files of the folder, sorted by name. Ends the program when one has no proper first line. */
attacks attacks_read(const char *folder);
void attacks_free(attacks *all);

typedef struct attack_run {
    const policy_allocator *allocator; /* NULL: the system's */
    bool attack_first;                 /* before the canary script, or after it */
    uint64_t milliseconds;             /* of a call; 0: the default */
    uint64_t steps;                    /* of a call; 0: the default */
} attack_run;

typedef struct attack_outcome {
    policy_status status;
    char *refusal;  /* "file:line message" of the first error when it did not load, else NULL */
    char *canaries; /* findings and counts of all other rules; NULL when it did not come so far */
    char *attacker; /* those of the attack's */
    uint64_t attack_counts[6];
    uint64_t build_ns, run_ns, close_ns;
} attack_outcome;

/* `a` NULL: only the canaries. */
attack_outcome attack_go(const attack *a, const attack_run *how);
void attack_outcome_free(attack_outcome *o);

#endif
