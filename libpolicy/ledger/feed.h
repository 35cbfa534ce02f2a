/*
 * Feeding columns: batches into the private delta, by one thread or several.
 */
#ifndef POLICY_LEDGER_FEED_H
#define POLICY_LEDGER_FEED_H

#include <stdatomic.h>

#include "arrow/batch.h"
#include "ledger/state.h"

/* How a feed is watched and stopped: looked at by every worker now and then. */
typedef struct feed_watch {
    atomic_bool stop;          /* somebody failed, or the caller cancelled */
    atomic_uint_fast64_t rows; /* done, of all batches */
    policy_progress progress;  /* called on the calling thread only; NULL: none */
    void *context;
    bool calling_thread_works; /* feed_rows itself calls `progress` */
} feed_watch;

/* After a block of rows: false when the work is to end, because of the progress callback or another worker. */
bool feed_goes_on(feed_watch *w, uint64_t rows);

/* Rows [from, until) of a batch into l->delta. May run on several ledgers at once (worker.h): writes to nothing but what
 * hangs on `l` itself. On failure the delta is in pieces, and is to be given up. POLICY_E_CANCELLED without an error when
 * feed_goes_on said so. */
policy_status feed_rows(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until, feed_watch *w,
                        policy_error **err);

/* A whole batch, by as many threads as asked for. */
policy_status feed_parallel(policy_ledger *l, uint32_t type_at, const batch *b, uint32_t threads, feed_watch *w,
                            policy_error **err);

#endif
