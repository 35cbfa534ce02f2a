/*
 * Numbering what the cells of a column hold, before any reader: integers, and texts.
 *
 * The number is whatever the caller says when a content comes for the first time. Integers of a modest range find theirs
 * in a table, others and texts in a hash table. Tables live on from batch to batch.
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

typedef struct text_entry {
    uint64_t hash;
    const char *data;
    uint32_t size;
    uint32_t number; /* + 1; 0 is a free place */
} text_entry;

typedef struct texts {
    const policy_allocator *allocator;
    arena memory; /* copies */
    text_entry *entries;
    size_t entry_count, used;
} texts;

void texts_init(texts *t, const policy_allocator *a);
void texts_free(texts *t);
uint32_t texts_find(const texts *t, const char *data, size_t size, uint64_t hash);
bool texts_add(texts *t, const char *data, size_t size, uint64_t hash, uint32_t number);

/* Short texts are the usual ones: two overlapping loads hold up to 16 bytes. */
static inline uint64_t texts_hash(const char *data, size_t size)
{
    uint64_t a = 0, b = 0, h = size * UINT64_C(0x9E3779B97F4A7C15);
    if (size >= 8) {
        size_t i = 0;
        for (; i + 8 < size; i += 8) {
            memcpy(&a, data + i, 8);
            h = (h ^ a) * UINT64_C(0xD6E8FEB86659FD93);
            h ^= h >> 32;
        }
        memcpy(&b, data + size - 8, 8);
    } else if (size >= 4) {
        uint32_t x, y;
        memcpy(&x, data, 4);
        memcpy(&y, data + size - 4, 4);
        b = (uint64_t)x << 32 | y;
    } else if (size > 0) {
        b = (uint64_t)(uint8_t)data[0] << 16 | (uint64_t)(uint8_t)data[size / 2] << 8 | (uint8_t)data[size - 1];
    }
    h = (h ^ b) * UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 29;
}

#endif
