/*
 * Group tables: typed keys to what a group keeps.
 *
 * One table for each measure that was fed or computed. A group is one block of memory that holds its keys, so that a
 * private table's groups can move to another ledger by pointer. What it keeps beside the aggregate: the own dates of its
 * rows (the latest one decides which version of a rule judges it) and the smallest rows as evidence.
 */
#ifndef POLICY_LEDGER_GROUP_H
#define POLICY_LEDGER_GROUP_H

#include "ledger/aggregate.h"

/* Multiset of days, sorted; most groups have one. */
typedef struct day_count {
    int32_t day;
    int32_t count;
} day_count;
typedef struct day_set {
    union {
        day_count one; /* where capacity is 0: then there is at most one */
        day_count *items;
    } as;
    uint32_t count, capacity; /* of items */
} day_set;

static inline const day_count *day_set_items(const day_set *s)
{
    return s->capacity > 0 ? s->as.items : &s->as.one;
}

typedef struct evidence_row {
    uint32_t source;     /* number of the ledger's source text */
    uint32_t count : 30; /* how often posted into this group */
    uint32_t taken : 1;  /* of a delta: to be taken away */
    uint32_t doubt : 1;  /* it is why the group is in doubt */
    uint64_t row;
} evidence_row;
typedef struct evidence {
    evidence_row *items; /* sorted by (source's text, row) */
    uint32_t count;
    uint32_t capacity : 31;
    uint32_t dropped : 1; /* there were more */
} evidence;

/* How sources compare: by their text. */
typedef struct source_names {
    const str *names;
    size_t count;
} source_names;

typedef struct group {
    uint64_t hash;
    aggregate_state state;
    day_set in_days, maybe_days; /* own dates of the rows */
    int64_t undated;             /* rows in or maybe without a known own date */
    evidence rows;
    value keys[]; /* stored in this block */
} group;

typedef struct group_table {
    const policy_allocator *allocator;
    uint32_t key_count;
    group **slots; /* open addressing; NULL is free */
    size_t capacity, count;
} group_table;

void group_table_init(group_table *t, const policy_allocator *a, uint32_t key_count);
void group_table_free(group_table *t); /* and empty again */
uint64_t group_hash(const value *keys, uint32_t count);
group *group_find(const group_table *t, const value *keys, uint64_t hash);
/* Find or make. NULL out of memory. */
group *group_insert(group_table *t, const value *keys, uint64_t hash);
void group_free(group *g, const policy_allocator *a);
/* A group of its own with the same content; NULL out of memory. */
group *group_copy(const group *g, uint32_t key_count, const policy_allocator *a);
/* The same under other keys. */
group *group_copy_as(const group *g, const value *keys, uint32_t key_count, const policy_allocator *a);
/* Take a group that is made already into a table that has none of its keys. False out of memory. */
bool group_table_put(group_table *t, group *g);
void group_table_remove(group_table *t, group *g); /* and free it */
/* Room in `g` for a join of `d`, and the join, which cannot fail then. `d` loses what it owned, and is to be freed. */
bool group_reserve(group *g, const group *d, uint32_t most, const policy_allocator *a);
void group_join(group *g, group *d, uint32_t most, const source_names *names, const policy_allocator *a);
bool group_is_empty(const group *g);

/* A row's own date and place. */
bool group_add_day(group *g, bool maybe, bool dated, int32_t day, int sign, const policy_allocator *a);
/* Keeps at most `most` rows; a row without a number (0) is no evidence. */
bool group_add_row(group *g, uint32_t source, uint64_t row, bool in_doubt, int sign, uint32_t most,
                   const source_names *names, const policy_allocator *a);
/* All evidence of another group too (stacked measures); `in_doubt`: all of it for a reason of this level. */
bool group_add_evidence(group *g, const evidence *more, bool in_doubt, int sign, uint32_t most,
                        const source_names *names, const policy_allocator *a);
/* The latest own date of the rows surely in (of the maybe rows when none is); false when there is none. */
bool group_latest(const group *g, int32_t *day);

/* Room in `into` for all groups of `delta`. False out of memory. Changes no value. */
bool group_table_reserve(group_table *into, const group_table *delta, uint32_t most);
/* False when taking `delta` in would leave something below zero. */
bool group_table_holds(const group_table *into, const group_table *delta);
/* Take everything out of `delta`, which is then empty. Needs the reserve; cannot fail. */
void group_table_merge(group_table *into, group_table *delta, uint32_t most, const source_names *names);

/* All groups sorted by their keys, in an array of the arena; NULL out of memory (an empty table gives a non-NULL one). */
group **group_table_sorted(const group_table *t, arena *memory);
int group_order_keys(const value *a, const value *b, uint32_t count);

#endif
