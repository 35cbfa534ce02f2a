/*
 * One batch by several workers.
 */
#include "ledger/feed.h"

policy_status feed_parallel(policy_ledger *l, uint32_t type_at, const batch *b, uint32_t threads, feed_watch *w,
                            policy_error **err)
{
    (void)threads;
    w->calling_thread_works = true;
    return feed_rows(l, type_at, b, 0, b->rows, w, err);
}
