/*
 * Batches made by hand and ledgers told apart: what the tests of the column path share.
 *
 * A made batch has random columns of every storage a field may have, in a slice or not, with nulls, strange values, or
 * absent. It owns its memory until it is freed.
 */
#ifndef TESTS_SUPPORT_BATCHES_H
#define TESTS_SUPPORT_BATCHES_H

#include "arrow/batch.h"
#include "ledger/state.h"

typedef struct made_batch {
    batch batch;
    void **blocks;
    size_t block_count, block_capacity;
} made_batch;

/* What one field may hold, as texts. The maker turns them into the storages that can hold them. */
typedef struct made_field {
    const char *name;
    const char *const *texts; /* NULL-terminated */
    int least, most;          /* numbers, or days since 1970-01-01; used where the storage is one of numbers */
} made_field;

made_batch *made_batch_new(const schema_type *t, const made_field *fields, size_t field_count, int64_t rows,
                           uint64_t seed);
void made_batch_free(made_batch *m);

uint64_t made_random(uint64_t *seed); /* of the generator the batches use */

/* Feed the whole batch, in parts of `part` rows (0: all at once), by rows or by columns. */
policy_status made_feed(policy_ledger *l, uint32_t type_at, const batch *b, int64_t part, bool columns);

/* Findings, counts and notices as text; notices about equal rows left out, since columns give none. Caller frees. */
char *made_answer(policy_ledger *l, bool with_rows);

#endif
