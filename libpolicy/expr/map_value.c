/*
 * Maps of values: building the hash index, finding a key.
 */
#include "expr/map_value.h"

static size_t places_for(size_t count)
{
    size_t places = 16;
    while (places / 2 < count) {
        places *= 2;
    }
    return places;
}

/* Where `key` is (its entry number) or, when absent, the free place in *place. */
static uint32_t look(const uint32_t *index, size_t places, const value *keys, value key, size_t *place)
{
    size_t at = (size_t)value_hash(key) & (places - 1);
    for (;;) {
        if (index[at] == 0) {
            *place = at;
            return UINT32_MAX;
        }
        if (value_equal(keys[index[at] - 1], key)) {
            *place = at;
            return index[at] - 1;
        }
        at = (at + 1) & (places - 1);
    }
}

map_value_result map_value_fill(arena *a, value_map *out, const value *keys, const value *values, size_t count)
{
    *out = (value_map){.count = count, .keys = keys, .values = values};
    if (count < MAP_VALUE_INDEXED) {
        for (size_t i = 1; i < count; i++) {
            for (size_t k = 0; k < i; k++) {
                if (value_equal(keys[i], keys[k])) {
                    return MAP_VALUE_DUPLICATE;
                }
            }
        }
        return MAP_VALUE_OK;
    }
    if (count > UINT32_MAX / 4) {
        return MAP_VALUE_FULL;
    }
    size_t places = places_for(count);
    uint32_t *index = arena_array(a, places, sizeof *index);
    if (!index) {
        return MAP_VALUE_FULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t place;
        if (look(index, places, keys, keys[i], &place) != UINT32_MAX) {
            return MAP_VALUE_DUPLICATE;
        }
        index[place] = (uint32_t)i + 1;
    }
    out->index = index;
    out->index_size = places;
    return MAP_VALUE_OK;
}

const value *map_value_find(const value_map *m, value key)
{
    if (m->index) {
        size_t place;
        uint32_t i = look(m->index, m->index_size, m->keys, key, &place);
        return i == UINT32_MAX ? NULL : &m->values[i];
    }
    for (size_t i = 0; i < m->count; i++) {
        if (value_equal(m->keys[i], key)) {
            return &m->values[i];
        }
    }
    return NULL;
}

const value_map *map_value_set(arena *a, const value_list *list)
{
    value_map *set = arena_new(a, sizeof *set);
    value *keys = arena_array(a, list->count ? list->count : 1, sizeof *keys);
    if (!set || !keys || list->count > UINT32_MAX / 4) {
        return NULL;
    }
    size_t places = places_for(list->count), count = 0;
    uint32_t *index = list->count < MAP_VALUE_INDEXED ? NULL : arena_array(a, places, sizeof *index);
    if (!index && list->count >= MAP_VALUE_INDEXED) {
        return NULL;
    }
    for (size_t i = 0; i < list->count; i++) {
        size_t place = 0;
        if (index) {
            if (look(index, places, keys, list->items[i], &place) != UINT32_MAX) {
                continue;
            }
            index[place] = (uint32_t)count + 1;
        }
        keys[count++] = list->items[i];
    }
    *set = (value_map){.count = count, .keys = keys, .values = keys, .index = index, .index_size = index ? places : 0};
    return set;
}
