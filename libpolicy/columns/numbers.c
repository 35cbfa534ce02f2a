/*
 * Integers to numbers; see numbers.h.
 */
#include "columns/numbers.h"

#define RANGE_MOST (UINT64_C(1) << 20)

void integers_init(integers *t, const policy_allocator *a)
{
    *t = (integers){.allocator = a};
}

void integers_free(integers *t)
{
    allocator_free(t->allocator, t->table);
    allocator_free(t->allocator, t->keys);
    allocator_free(t->allocator, t->numbers);
    integers_init(t, t->allocator);
}

static size_t place(const integers *t, int64_t v)
{
    size_t mask = t->slot_count - 1, i = integers_first_slot(t, v);
    while (t->numbers[i] != 0 && t->keys[i] != v) {
        i = (i + 1) & mask;
    }
    return i;
}

static bool widen(integers *t, size_t least)
{
    size_t wider = t->slot_count ? t->slot_count : 64;
    while (wider / 2 < least) {
        wider *= 2;
    }
    if (wider == t->slot_count) {
        return true;
    }
    integers bigger = *t;
    bigger.keys = allocator_zero(t->allocator, wider, sizeof *bigger.keys);
    bigger.numbers = allocator_zero(t->allocator, wider, sizeof *bigger.numbers);
    bigger.slot_count = wider;
    if (bigger.keys == NULL || bigger.numbers == NULL) {
        allocator_free(t->allocator, bigger.keys);
        allocator_free(t->allocator, bigger.numbers);
        return false;
    }
    for (size_t i = 0; i < t->slot_count; i++) {
        if (t->numbers[i] != 0) {
            size_t at = place(&bigger, t->keys[i]);
            bigger.keys[at] = t->keys[i];
            bigger.numbers[at] = t->numbers[i];
        }
    }
    allocator_free(t->allocator, t->keys);
    allocator_free(t->allocator, t->numbers);
    *t = bigger;
    return true;
}

static bool add_hashed(integers *t, int64_t v, uint32_t number)
{
    if (!widen(t, t->used + 1)) {
        return false;
    }
    size_t at = place(t, v);
    t->keys[at] = v;
    t->numbers[at] = number + 1;
    t->used++;
    return true;
}

static bool turn_hashed(integers *t)
{
    if (!widen(t, t->used + 1)) {
        return false;
    }
    for (size_t i = 0; i < t->room; i++) {
        if (t->table[i] != 0 && !add_hashed(t, t->base + (int64_t)i, t->table[i] - 1)) {
            return false;
        }
    }
    allocator_free(t->allocator, t->table);
    t->table = NULL;
    t->room = 0;
    t->hashed = true;
    return true;
}

bool integers_cover(integers *t, int64_t least, int64_t most)
{
    if (t->hashed || (t->room > 0 && least >= t->base && (uint64_t)most - (uint64_t)t->base < t->room)) {
        return true;
    }
    if (t->room > 0) {
        least = least < t->base ? least : t->base;
        int64_t end = t->base + (int64_t)t->room - 1;
        most = most > end ? most : end;
    }
    uint64_t range = (uint64_t)most - (uint64_t)least;
    if (range >= RANGE_MOST || least < INT64_MIN / 2 || most > INT64_MAX / 2) {
        return turn_hashed(t);
    }
    int64_t base = least - (int64_t)(range / 4); /* some room on both sides */
    size_t room = (size_t)(range + range / 2) + 16;
    uint32_t *table = allocator_zero(t->allocator, room, sizeof *table);
    if (table == NULL) {
        return false;
    }
    for (size_t i = 0; i < t->room; i++) {
        table[(size_t)(t->base - base) + i] = t->table[i];
    }
    allocator_free(t->allocator, t->table);
    t->table = table;
    t->base = base;
    t->room = room;
    return true;
}

uint32_t integers_find(const integers *t, int64_t v)
{
    if (t->hashed) {
        return t->numbers[place(t, v)] - 1;
    }
    return t->table[(size_t)((uint64_t)v - (uint64_t)t->base)] - 1;
}

bool integers_add(integers *t, int64_t v, uint32_t number)
{
    if (t->hashed) {
        return add_hashed(t, v, number);
    }
    t->table[(size_t)((uint64_t)v - (uint64_t)t->base)] = number + 1;
    t->used++;
    return true;
}
