/*
 * Hash map from text to a number, in insertion order. See map.h.
 *
 *   slots:   [ 0 | 2 | 0 | 1 | 3 | ... ]     linear probing, index + 1, at most three quarters full
 *   entries: keys[0] keys[1] keys[2] ...     with hashes[] and values[] beside them, all in one allocation
 *
 * Entries and slots grow separately; each growth alone leaves a whole map, so a failed one changes nothing.
 */
#include "base/map.h"

#define ENTRY_SIZE (sizeof(str) + sizeof(uint64_t) + sizeof(uint32_t))

void map_init(map *m, const policy_allocator *allocator)
{
    *m = (map){.allocator = allocator};
}

void map_free(map *m)
{
    allocator_free(m->allocator, m->keys);
    allocator_free(m->allocator, m->slots);
    map_init(m, m->allocator);
}

void map_clear(map *m)
{
    m->count = 0;
    if (m->slots)
        memset(m->slots, 0, m->slot_count * sizeof *m->slots);
}

/* The slot of the key, or the free slot where it would go. There is always a free one. */
static size_t find_slot(const map *m, str key, uint64_t hash)
{
    size_t mask = m->slot_count - 1;
    size_t at = (size_t)hash & mask;
    while (m->slots[at]) {
        size_t i = m->slots[at] - 1;
        if (m->hashes[i] == hash && str_equal(m->keys[i], key))
            break;
        at = (at + 1) & mask;
    }
    return at;
}

static bool grow_slots(map *m)
{
    if (m->slot_count > SIZE_MAX / 2)
        return false;
    size_t wanted = m->slot_count ? m->slot_count * 2 : 16;
    uint32_t *slots = allocator_zero(m->allocator, wanted, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < m->count; i++) {
        size_t at = (size_t)m->hashes[i] & (wanted - 1);
        while (slots[at])
            at = (at + 1) & (wanted - 1);
        slots[at] = (uint32_t)(i + 1);
    }
    allocator_free(m->allocator, m->slots);
    m->slots = slots;
    m->slot_count = wanted;
    return true;
}

static bool grow_entries(map *m)
{
    size_t wanted = m->capacity ? m->capacity * 2 : 8;
    if (wanted > SIZE_MAX / ENTRY_SIZE)
        return false;
    str *keys = allocator_new(m->allocator, wanted * ENTRY_SIZE);
    if (!keys)
        return false;
    uint64_t *hashes = (uint64_t *)(void *)(keys + wanted);
    uint32_t *values = (uint32_t *)(void *)(hashes + wanted);
    if (m->count) {
        memcpy(keys, m->keys, m->count * sizeof *keys);
        memcpy(hashes, m->hashes, m->count * sizeof *hashes);
        memcpy(values, m->values, m->count * sizeof *values);
    }
    allocator_free(m->allocator, m->keys);
    m->keys = keys;
    m->hashes = hashes;
    m->values = values;
    m->capacity = wanted;
    return true;
}

uint32_t map_get(const map *m, str key)
{
    if (!m->count)
        return MAP_NONE;
    uint32_t slot = m->slots[find_slot(m, key, str_hash(key))];
    return slot ? m->values[slot - 1] : MAP_NONE;
}

bool map_put(map *m, str key, uint32_t value)
{
    uint64_t hash = str_hash(key);
    if (m->slot_count) {
        uint32_t slot = m->slots[find_slot(m, key, hash)];
        if (slot) {
            m->values[slot - 1] = value;
            return true;
        }
    }
    if (m->count >= UINT32_MAX - 1)
        return false;
    if (m->count + 1 > m->slot_count / 4 * 3 && !grow_slots(m))
        return false;
    if (m->count == m->capacity && !grow_entries(m))
        return false;
    size_t i = m->count++;
    m->keys[i] = key;
    m->hashes[i] = hash;
    m->values[i] = value;
    m->slots[find_slot(m, key, hash)] = (uint32_t)(i + 1);
    return true;
}
