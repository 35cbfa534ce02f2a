/*
 * Hash map from text to a 32-bit number, in insertion order.
 *
 * Keys are borrowed (put them in an arena first). Numbers are the caller's, usually an index into a vector; the
 * map keeps the keys in insertion order in `keys`, so key i was the i-th put.
 */
#ifndef POLICY_BASE_MAP_H
#define POLICY_BASE_MAP_H

#include "base/allocator.h"
#include "base/text.h"

typedef struct map {
    const policy_allocator *allocator;
    str *keys;
    uint32_t *values;
    uint64_t *hashes;
    size_t count, capacity;
    uint32_t *slots; /* open addressing; index + 1, 0 is free */
    size_t slot_count;
} map;

#define MAP_NONE UINT32_MAX

void map_init(map *m, const policy_allocator *allocator);
void map_free(map *m);
void map_clear(map *m);
uint32_t map_get(const map *m, str key);       /* MAP_NONE when absent */
bool map_put(map *m, str key, uint32_t value); /* replaces; false when out of memory */

#endif
