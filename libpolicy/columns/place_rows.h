/*
 * Rows by place: which rows a dense account's places were made of, for ledgers that keep rows as evidence.
 *
 * A table of sums forgets rows. Where they are to be named, each row that goes to a place is noted with it, eight bytes a
 * row, in the order rows come; who wants the rows of a few places (of groups that fail) has them sorted by place once.
 */
#ifndef POLICY_COLUMNS_PLACE_ROWS_H
#define POLICY_COLUMNS_PLACE_ROWS_H

#include "arrow/batch.h"
#include "columns/dense_layout.h"
#include "ledger/group.h"

/* Rows of one source, from one batch. */
typedef struct place_span {
    uint32_t source;
    uint64_t base;
    size_t at; /* of the first of its entries */
} place_span;

typedef struct place_rows {
    int32_t *places; /* entries; below zero: nobody's any more */
    uint32_t *rows;  /* counted from their span's base */
    size_t place_capacity, row_capacity, count,
        held; /* [0, held) are of the ledger, [held, count) of the running call */
    place_span *spans;
    size_t span_count, span_capacity;
    uint32_t *starts, *order; /* by place: entries [from, until) in their order; NULL until asked for */
    size_t from, until, place_count;
} place_rows;

void place_rows_free(place_rows *x, const policy_allocator *a);
/* Before rows [from, until) of a batch. False out of memory, or when their numbers are too far apart. */
bool place_rows_begin(place_rows *x, uint32_t source, const batch *b, int64_t from, int64_t until,
                      const policy_allocator *a);
/* Rows [row, row + count) of the batch to their places; those below zero have none. False out of memory. */
bool place_rows_add(place_rows *x, const batch *b, int64_t row, const int32_t *at, size_t count,
                    const policy_allocator *a);
/* Places of another layout. */
void place_rows_move(place_rows *x, const dense_layout *before, const dense_layout *after);
void place_rows_commit(place_rows *x);
void place_rows_forget(place_rows *x);
/* Entries that are held, or were added by the running call, are groups' now. */
void place_rows_drop(place_rows *x, bool held);
/* A place whose rows were just given. */
void place_rows_forget_place(place_rows *x, size_t spot);
/* The rows of a place as a group's evidence, at most so many. `held`: of the ledger, else of the running call. False out of
 * memory. */
bool place_rows_give(place_rows *x, bool held, size_t spot, size_t place_count, group *to, uint32_t most,
                     const source_names *names, const policy_allocator *a);

#endif
