/*
 * Numbering pairs; see pairs.h.
 */
#include "columns/pairs.h"

#define TABLE_MOST (UINT64_C(1) << 22)

void pairs_init(pairs *p, const policy_allocator *a)
{
    *p = (pairs){.allocator = a};
}

void pairs_free(pairs *p)
{
    allocator_free(p->allocator, p->items);
    allocator_free(p->allocator, p->table);
    pairs_init(p, p->allocator);
}

static uint32_t greatest(const uint32_t *codes, size_t count)
{
    uint32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most = codes[i] > most ? codes[i] : most;
    }
    return most;
}

static size_t place(const pairs *p, uint64_t item)
{
    uint64_t h = item * UINT64_C(0x9E3779B97F4A7C15);
    size_t mask = p->left_room - 1, i = (size_t)(h >> 32) & mask;
    while (p->table[i] != 0 && p->items[p->table[i] - 1] != item) {
        i = (i + 1) & mask;
    }
    return i;
}

static size_t entry(const pairs *p, uint64_t item)
{
    return p->hashed ? place(p, item) : ((size_t)(item >> 32) << p->shift) + (uint32_t)item;
}

/* A new table with room for codes up to `left` and `right`, or for twice the pairs. */
static bool remake(pairs *p, uint32_t left, uint32_t right)
{
    uint32_t shift = p->shift, room = p->left_room;
    bool hashed = p->hashed;
    if (!hashed) {
        while (right >> shift != 0) {
            shift++;
        }
        while (room <= left) {
            room = room < 16 ? 16 : room > UINT32_MAX / 2 ? UINT32_MAX : room * 2;
        }
        hashed = shift > 31 || (uint64_t)room << shift > TABLE_MOST;
        if (hashed) {
            room = 1024;
        }
    }
    if (hashed) {
        while (room / 2 <= p->count) {
            if (room > UINT32_MAX / 4) {
                return false;
            }
            room *= 2;
        }
        shift = 0;
    }
    uint32_t *table = allocator_zero(p->allocator, (size_t)room << shift, sizeof *table);
    if (table == NULL) {
        return false;
    }
    allocator_free(p->allocator, p->table);
    p->table = table;
    p->shift = shift;
    p->left_room = room;
    p->hashed = hashed;
    for (uint32_t i = 0; i < p->count; i++) {
        p->table[entry(p, p->items[i])] = i + 1;
    }
    return true;
}

static bool add(pairs *p, uint64_t item, size_t *at)
{
    if (!allocator_grow(p->allocator, (void **)&p->items, &p->capacity, (size_t)p->count + 1, sizeof *p->items,
                        UINT32_MAX - 2)) {
        return false;
    }
    if (p->hashed && p->count + 1 > p->left_room / 2) {
        if (!remake(p, 0, 0)) {
            return false;
        }
        *at = entry(p, item);
    }
    p->items[p->count] = item;
    p->table[*at] = ++p->count;
    return true;
}

static bool number_hashed(pairs *p, const uint32_t *left, const uint32_t *right, size_t count, uint32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t item = (uint64_t)left[i] << 32 | right[i];
        size_t at = place(p, item);
        if (p->table[at] == 0 && !add(p, item, &at)) {
            return false;
        }
        out[i] = p->table[at] - 1;
    }
    return true;
}

bool pairs_number(pairs *p, const uint32_t *left, const uint32_t *right, size_t count, uint32_t *out)
{
    if (!p->hashed) {
        uint32_t most_left = greatest(left, count), most_right = greatest(right, count);
        if ((p->table == NULL || most_left >= p->left_room || most_right >> p->shift != 0) &&
            !remake(p, most_left, most_right)) {
            return false;
        }
    }
    if (p->hashed) {
        return number_hashed(p, left, right, count, out);
    }
    uint32_t least = UINT32_MAX, shift = p->shift;
    const uint32_t *table = p->table;
    for (size_t i = 0; i < count; i++) {
        uint32_t found = table[((size_t)left[i] << shift) + right[i]];
        least = found < least ? found : least;
        out[i] = found - 1;
    }
    for (size_t i = 0; least == 0 && i < count; i++) {
        if (out[i] == UINT32_MAX) {
            uint64_t item = (uint64_t)left[i] << 32 | right[i];
            size_t at = entry(p, item);
            if (p->table[at] == 0 && !add(p, item, &at)) {
                return false;
            }
            out[i] = p->table[at] - 1;
        }
    }
    return true;
}

uint32_t pairs_find(const pairs *p, uint32_t left, uint32_t right)
{
    if (p->table == NULL || (!p->hashed && (left >= p->left_room || right >> p->shift != 0))) {
        return UINT32_MAX;
    }
    return p->table[entry(p, (uint64_t)left << 32 | right)] - 1;
}
