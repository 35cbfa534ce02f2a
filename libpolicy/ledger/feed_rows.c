/*
 * A batch in blocks, through the column path; rows that it leaves go one by one.
 */
#include "ledger/feed.h"

#include "columns/columns.h"

/* Between two looks at whether to stop. What a block adds up goes into groups at its end, so blocks are large. */
#define BLOCK_ROWS (INT64_C(1) << 20)

bool feed_goes_on(feed_watch *w, const policy_ledger *l, uint64_t rows)
{
    uint64_t done = atomic_fetch_add(&w->rows, rows) + rows;
    if (l == w->caller && w->progress != NULL && w->progress(w->context, done, 0) != 0) {
        atomic_store(&w->stop, true);
    }
    return !atomic_load(&w->stop);
}

policy_status feed_rows(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until, feed_watch *w,
                        policy_error **err)
{
    while (from < until) {
        int64_t end = until - from > BLOCK_ROWS ? from + BLOCK_ROWS : until;
        if (!columns_feed(l, type_at, b, from, end)) {
            return notices_error(&l->delta.notices, err);
        }
        if (!feed_goes_on(w, l, (uint64_t)(end - from))) {
            return POLICY_E_CANCELLED;
        }
        from = end;
    }
    return POLICY_OK;
}
