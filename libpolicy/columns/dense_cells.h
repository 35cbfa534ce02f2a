/*
 * The table of a dense account: counts and sums by place, narrow while they are small.
 */
#ifndef POLICY_COLUMNS_DENSE_CELLS_H
#define POLICY_COLUMNS_DENSE_CELLS_H

#include "columns/dense.h"

void dense_cells_free(dense_cells *c, const policy_allocator *a);
/* Ready for rows that may add up to `more` in one place. False out of memory. */
bool dense_cells_ready(dense_cells *c, size_t places, bool wanted_wide, int64_t more, const policy_allocator *a);
/* One row a place; place -1 is nobody's. `first` NULL: counted only; `second` NULL: one sum. */
void dense_cells_add(dense_cells *c, const int32_t *at, const int32_t *first, const int32_t *second, size_t count);
void dense_cells_touch(dense_cells *c, const int32_t *at, size_t count);
/* Both tables from one layout to another. False out of memory: then nothing has changed. */
bool dense_cells_move(dense_cells *held, dense_cells *added, const dense_layout *before, const dense_layout *after,
                      const policy_allocator *a);
bool dense_cells_reserve(dense_cells *held, dense_cells *added, size_t places, const policy_allocator *a);
void dense_cells_commit(dense_cells *held, dense_cells *added, size_t places);
void dense_cells_clear(dense_cells *c, size_t places);
void dense_cells_forget_place(dense_cells *c, size_t spot);

static inline int64_t narrow_sum(narrow_cell n)
{
    return (int32_t)(uint32_t)(uint64_t)n;
}
static inline int64_t narrow_count(narrow_cell n)
{
    return (n - narrow_sum(n)) / (INT64_C(1) << 32);
}

/* What is at a place. */
static inline wide_cell dense_cell(const dense_cells *c, size_t spot)
{
    if (c->wide != NULL) {
        return c->wide[spot + 1];
    }
    narrow_cell n = c->narrow[spot + 1];
    return (wide_cell){{narrow_sum(n), 0}, narrow_count(n)};
}

/* The part that numbers a key; NULL: the own date decides it. */
static inline const dense_part *dense_part_of(const dense_account *x, uint32_t key_at)
{
    for (uint32_t i = 0; i < x->part_count; i++) {
        if (x->parts[i].key != NULL && x->parts[i].key_at == key_at) {
            return &x->parts[i];
        }
    }
    return NULL;
}

#endif
