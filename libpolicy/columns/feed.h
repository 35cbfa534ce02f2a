/*
 * What feeding columns of one record type works with: made once a ledger and type, kept from batch to batch.
 */
#ifndef POLICY_COLUMNS_FEED_H
#define POLICY_COLUMNS_FEED_H

#include "columns/accounts.h"
#include "columns/conditions.h"
#include "columns/contents.h"
#include "columns/dense.h"
#include "columns/row_groups.h"
#include "columns/row_hits.h"

typedef struct row_rule {
    const plan_version *version;
    bool by_codes; /* else every row goes to judge_row */
    bool always;   /* in force whatever the day */
    truth *here, *nowhere;
    condition *when, *check;   /* check NULL: judged later, or by a script */
    uint64_t shown;            /* fields that a finding of a row that fails shows, or that say what it shows */
    row_hits *hits;            /* rows that fail; NULL: judge_failed keeps them */
    uint64_t *left;            /* of the block: rows for judge_row, a bit each */
    uint64_t *failed;          /* of these, rows that surely fail */
    bool any_left, any_failed; /* false: the bits say nothing */
} row_rule;

typedef struct row_measure {
    const plan_measure *measure;
    condition *when;
    dense_account *dense;  /* NULL: none */
    cell_account *account; /* of rows that are not in it; NULL: all that are not surely out go to fold_row */
    row_groups *rows;      /* of rows that are groups of their own; NULL: none */
    uint8_t *left;         /* of the block: rows for fold_row */
} row_measure;

typedef struct type_columns {
    programs programs;
    coding *coding;
    row_measure *measures;
    row_keys *row_keys; /* of the measures' row groups */
    uint32_t measure_count;
    row_rule *rules;
    uint32_t rule_count;
    uint8_t *live, *any_left;         /* of the block, for measures */
    uint64_t rules_left[BLOCK_WORDS]; /* of the block: rows that some rule left */
    bool any_rules_left;
    contents contents; /* where rows are compared */
    record row;
    arena memory;
} type_columns;

type_columns *type_columns_new(policy_ledger *l, uint32_t type_at); /* NULL out of memory */
void type_columns_free(type_columns *c);

/* Row rules on the block: counts into the delta, what is left into `left` and rules_left. */
bool row_rules_block(type_columns *c);

#endif
