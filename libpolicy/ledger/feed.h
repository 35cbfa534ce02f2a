/*
 * Feeding columns: batches into the private delta, by one thread or several.
 */
#ifndef POLICY_LEDGER_FEED_H
#define POLICY_LEDGER_FEED_H

#include <stdatomic.h>

#include "arrow/batch.h"
#include "ledger/state.h"

/* How a feed is watched and stopped: looked at by every thread now and then. */
typedef struct feed_watch {
    const policy_ledger *caller; /* the ledger that the calling thread works on */
    atomic_bool stop;            /* somebody failed, or the caller cancelled */
    atomic_uint_fast64_t rows;   /* done, of all batches */
    policy_progress progress;    /* called on the calling thread only; NULL: none */
    void *context;
} feed_watch;

/* After a block of rows: false when the work is to end, because of the progress callback or another thread. */
bool feed_goes_on(feed_watch *w, const policy_ledger *l, uint64_t rows);

/* Rows [from, until) of a batch into l->delta. May run on several ledgers at once (worker.h): writes to nothing but what
 * hangs on `l` itself. On failure the delta is in pieces, and is to be given up. POLICY_E_CANCELLED without an error when
 * feed_goes_on said so. */
policy_status feed_rows(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until, feed_watch *w,
                        policy_error **err);

/* ---- several threads (feed_parallel.c) ---- */

#define FEED_ROUND_ROWS  (INT64_C(1) << 18) /* of a stream that are gathered for each thread */
#define FEED_THREAD_ROWS 2048               /* fewer are not worth a second thread */

/* The calling thread and the workers beside it, for the time of one call. */
typedef struct feed_crew {
    policy_ledger *ledger;
    policy_ledger **workers; /* made when first needed */
    uint32_t threads;        /* with the calling one */
    bool started;            /* the ledger's delta has seen a row */
} feed_crew;

void feed_crew_init(feed_crew *c, policy_ledger *l, uint32_t threads);
void feed_crew_free(feed_crew *c);
/* Batches that belong together, in order: their rows are shared out evenly. */
policy_status feed_round(feed_crew *c, uint32_t type_at, const batch *batches, size_t count, feed_watch *w,
                         policy_error **err);
/* What the workers have gathered goes into the ledger's delta. */
policy_status feed_crew_merge(feed_crew *c, policy_error **err);

#endif
