/*
 * Copying values out of a row's memory: sized first, then placed, so that one allocation holds any number of them.
 */
#include "ledger/stored.h"

#include <string.h>

static size_t aligned(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

size_t stored_size(value v)
{
    switch (v.kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
        return v.interned ? 0 : aligned((size_t)v.size + 1);
    case VALUE_LIST: {
        size_t size = aligned(sizeof(value_list)) + aligned(v.as.list->count * sizeof(value));
        for (size_t i = 0; i < v.as.list->count; i++) {
            size += stored_size(v.as.list->items[i]);
        }
        return size;
    }
    case VALUE_MAP: {
        size_t size = aligned(sizeof(value_map)) + 2 * aligned(v.as.map->count * sizeof(value));
        for (size_t i = 0; i < v.as.map->count; i++) {
            size += stored_size(v.as.map->keys[i]) + stored_size(v.as.map->values[i]);
        }
        return size;
    }
    case VALUE_INTERVAL:
        return aligned(sizeof(value_interval));
    case VALUE_ERROR:
        return aligned(sizeof(value_error)) + aligned(v.as.error->text_en.size + 1) +
               aligned(v.as.error->text_zh.size + 1);
    default:
        return 0;
    }
}

static void *take(char **at, size_t size)
{
    void *p = *at;
    *at += aligned(size);
    return p;
}

static str place_text(str text, char **at)
{
    char *copy = take(at, text.size + 1);
    if (text.size > 0) {
        memcpy(copy, text.data, text.size);
    }
    copy[text.size] = '\0';
    return (str){copy, text.size};
}

static const value *place_values(const value *from, size_t count, char **at)
{
    value *items = take(at, count * sizeof(value));
    for (size_t i = 0; i < count; i++) {
        items[i] = stored_place(from[i], at);
    }
    return items;
}

value stored_place(value v, char **at)
{
    switch (v.kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
        if (!v.interned) {
            v.as.text = place_text(value_text(v), at).data;
        }
        break;
    case VALUE_LIST: {
        value_list *list = take(at, sizeof(value_list));
        list->count = v.as.list->count;
        list->items = place_values(v.as.list->items, v.as.list->count, at);
        v.as.list = list;
        break;
    }
    case VALUE_MAP: { /* without the index: kept maps are read in full, not searched */
        value_map *map = take(at, sizeof(value_map));
        *map = (value_map){.count = v.as.map->count};
        map->keys = place_values(v.as.map->keys, v.as.map->count, at);
        map->values = place_values(v.as.map->values, v.as.map->count, at);
        v.as.map = map;
        break;
    }
    case VALUE_INTERVAL: { /* its ends are scalars */
        value_interval *interval = take(at, sizeof(value_interval));
        *interval = *v.as.interval;
        v.as.interval = interval;
        break;
    }
    case VALUE_ERROR: {
        value_error *error = take(at, sizeof(value_error));
        *error = *v.as.error;
        error->text_en = place_text(v.as.error->text_en, at);
        error->text_zh = place_text(v.as.error->text_zh, at);
        v.as.error = error;
        break;
    }
    default:
        break;
    }
    return v;
}

bool stored_copy(const policy_allocator *a, value v, value *out)
{
    size_t size = stored_size(v);
    if (size == 0) {
        *out = v;
        return true;
    }
    char *block = allocator_new(a, size);
    if (block == NULL) {
        return false;
    }
    *out = stored_place(v, &block);
    return true;
}

void stored_free(const policy_allocator *a, value *v)
{
    if (stored_size(*v) > 0) { /* the block begins with what the value points to first */
        switch (v->kind) {
        case VALUE_LIST:
            allocator_free(a, (void *)v->as.list);
            break;
        case VALUE_MAP:
            allocator_free(a, (void *)v->as.map);
            break;
        case VALUE_INTERVAL:
            allocator_free(a, (void *)v->as.interval);
            break;
        case VALUE_ERROR:
            allocator_free(a, (void *)v->as.error);
            break;
        default:
            allocator_free(a, (void *)v->as.text);
            break;
        }
    }
    *v = value_null();
}

bool stored_same(value a, value b)
{
    if (a.kind != b.kind) {
        return false;
    }
    switch (a.kind) {
    case VALUE_NULL:
    case VALUE_PENDING:
        return true;
    case VALUE_NONE:
    case VALUE_UNKNOWN:
        return a.as.missing == b.as.missing;
    case VALUE_INTERVAL:
        return a.as.interval->missing == b.as.interval->missing &&
               stored_same(a.as.interval->low, b.as.interval->low) &&
               stored_same(a.as.interval->high, b.as.interval->high);
    case VALUE_ERROR:
        return a.as.error->status == b.as.error->status && str_equal(a.as.error->text_en, b.as.error->text_en) &&
               str_equal(a.as.error->text_zh, b.as.error->text_zh);
    default:
        return value_order(a, b) == 0;
    }
}
