/*
 * Numbering pairs; see pairs.h.
 */
#include "columns/pairs.h"

#include <string.h>

#define TABLE_MOST  (UINT64_C(1) << 22)
#define RECENT_MOST ((size_t)1 << 20)

void pairs_init(pairs *p, const policy_allocator *a)
{
    *p = (pairs){.allocator = a};
}

void pairs_free(pairs *p)
{
    allocator_free(p->allocator, p->items);
    allocator_free(p->allocator, p->table);
    allocator_free(p->allocator, p->recent);
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

/* Right codes that nearly always come with the same left one (an exam with its school and grade) are found at one look. */
static bool cover_recent(pairs *p, uint32_t right)
{
    size_t room = p->recent_room < 64 ? 64 : p->recent_room;
    while (room <= right) {
        room *= 2;
    }
    if (room == p->recent_room || room > RECENT_MOST) {
        return true;
    }
    uint64_t *recent = allocator_new(p->allocator, room * sizeof *recent);
    if (recent == NULL) {
        return false;
    }
    memset(recent, 255, room * sizeof *recent); /* no left code is that great */
    allocator_free(p->allocator, p->recent);
    p->recent = recent;
    p->recent_room = room;
    return true;
}

static bool number_hashed(pairs *p, const uint32_t *left, const uint32_t *right, uint32_t most_right, size_t count,
                          uint32_t *restrict out)
{
    if (!cover_recent(p, most_right)) {
        return false;
    }
    uint64_t *restrict recent = p->recent;
    size_t room = p->recent_room;
    for (size_t i = 0; i < count; i++) {
        uint64_t last = right[i] < room ? recent[right[i]] : UINT64_MAX;
        if (last >> 32 == left[i]) {
            out[i] = (uint32_t)last;
            continue;
        }
        uint64_t item = (uint64_t)left[i] << 32 | right[i];
        size_t at = place(p, item);
        if (p->table[at] == 0 && !add(p, item, &at)) {
            return false;
        }
        out[i] = p->table[at] - 1;
        if (right[i] < room) {
            recent[right[i]] = (uint64_t)left[i] << 32 | out[i];
        }
    }
    return true;
}

bool pairs_number_below(pairs *p, const uint32_t *left, uint32_t left_count, const uint32_t *right,
                        uint32_t right_count, size_t count, uint32_t *restrict out)
{
    uint32_t most_left = left_count > 0 ? left_count - 1 : 0, most_right = right_count > 0 ? right_count - 1 : 0;
    if (!p->hashed && (p->table == NULL || most_left >= p->left_room || most_right >> p->shift != 0) &&
        !remake(p, most_left, most_right)) {
        return false;
    }
    if (p->hashed) {
        return number_hashed(p, left, right, most_right, count, out);
    }
    uint32_t any = 0, shift = p->shift;
    const uint32_t *table = p->table;
    for (size_t i = 0; i < count; i++) {
        out[i] = table[((size_t)left[i] << shift) + right[i]] - 1;
        any |= out[i];
    }
    for (size_t i = 0; any > INT32_MAX && i < count; i++) { /* one never came; a table's numbers are no more */
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

bool pairs_number(pairs *p, const uint32_t *left, const uint32_t *right, size_t count, uint32_t *out)
{
    return pairs_number_below(p, left, greatest(left, count) + 1, right, greatest(right, count) + 1, count, out);
}

uint32_t pairs_find(const pairs *p, uint32_t left, uint32_t right)
{
    if (p->table == NULL || (!p->hashed && (left >= p->left_room || right >> p->shift != 0))) {
        return UINT32_MAX;
    }
    return p->table[entry(p, (uint64_t)left << 32 | right)] - 1;
}
