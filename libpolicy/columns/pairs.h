/*
 * Pairs of codes as one code, numbered in the order they came.
 *
 * A set of fields is coded by pairing twice and more: (school, grade) is 17, (17, class) is 230. While the product of
 * both sides is modest a table says which number a pair has: one load a row. Beyond that a hash table does.
 *
 *     left 0 | 1 | 2 | 0 |         number + 1 of (left, right), 0 where the pair never came
 *     left 1 | 0 | 3 | 0 |         `shift` bits of right, so that a wider right side is a new table
 */
#ifndef POLICY_COLUMNS_PAIRS_H
#define POLICY_COLUMNS_PAIRS_H

#include "base/allocator.h"

typedef struct pairs {
    const policy_allocator *allocator;
    uint64_t *items; /* left << 32 | right, by number */
    size_t capacity;
    uint32_t count;
    uint32_t *table;
    uint32_t left_room, shift; /* of the table */
    bool hashed;               /* then `table` is open addressing with left_room places */
    uint64_t *recent;          /* hashed, by right code: left << 32 | number of what came last with it */
    size_t recent_room;
} pairs;

void pairs_init(pairs *p, const policy_allocator *a);
void pairs_free(pairs *p);
/* Number every pair of a block; `out` is neither of the two. False out of memory: nothing then is said of it. */
bool pairs_number(pairs *p, const uint32_t *left, const uint32_t *right, size_t count, uint32_t *out);
/* The same where all codes are known to be below these counts. */
bool pairs_number_below(pairs *p, const uint32_t *left, uint32_t left_count, const uint32_t *right,
                        uint32_t right_count, size_t count, uint32_t *out);
uint32_t pairs_find(const pairs *p, uint32_t left, uint32_t right); /* UINT32_MAX when it never came */

static inline uint32_t pairs_left(const pairs *p, uint32_t number)
{
    return (uint32_t)(p->items[number] >> 32);
}
static inline uint32_t pairs_right(const pairs *p, uint32_t number)
{
    return (uint32_t)p->items[number];
}

#endif
