/*
 * The multiset of distinct values that min, max, count_distinct, only, runs and collect keep.
 *
 * Open addressing with linear probing; an entry whose count comes to zero leaves at once and the ones behind it move up,
 * so that a set from which everything was taken away is as good as new. Keys are (maybe, exact, low, high).
 */
#include "ledger/aggregate.h"

#include <string.h>

#include "ledger/stored.h"

static uint64_t mix(uint64_t h)
{
    h ^= h >> 31;
    h *= UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint32_t hash_of(bool maybe, bool exact, value low, value high)
{
    uint64_t h = value_hash(low) * 3 + (maybe ? 1 : 0) + (exact ? 2 : 0);
    return (uint32_t)mix(exact ? h : h * 31 + value_hash(high));
}

static bool same_value(value a, value b)
{
    return a.kind == b.kind && (a.kind == VALUE_NULL || value_order(a, b) == 0);
}

static bool same_entry(const entry *a, const entry *b)
{
    return a->hash == b->hash && a->maybe == b->maybe && a->exact == b->exact && same_value(a->low, b->low) &&
           (a->exact || same_value(a->high, b->high));
}

entry *entry_find(const entry_set *set, const entry *like)
{
    if (set->capacity == 0) {
        return NULL;
    }
    uint32_t mask = set->capacity - 1, i = like->hash & mask;
    for (uint32_t n = 0; n < set->capacity && set->items[i].count != 0; n++) { /* a set of one has no free place */
        if (same_entry(&set->items[i], like)) {
            return &set->items[i];
        }
        i = (i + 1) & mask;
    }
    return NULL;
}

/* Needs a free place. */
static void place_entry(entry *items, size_t capacity, const entry *e)
{
    size_t i = e->hash & (capacity - 1);
    while (items[i].count != 0) {
        i = (i + 1) & (capacity - 1);
    }
    items[i] = *e;
}

bool entry_reserve(entry_set *set, size_t more, const policy_allocator *a)
{
    size_t need = set->used + more;
    if (need == 0 || need <= set->capacity - set->capacity / 4) {
        return true;
    }
    size_t capacity = set->capacity ? set->capacity : 1;
    while (need > capacity - capacity / 4) {
        if (capacity > UINT32_MAX / 4) {
            return false;
        }
        capacity = capacity == 1 ? 4 : capacity * 2;
    }
    entry *items = allocator_zero(a, capacity, sizeof(entry));
    if (items == NULL) {
        return false;
    }
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->items[i].count != 0) {
            place_entry(items, capacity, &set->items[i]);
        }
    }
    allocator_free(a, set->items);
    set->items = items;
    set->capacity = (uint32_t)capacity;
    return true;
}

static void remove_entry(entry_set *set, entry *e, const policy_allocator *a)
{
    stored_free(a, &e->low);
    if (!e->exact) {
        stored_free(a, &e->high);
    }
    size_t mask = set->capacity - 1, hole = (size_t)(e - set->items);
    for (size_t i = (hole + 1) & mask; set->items[i].count != 0; i = (i + 1) & mask) {
        size_t home = set->items[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            set->items[hole] = set->items[i];
            hole = i;
        }
    }
    set->items[hole] = (entry){0};
    set->used--;
}

bool entry_add(entry_set *set, bool maybe, bool exact, value low, value high, int64_t count, const policy_allocator *a)
{
    entry made = {.count = count,
                  .hash = hash_of(maybe, exact, low, high),
                  .maybe = maybe,
                  .exact = exact,
                  .low = low,
                  .high = exact ? value_null() : high};
    entry *found = entry_find(set, &made);
    if (found != NULL) {
        found->count += count;
        if (found->count == 0) {
            remove_entry(set, found, a);
        }
        return true;
    }
    if (!entry_reserve(set, 1, a) || !stored_copy(a, low, &made.low)) {
        return false;
    }
    if (!exact && !stored_copy(a, high, &made.high)) {
        stored_free(a, &made.low);
        return false;
    }
    place_entry(set->items, set->capacity, &made);
    set->used++;
    return true;
}

void entry_merge(entry_set *into, entry_set *delta, const policy_allocator *a)
{
    for (size_t i = 0; i < delta->capacity; i++) {
        entry *e = &delta->items[i];
        if (e->count == 0) {
            continue;
        }
        entry *found = entry_find(into, e);
        if (found == NULL) { /* what it owns moves */
            place_entry(into->items, into->capacity, e);
            into->used++;
            *e = (entry){0};
            continue;
        }
        found->count += e->count;
        if (found->count == 0) {
            remove_entry(into, found, a);
        }
    }
    entry_free(delta, a);
}

void entry_free(entry_set *set, const policy_allocator *a)
{
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->items[i].count != 0) {
            stored_free(a, &set->items[i].low);
            if (!set->items[i].exact) {
                stored_free(a, &set->items[i].high);
            }
        }
    }
    allocator_free(a, set->items);
    *set = (entry_set){0};
}

bool entry_copy(entry_set *out, const entry_set *set, const policy_allocator *a)
{
    *out = (entry_set){0};
    for (size_t i = 0; i < set->capacity; i++) {
        const entry *e = &set->items[i];
        if (e->count != 0 && !entry_add(out, e->maybe, e->exact, e->low, e->high, e->count, a)) {
            entry_free(out, a);
            return false;
        }
    }
    return true;
}
