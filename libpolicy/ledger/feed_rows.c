/*
 * A batch row by row: each is made a record and posted like one.
 */
#include "ledger/feed.h"

#define BLOCK_ROWS 4096

bool feed_goes_on(feed_watch *w, uint64_t rows)
{
    uint64_t done = atomic_fetch_add(&w->rows, rows) + rows;
    if (w->calling_thread_works && w->progress != NULL && w->progress(w->context, done, 0) != 0) {
        atomic_store(&w->stop, true);
    }
    return !atomic_load(&w->stop);
}

policy_status feed_rows(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until, feed_watch *w,
                        policy_error **err)
{
    record row;
    if (record_init(&row, b->type, l->allocator) != POLICY_OK) {
        return error_nomem(err);
    }
    policy_status status = POLICY_OK;
    while (from < until && status == POLICY_OK) {
        int64_t end = until - from > BLOCK_ROWS ? from + BLOCK_ROWS : until;
        for (int64_t i = from; i < end && status == POLICY_OK; i++) {
            batch_row(b, i, &row);
            status = post_record(l, type_at, &row, err);
        }
        if (status == POLICY_OK && !feed_goes_on(w, (uint64_t)(end - from))) {
            status = POLICY_E_CANCELLED;
        }
        from = end;
    }
    record_free(&row);
    return status;
}
