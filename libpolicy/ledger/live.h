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
    policy_findings *earlier; /* what was wrong before */
} live;

live *live_of(policy_ledger *l); /* made when there is none; NULL out of memory */
void live_free(live *v, const policy_allocator *a);

/* What the change causes, into `out`; the change was derived for all. False out of memory. */
bool cause_find(change *c, policy_findings *earlier, policy_findings *out);

#endif
