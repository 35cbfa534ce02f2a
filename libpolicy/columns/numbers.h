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

static inline size_t integers_first_slot(const integers *t, int64_t v)
{
    return (size_t)((uint64_t)v * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (t->slot_count - 1);
}

void integers_init(integers *t, const policy_allocator *a);
void integers_free(integers *t);
/* Room for all of [least, most]; afterwards either the table covers them or the set is hashed. False out of memory. */
bool integers_cover(integers *t, int64_t least, int64_t most);
uint32_t integers_find(const integers *t, int64_t v); /* NUMBER_NONE: unseen. Needs the cover. */
/* The same without the cover. */
static inline uint32_t integers_known(const integers *t, int64_t v)
{
    if (!t->hashed) {
        uint64_t at = (uint64_t)v - (uint64_t)t->base;
        return at < t->room ? t->table[at] - 1 : NUMBER_NONE;
    }
    size_t mask = t->slot_count - 1, i = integers_first_slot(t, v);
    while (t->numbers[i] != 0 && t->keys[i] != v) {
        i = (i + 1) & mask;
    }
    return t->numbers[i] - 1;
}
bool integers_add(integers *t, int64_t v, uint32_t number);

#endif
