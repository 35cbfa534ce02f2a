/*
 * Live use: what one record would cause, before it is posted, when it is posted, taken back or amended.
 *
 * What a record causes is the difference of two judgements, before and after, of exactly the rows and groups it can touch
 * (cause.c): found by the change (change.h), never by judging everything, but where a whole record type comes or goes,
 * or the calendar or coverage.
 */
#ifndef POLICY_LEDGER_LIVE_H
#define POLICY_LEDGER_LIVE_H

#include "base/scratch.h"
#include "ledger/change.h"
#include "ledger/findings.h"

typedef struct live {
    scratch memory;           /* of one call */
    state probe;              /* what a record that is only looked at would add; empty between calls */
    measure_change *measures; /* by number; empty between calls */
    policy_findings *earlier; /* what was wrong before */
    policy_findings *trial;   /* what another value would cause (suggest.c); NULL until needed */
    int16_t *one_number; /* by version over single records: 1 + the one number it reads, -1 none; 0 not asked yet */
} live;

live *live_of(policy_ledger *l); /* made when there is none; NULL out of memory */
void live_free(live *v, const policy_allocator *a);

/* What would a record cause of one rule? Into `out`, sorted. False out of memory. */
bool live_ask(policy_ledger *l, uint32_t type_at, const record *posted, const plan_version *only, policy_findings *out);
/* A record's values, as it would be posted. False out of memory. */
bool live_resolve(policy_ledger *l, uint32_t type_at, const record *posted, value *values);

/* What the change causes, into `out`; the change was derived for all. False out of memory. */
bool cause_find(change *c, policy_findings *earlier, policy_findings *out);

#endif
