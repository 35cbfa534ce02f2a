/*
 * Numbering the integers that the cells of a column hold, before any reader.
 *
 * The number is whatever the caller says when one comes for the first time. Those of a modest range find theirs in a table,
 * others in a hash table. Tables live on from batch to batch.
 */
#ifndef POLICY_COLUMNS_NUMBERS_H
#define POLICY_COLUMNS_NUMBERS_H

#include "base/arena.h"

#define NUMBER_NONE UINT32_MAX

typedef struct integers {
    const policy_allocator *allocator;
    uint32_t *table; /* by value - base: number + 1, 0 unseen */
    int64_t base;
    size_t room;
    bool hashed; /* the range is too wide */
    int64_t *keys;
    uint32_t *numbers; /* number + 1 */
    size_t slot_count, used;
} integers;

void integers_init(integers *t, const policy_allocator *a);
void integers_free(integers *t);
/* Room for all of [least, most]; afterwards either the table covers them or the set is hashed. False out of memory. */
bool integers_cover(integers *t, int64_t least, int64_t most);
uint32_t integers_find(const integers *t, int64_t v); /* NUMBER_NONE: unseen. Needs the cover. */
bool integers_add(integers *t, int64_t v, uint32_t number);

#endif
