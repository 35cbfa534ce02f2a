/*
 * Compact accounts: what the rows of a feed give to a measure, by code, until they are given to its groups together.
 *
 * A row that is surely in, whose keys and arguments are plain, adds to the cell of its key fields' code: one count and up
 * to two sums. At the end of a feed each cell that was touched becomes one addition to one ordinary group, so that a
 * million rows of ten thousand groups cost ten thousand insertions. Kinds that keep a multiset (max, count_distinct) have
 * the argument's fields in the code. Which row it was is forgotten, so there are no accounts where groups keep rows.
 */
#ifndef POLICY_COLUMNS_ACCOUNTS_H
#define POLICY_COLUMNS_ACCOUNTS_H

#include "columns/conditions.h"

typedef struct cell_account {
    const plan_measure *measure;
    bool multiset;
    tuple *group;              /* the fields of keys and own date (and of the argument: multiset) */
    tuple *arguments;          /* the fields of the arguments; {} for count() and multisets */
    uint8_t *keyed, *exact;    /* by code: everything is plain */
    bool all_keyed, all_exact; /* every code so far */
    int64_t *amounts[2];       /* by code of the arguments */
    int64_t *counts, *sums[2]; /* by code of the group */
    uint32_t *touched;
    size_t keyed_capacity, exact_capacity, amount_capacity[2], count_capacity, sum_capacity[2], touched_capacity;
    uint32_t keyed_count, exact_count, cell_count, touched_count;
} cell_account;

/* NULL with *nomem unchanged when the measure has no account. */
cell_account *cell_account_of(programs *p, const plan_measure *m, bool *nomem);
void cell_account_free(cell_account *x, const policy_allocator *a);
/* Rows of `left` that are in `yes` into their cells, and out of `left`. False out of memory. */
bool cell_account_block(programs *p, cell_account *x, const uint8_t *yes, uint8_t *left);
/* The cells into the delta's groups, and empty. False out of memory. */
bool cell_account_flush(programs *p, cell_account *x);

#endif
