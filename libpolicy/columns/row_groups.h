/*
 * Row groups: groups of one row each, kept as numbers.
 *
 *     each: {day: days}
 *     per: [school, class, day, {slot: "has(tier_group) ? tier_group : record_id"}]
 *     measure: max(minutes / size(days))
 *
 * A key that is the record's id makes (nearly) every row a group of its own. As ordinary groups these cost more than
 * everything else together, and mostly nobody asks for them: what is asked for is a measure over them, sum(value) by
 * class and day. So a row is kept as two codes (what decides its keys and its `each`, what decides its value) and its
 * number. A sum over them is made from the codes (row_groups_sum); they become ordinary groups (row_groups_settle) when
 * somebody wants those.
 */
#ifndef POLICY_COLUMNS_ROW_GROUPS_H
#define POLICY_COLUMNS_ROW_GROUPS_H

#include "columns/conditions.h"

#define NOT_KEYED UINT32_MAX

/* What a code of the group stands for: one element for each value of `each`, one where there is none. */
typedef struct row_elements {
    uint32_t first, count; /* NOT_KEYED: rows of this code are no groups of their own */
    int32_t day;           /* the own date */
} row_elements;

/* Keys of rows; measures that have the same ones share them. */
typedef struct row_keys {
    const plan_measure *like;
    uint32_t id_key; /* the key that is the record's id */
    tuple *group;    /* all fields that decide the keys, `each` and the own date */
    domain *values;  /* by key: its values, by number */
    row_elements *elements;
    size_t element_capacity;
    uint32_t filled;
    uint32_t *numbers; /* by element: one for each key; nothing said of the id's */
    size_t number_count, number_capacity;
    struct row_keys *next;
} row_keys;

/* Rows that were fed together, or right after each other, from one source. */
typedef struct row_span {
    uint32_t source;
    uint64_t base, end, held_end; /* rows [base, end) */
    size_t at;                    /* of the first of its entries */
} row_span;

typedef struct row_groups {
    const plan_measure *measure;
    row_keys *keys;
    tuple *arguments;
    uint8_t *exact; /* by code of the arguments: 255 or 0 */
    value *amounts;
    size_t exact_capacity, amount_capacity;
    uint32_t exact_count;
    uint32_t *groups, *given, *rows; /* entries: codes, and the row counted from its span's base */
    size_t group_capacity, given_capacity, row_capacity;
    size_t held, count; /* [0, held) are of the ledger, [held, count) of the running call */
    row_span *spans;
    size_t span_count, span_capacity;
    bool repeated; /* a row may have been fed twice: its groups may be of more than one row */
} row_groups;

/* NULL with *nomem unchanged where the measure has none. `shared` is the list of keys made already. */
row_groups *row_groups_of(programs *p, const plan_measure *m, row_keys **shared, bool *nomem);
void row_groups_free(row_groups *x, const policy_allocator *a);
void row_keys_free(row_keys *k, const policy_allocator *a);

/* Before rows [from, until) of a batch. False out of memory. */
bool row_groups_begin(programs *p, row_groups *x, uint32_t source, const batch *b, int64_t from, int64_t until);
/* Rows of `left` that are in `yes` and groups of their own are kept, and taken out of `left`. False out of memory. */
bool row_groups_block(programs *p, row_groups *x, const uint8_t *yes, uint8_t *left);
void row_groups_commit(row_groups *x);
void row_groups_forget(row_groups *x);

/* Entries [from, until) into ordinary groups, which are then all there is. False out of memory: then nothing changed. */
bool row_groups_settle(programs *p, row_groups *x, size_t from, size_t until, group_table *into);
/* What the entries held give to `m`, a measure over this one, into `into`. *done false: it cannot be said without the
 * ordinary groups, of which `others` are there. The frame is of the table of the measure below. False out of memory. */
bool row_groups_sum(programs *p, row_groups *x, const plan_measure *m, const group_table *others, frame *f,
                    group_table *into, bool *done);

#endif
