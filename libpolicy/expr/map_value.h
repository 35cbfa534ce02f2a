/*
 * Maps and sets of values: how keys are found.
 *
 * A small map is searched in order. From MAP_VALUE_INDEXED entries on it has a hash index: open addressing over
 * `index_size` (a power of two) places, each holding the entry's number plus one, 0 free. The maps of a program and of
 * the scratch arena are made here, so that both have it.
 */
#ifndef POLICY_EXPR_MAP_VALUE_H
#define POLICY_EXPR_MAP_VALUE_H

#include "expr/value.h"

enum { MAP_VALUE_INDEXED = 9 };

typedef enum map_value_result { MAP_VALUE_OK, MAP_VALUE_FULL, MAP_VALUE_DUPLICATE } map_value_result;

/* Take keys and values (both kept, not copied) and index them. FULL: the arena has no room. DUPLICATE: two keys are
 * equal (numbers across kinds included). */
map_value_result map_value_fill(arena *a, value_map *out, const value *keys, const value *values, size_t count);
/* The value under `key`, or NULL. A number finds an equal number of another kind. */
const value *map_value_find(const value_map *m, value key);

/* A set for `x in [constants]`: a map without values. NULL when the arena has no room. Repeats are fine. */
const value_map *map_value_set(arena *a, const value_list *list);

#endif
