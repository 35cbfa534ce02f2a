/*
 * Texts to numbers: growing, and what is longer than two words; see texts.h.
 */
#include "columns/texts.h"

#define FIRST_PLACES 512 /* a few texts then are where they belong */

void texts_init(texts *t, const policy_allocator *a)
{
    *t = (texts){.allocator = a};
    arena_init(&t->memory, a, 0);
}

void texts_free(texts *t)
{
    allocator_free(t->allocator, t->entries);
    arena_free(&t->memory);
    texts_init(t, t->allocator);
}

uint64_t texts_hash_long(const char *data, size_t size)
{
    uint64_t word, h = size * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = 0; i + 8 < size; i += 8) {
        memcpy(&word, data + i, 8);
        h = (h ^ word) * UINT64_C(0xD6E8FEB86659FD93);
        h ^= h >> 32;
    }
    memcpy(&word, data + size - 8, 8);
    h = (h ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    return h ^ h >> 29;
}

bool texts_same_long(const text_entry *e, const char *data)
{
    const char *kept = (const char *)(uintptr_t)e->last;
    return memcmp(kept, data, e->size - 1) == 0;
}

/* What decides the place of an entry: of a long text not its address. */
static text_key key_of(const text_entry *e)
{
    return (text_key){e->first, e->size <= 17 ? e->last : 0, e->size - 1};
}

static void put(texts *t, text_entry e)
{
    size_t at = texts_place(t, key_of(&e));
    while (t->entries[at].size != 0) {
        at = (at + 1) & (t->entry_count - 1);
    }
    t->entries[at] = e;
}

static bool widen(texts *t)
{
    size_t before = t->entry_count, wider = before ? before * 2 : FIRST_PLACES;
    text_entry *old = t->entries, *entries = allocator_zero(t->allocator, wider, sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    t->entries = entries;
    t->entry_count = wider;
    for (size_t i = 0; i < before; i++) {
        if (old[i].size != 0) {
            put(t, old[i]);
        }
    }
    allocator_free(t->allocator, old);
    return true;
}

bool texts_add(texts *t, const char *data, text_key k, uint32_t number)
{
    text_entry e = {k.first, k.last, k.size + 1, number};
    if (k.size > 16) {
        str kept = arena_text(&t->memory, (str){data, k.size});
        if (kept.data == NULL) {
            return false;
        }
        e.last = (uint64_t)(uintptr_t)kept.data;
    }
    if ((t->used + 1) * 4 > t->entry_count && !widen(t)) {
        return false;
    }
    put(t, e);
    t->used++;
    return true;
}
