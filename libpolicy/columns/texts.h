/*
 * Numbering the texts of a column: every row's text is looked up, so this is most of what a column of plain texts costs.
 *
 * A text of up to 16 bytes is two words and a size, which say all of it: looking it up compares three numbers and follows
 * no pointer. Of longer ones the words are a hash and a copy, which is then compared. The number is whatever the caller
 * says when a text comes for the first time; tables live on from batch to batch.
 *
 *     "written"     size 7    first "written\0"    last 0
 *     "practical"   size 9    first "practica"     last "ractical"    overlapping
 *     longer        size 30   first hash           last address of the copy
 */
#ifndef POLICY_COLUMNS_TEXTS_H
#define POLICY_COLUMNS_TEXTS_H

#include "base/arena.h"

#define TEXT_NONE UINT32_MAX

typedef struct text_key {
    uint64_t first, last;
    uint32_t size;
} text_key;

typedef struct text_entry {
    uint64_t first, last;
    uint32_t size; /* + 1; 0 is a free place */
    uint32_t number;
} text_entry;

typedef struct texts {
    const policy_allocator *allocator;
    arena memory; /* copies */
    text_entry *entries;
    size_t entry_count, used; /* a power of two, or 0 */
} texts;

void texts_init(texts *t, const policy_allocator *a);
void texts_free(texts *t);
bool texts_add(texts *t, const char *data, text_key key, uint32_t number); /* it is not there; false out of memory */
uint64_t texts_hash_long(const char *data, size_t size);
bool texts_same_long(const text_entry *e, const char *data);

static inline text_key texts_key(const char *data, size_t size)
{
    text_key k = {0, 0, (uint32_t)size};
    if (size > 16) {
        k.first = texts_hash_long(data, size);
    } else if (size >= 8) {
        memcpy(&k.first, data, 8);
        memcpy(&k.last, data + size - 8, 8);
    } else if (size > 0) {
        memcpy(&k.first, data, size);
    }
    return k;
}

/* The same of up to 16 bytes without a branch, which texts in no order would make the processor guess wrong. The eight bytes
 * from `data` on may be looked at, whosoever they are. */
static inline text_key texts_short_key(const char *data, size_t size)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t first, last, is_long = (uint64_t)0 - (uint64_t)(size >= 8);
    uint64_t own = is_long | ~(UINT64_MAX << (8 * size & 63));
    memcpy(&first, data, 8);
    memcpy(&last, data + ((size - 8) & (size_t)is_long), 8);
    return (text_key){first & own, last & is_long, (uint32_t)size};
#else
    return texts_key(data, size);
#endif
}

static inline size_t texts_place(const texts *t, text_key k)
{
    uint64_t h = (k.first ^ k.size) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= (k.last + (h >> 29)) * UINT64_C(0xD6E8FEB86659FD93);
    h = (h ^ h >> 32) *
        UINT64_C(0x9E3779B97F4A7C15); /* what only the last bytes tell apart stands in the highest bits */
    h ^= h >> 32;
    return (size_t)h & (t->entry_count - 1);
}

/* Is the text of the key there? Most are where they belong. */
static inline uint32_t texts_find(const texts *t, const char *data, text_key k)
{
    if (t->entry_count == 0) {
        return TEXT_NONE;
    }
    for (size_t i = texts_place(t, k);; i = (i + 1) & (t->entry_count - 1)) {
        const text_entry *e = &t->entries[i];
        uint64_t differs = (e->first ^ k.first) | (e->size ^ (k.size + 1));
        if (k.size <= 16) {
            if ((differs | (e->last ^ k.last)) == 0) {
                return e->number;
            }
        } else if (differs == 0 && texts_same_long(e, data)) {
            return e->number;
        }
        if (e->size == 0) {
            return TEXT_NONE;
        }
    }
}

#endif
