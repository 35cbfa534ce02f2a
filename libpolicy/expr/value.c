/*
 * Values compared, ordered, hashed and copied.
 *
 * Numbers are compared by mathematical value: an int and a double are equal when the double is exactly that integer, and
 * hash alike then. Lists and maps go deep; their nesting is bounded by whoever built them (the depth of an expression,
 * of JSON, of YAML), so plain recursion is safe here.
 */
#include "expr/value.h"

#include <math.h>

#include "expr/map_value.h"
#include "expr/type.h"

/* 2^63 and 2^64 are exact doubles; the greatest int64 and uint64 are not. */
#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

static int sign_of(bool less, bool greater)
{
    return less ? -1 : greater ? 1 : 0;
}

static int compare_int_double(int64_t i, double d)
{
    if (isnan(d)) {
        return 2;
    }
    if (d >= TWO_63) {
        return -1;
    }
    if (d < -TWO_63) {
        return 1;
    }
    int64_t whole = (int64_t)d; /* towards zero; exact because of the bounds */
    if (i != whole) {
        return i < whole ? -1 : 1;
    }
    double rest = d - (double)whole;
    return sign_of(rest > 0, rest < 0);
}

static int compare_uint_double(uint64_t u, double d)
{
    if (isnan(d)) {
        return 2;
    }
    if (d >= TWO_64) {
        return -1;
    }
    if (d < 0) {
        return 1;
    }
    uint64_t whole = (uint64_t)d;
    if (u != whole) {
        return u < whole ? -1 : 1;
    }
    return d > (double)whole ? -1 : 0;
}

static int compare_int_uint(int64_t i, uint64_t u)
{
    if (i < 0) {
        return -1;
    }
    return sign_of((uint64_t)i<u, (uint64_t)i> u);
}

static bool is_number(value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE;
}

static int turned(int order)
{
    return order == 2 ? 2 : -order;
}

static int compare_numbers(value a, value b)
{
    if (a.kind == b.kind) {
        switch (a.kind) {
        case VALUE_INT:
            return sign_of(a.as.i<b.as.i, a.as.i> b.as.i);
        case VALUE_UINT:
            return sign_of(a.as.u<b.as.u, a.as.u> b.as.u);
        default:
            if (isnan(a.as.d) || isnan(b.as.d)) {
                return 2;
            }
            return sign_of(a.as.d<b.as.d, a.as.d> b.as.d);
        }
    }
    if (a.kind == VALUE_DOUBLE) {
        return turned(b.kind == VALUE_INT ? compare_int_double(b.as.i, a.as.d) : compare_uint_double(b.as.u, a.as.d));
    }
    if (b.kind == VALUE_DOUBLE) {
        return a.kind == VALUE_INT ? compare_int_double(a.as.i, b.as.d) : compare_uint_double(a.as.u, b.as.d);
    }
    return a.kind == VALUE_INT ? compare_int_uint(a.as.i, b.as.u) : turned(compare_int_uint(b.as.i, a.as.u));
}

static bool lists_equal(const value_list *a, const value_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!value_equal(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

static bool maps_equal(const value_map *a, const value_map *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const value *other = map_value_find(b, a->keys[i]);
        if (!other || !value_equal(a->values[i], *other)) {
            return false;
        }
    }
    return true;
}

bool value_equal(value a, value b)
{
    if (a.kind != b.kind) {
        return is_number(a) && is_number(b) && compare_numbers(a, b) == 0;
    }
    switch (a.kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a.as.b == b.as.b;
    case VALUE_INT:
    case VALUE_DATE:
        return a.as.i == b.as.i;
    case VALUE_UINT:
        return a.as.u == b.as.u;
    case VALUE_DOUBLE:
        return a.as.d == b.as.d;
    case VALUE_STRING:
    case VALUE_BYTES:
        return a.size == b.size && (a.as.text == b.as.text || memcmp(a.as.text, b.as.text, a.size) == 0);
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        return a.as.i == b.as.i && a.size == b.size;
    case VALUE_TYPE:
        return a.as.type->kind == b.as.type->kind;
    case VALUE_LIST:
        return lists_equal(a.as.list, b.as.list);
    case VALUE_MAP:
        return maps_equal(a.as.map, b.as.map);
    default:
        return false;
    }
}

int value_compare(value a, value b)
{
    if (is_number(a) && is_number(b)) {
        return compare_numbers(a, b);
    }
    if (a.kind != b.kind) {
        return 2;
    }
    switch (a.kind) {
    case VALUE_BOOL:
        return sign_of(a.as.b<b.as.b, a.as.b> b.as.b);
    case VALUE_STRING:
    case VALUE_BYTES:
        return str_compare(value_text(a), value_text(b));
    case VALUE_DATE:
        return sign_of(a.as.i<b.as.i, a.as.i> b.as.i);
    case VALUE_TIMESTAMP:
    case VALUE_DURATION: {
        int32_t left = (int32_t)a.size, right = (int32_t)b.size;
        return a.as.i != b.as.i ? sign_of(a.as.i<b.as.i, a.as.i> b.as.i) : sign_of(left<right, left> right);
    }
    default:
        return 2;
    }
}

/* ---- a total order for canonical output ---- */

static int rank(value v)
{
    return is_number(v) ? VALUE_INT : v.kind;
}

/* NaN after every number; equal numbers of different kinds by kind, so that the order is total. */
static int order_numbers(value a, value b)
{
    int order = compare_numbers(a, b);
    if (order == 2) {
        bool left = a.kind == VALUE_DOUBLE && isnan(a.as.d), right = b.kind == VALUE_DOUBLE && isnan(b.as.d);
        return sign_of(!left && right, left && !right);
    }
    return order ? order : sign_of(a.kind<b.kind, a.kind> b.kind);
}

static int order_items(const value *a, size_t a_count, const value *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && i < b_count; i++) {
        int order = value_order(a[i], b[i]);
        if (order) {
            return order;
        }
    }
    return sign_of(a_count<b_count, a_count> b_count);
}

/* The least key of `m` that is greater than `*after` (or the least of all): quadratic, for the rare map in output. */
static size_t next_key(const value_map *m, const value *after)
{
    size_t best = m->count;
    for (size_t i = 0; i < m->count; i++) {
        if ((!after || value_order(m->keys[i], *after) > 0) &&
            (best == m->count || value_order(m->keys[i], m->keys[best]) < 0)) {
            best = i;
        }
    }
    return best;
}

/* As sorted lists of (key, value). */
static int order_maps(const value_map *a, const value_map *b)
{
    const value *left_key = NULL, *right_key = NULL;
    for (size_t n = 0; n < a->count && n < b->count; n++) {
        size_t i = next_key(a, left_key), j = next_key(b, right_key);
        int order = value_order(a->keys[i], b->keys[j]);
        order = order ? order : value_order(a->values[i], b->values[j]);
        if (order) {
            return order;
        }
        left_key = &a->keys[i];
        right_key = &b->keys[j];
    }
    return sign_of(a->count<b->count, a->count> b->count);
}

int value_order(value a, value b)
{
    int left = rank(a), right = rank(b);
    if (left != right) {
        return left < right ? -1 : 1;
    }
    if (is_number(a)) {
        return order_numbers(a, b);
    }
    switch (a.kind) {
    case VALUE_LIST:
        return order_items(a.as.list->items, a.as.list->count, b.as.list->items, b.as.list->count);
    case VALUE_MAP:
        return order_maps(a.as.map, b.as.map);
    case VALUE_TYPE:
        return sign_of(a.as.type->kind<b.as.type->kind, a.as.type->kind> b.as.type->kind);
    default: {
        int order = value_compare(a, b);
        return order == 2 ? 0 : order;
    }
    }
}

/* ---- hashing ---- */

static uint64_t mix(uint64_t h)
{
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ (h >> 33);
}

static uint64_t hash_double(double d)
{
    if (d >= -TWO_63 && d < TWO_63 && d == (double)(int64_t)d) {
        return mix((uint64_t)(int64_t)d);
    }
    if (d >= TWO_63 && d < TWO_64) {
        return mix((uint64_t)d);
    }
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return mix(isnan(d) ? UINT64_C(0x7ff8000000000000) : bits);
}

uint64_t value_hash(value v)
{
    switch (v.kind) {
    case VALUE_BOOL:
        return mix(v.as.b ? 0x5bd1 : 0x5bd0);
    case VALUE_INT:
    case VALUE_DATE:
        return mix((uint64_t)v.as.i);
    case VALUE_UINT:
        return mix(v.as.u);
    case VALUE_DOUBLE:
        return hash_double(v.as.d);
    case VALUE_STRING:
    case VALUE_BYTES:
        return str_hash(value_text(v));
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        return mix((uint64_t)v.as.i * 31 + v.size);
    case VALUE_TYPE:
        return mix(0x7a00u + (uint64_t)v.as.type->kind);
    case VALUE_LIST: {
        uint64_t h = 17;
        for (size_t i = 0; i < v.as.list->count; i++) {
            h = mix(h * 31 + value_hash(v.as.list->items[i]));
        }
        return h;
    }
    case VALUE_MAP: { /* order of entries does not matter, so their hashes are added */
        uint64_t h = 23;
        for (size_t i = 0; i < v.as.map->count; i++) {
            h += mix(value_hash(v.as.map->keys[i]) * 31 + value_hash(v.as.map->values[i]));
        }
        return h;
    }
    default:
        return v.kind;
    }
}

/* ---- copying ---- */

static const value_error out_of_memory = {.status = POLICY_E_NOMEM,
                                          .text_en = STR_INIT("out of memory"),
                                          .text_zh = STR_INIT("内存不足"),
                                          .offset = UINT32_MAX};

static value no_memory(void)
{
    return (value){.kind = VALUE_ERROR, .as.error = &out_of_memory};
}

static value *copy_items(arena *a, const value *items, size_t count)
{
    value *out = arena_array(a, count ? count : 1, sizeof *out);
    for (size_t i = 0; out && i < count; i++) {
        out[i] = value_copy(a, items[i]);
        if (out[i].kind == VALUE_ERROR && out[i].as.error == &out_of_memory) {
            return NULL;
        }
    }
    return out;
}

static value copy_text(arena *a, value v)
{
    if (v.interned) {
        return v;
    }
    str text = arena_text(a, value_text(v));
    if (!text.data) {
        return no_memory();
    }
    v.as.text = text.data;
    return v;
}

static value copy_list(arena *a, value v)
{
    value_list *list = arena_new(a, sizeof *list);
    value *items = list ? copy_items(a, v.as.list->items, v.as.list->count) : NULL;
    if (!items) {
        return no_memory();
    }
    *list = (value_list){v.as.list->count, items};
    v.as.list = list;
    return v;
}

static value copy_map(arena *a, value v)
{
    const value_map *from = v.as.map;
    value *keys = copy_items(a, from->keys, from->count);
    value *values = keys ? copy_items(a, from->values, from->count) : NULL;
    value_map *map = values ? arena_new(a, sizeof *map) : NULL;
    if (!map || map_value_fill(a, map, keys, values, from->count) == MAP_VALUE_FULL) {
        return no_memory();
    }
    v.as.map = map;
    return v;
}

static value copy_error(arena *a, value v)
{
    if (v.as.error == &out_of_memory) {
        return v;
    }
    value_error *e = arena_new(a, sizeof *e);
    if (!e) {
        return no_memory();
    }
    *e = *v.as.error;
    e->text_en = arena_text(a, e->text_en);
    e->text_zh = arena_text(a, e->text_zh);
    if (!e->text_en.data || !e->text_zh.data) {
        return no_memory();
    }
    v.as.error = e;
    return v;
}

value value_copy(arena *a, value v)
{
    switch (v.kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
        return copy_text(a, v);
    case VALUE_LIST:
        return copy_list(a, v);
    case VALUE_MAP:
        return copy_map(a, v);
    case VALUE_INTERVAL: {
        value_interval *interval = arena_new(a, sizeof *interval);
        if (!interval) {
            return no_memory();
        }
        *interval = *v.as.interval;
        v.as.interval = interval;
        return v;
    }
    case VALUE_ERROR:
        return copy_error(a, v);
    default:
        return v;
    }
}
