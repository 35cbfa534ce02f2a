/*
 * Rows that fail a rule, kept as what their findings show: a place and some of the row's own fields.
 *
 *     key:     {school} {class}                  fields of the record, nothing worked out
 *     message: "{grade}年级{class}布置了书面作业"   the same
 *
 * A kept row (state.h) is a block of memory of its own with a hash by which it is found when it is to go again. Rows of an
 * audit are never looked for: they wait here until findings are asked for, or become kept rows (row_hits_settle) when the
 * ledger is to be changed, merged or saved.
 */
#ifndef POLICY_COLUMNS_ROW_HITS_H
#define POLICY_COLUMNS_ROW_HITS_H

#include "ledger/state.h"

typedef struct row_hit {
    uint64_t row;
    uint32_t source;
    int32_t day;
    bool dated;
} row_hit;

typedef struct row_hits {
    const plan_version *version;
    uint32_t *slots; /* of the keys, then of what the message shows */
    uint32_t slot_count;
    row_hit *items;
    value *values; /* slot_count for each; texts are the coding's, which lives as long */
    size_t held;   /* of the ledger; behind them those of the running call */
    size_t count, capacity, value_capacity;
} row_hits;

/* NULL where findings of the version show something else, too. *nomem: out of memory. */
row_hits *row_hits_of(arena *memory, const plan_version *v, const plan_table *t, bool *nomem);
void row_hits_free(row_hits *h, const policy_allocator *a);
/* The frame's row, whose values are the coding's own. *kept false: one of them is missing, and the row is as it was. False
 * out of memory. */
bool row_hits_add(row_hits *h, frame *f, state *into, bool *kept);
/* All from `from` on into ordinary rows; the last first. False out of memory: what is left is still here. */
bool row_hits_settle(row_hits *h, size_t from, state *into);
/* A hit as the kept row that it stands for, without a hash. */
kept_row row_hits_at(const row_hits *h, size_t i);

#endif
