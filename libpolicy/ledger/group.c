/*
 * Group tables: hashing, dates, evidence, and the merge that cannot fail once room was made.
 */
#include "ledger/group.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/stored.h"

/* ---- days ---- */

static day_count *day_items(day_set *s)
{
    return s->capacity > 0 ? s->as.items : &s->as.one;
}

static bool day_reserve(day_set *s, uint32_t more, const policy_allocator *a)
{
    uint32_t need = s->count + more;
    if (need <= 1 || need <= s->capacity) {
        return true;
    }
    uint32_t capacity = need < 8 ? 8 : need + need / 2;
    day_count *items = allocator_resize(a, s->capacity > 0 ? s->as.items : NULL, s->capacity * sizeof(day_count),
                                        capacity * sizeof(day_count));
    if (items == NULL) {
        return false;
    }
    if (s->capacity == 0 && s->count == 1) {
        items[0] = s->as.one;
    }
    s->as.items = items;
    s->capacity = capacity;
    return true;
}

static void day_free(day_set *s, const policy_allocator *a)
{
    if (s->capacity > 0) {
        allocator_free(a, s->as.items);
    }
}

/* Needs room. */
static void day_add(day_set *s, int32_t day, int32_t count)
{
    day_count *items = day_items(s);
    uint32_t low = 0, high = s->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (items[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < s->count && items[low].day == day) {
        items[low].count += count;
        if (items[low].count == 0) {
            memmove(&items[low], &items[low + 1], (s->count - low - 1) * sizeof *items);
            s->count--;
        }
        return;
    }
    memmove(&items[low + 1], &items[low], (s->count - low) * sizeof *items);
    items[low] = (day_count){day, count};
    s->count++;
}

static int32_t day_count_of(const day_set *s, int32_t day)
{
    const day_count *items = day_set_items(s);
    for (uint32_t i = 0; i < s->count; i++) {
        if (items[i].day == day) {
            return items[i].count;
        }
    }
    return 0;
}

static bool days_hold(const day_set *have, const day_set *delta)
{
    const day_count *items = day_set_items(delta);
    for (uint32_t i = 0; i < delta->count; i++) {
        if (items[i].count < 0 && (have ? day_count_of(have, items[i].day) : 0) + items[i].count < 0) {
            return false;
        }
    }
    return true;
}

bool group_add_day(group *g, bool maybe, bool dated, int32_t day, int sign, const policy_allocator *a)
{
    if (!dated) {
        g->undated += sign;
        return true;
    }
    day_set *s = maybe ? &g->maybe_days : &g->in_days;
    if (!day_reserve(s, 1, a)) {
        return false;
    }
    day_add(s, day, sign);
    return true;
}

bool group_latest(const group *g, int32_t *day)
{
    const day_set *s = g->in_days.count > 0 ? &g->in_days : &g->maybe_days;
    if (s->count == 0) {
        return false;
    }
    *day = day_set_items(s)[s->count - 1].day;
    return true;
}

/* ---- evidence ---- */

/* What is to be taken away stands before what is to be added of the same row. */
static int order_rows(const evidence_row *a, const evidence_row *b, const source_names *names)
{
    if (a->source != b->source) {
        int order = str_compare(names->names[a->source], names->names[b->source]);
        if (order != 0) {
            return order;
        }
    }
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    return (int)b->taken - (int)a->taken;
}

static bool evidence_reserve(evidence *e, uint32_t more, uint32_t most, const policy_allocator *a)
{
    uint32_t need = e->count + more;
    if (need > most + 1) { /* one place beyond the bound, for the row that is pushed out */
        need = most + 1;
    }
    if (need <= e->capacity) {
        return true;
    }
    uint32_t capacity = e->capacity ? e->capacity * 2 : 4;
    if (capacity < need) {
        capacity = need;
    }
    evidence_row *items = allocator_resize(a, e->items, e->capacity * sizeof *items, capacity * sizeof *items);
    if (items == NULL) {
        return false;
    }
    e->items = items;
    e->capacity = capacity & 0x7FFFFFFF;
    return true;
}

/* Take one row away; false when it is not there (it was among those that were dropped, or a delta has yet to meet it). */
static bool evidence_remove(evidence *e, const evidence_row *row, const source_names *names)
{
    for (uint32_t i = 0; i < e->count; i++) {
        evidence_row *have = &e->items[i];
        if (have->taken || have->row != row->row ||
            (have->source != row->source && !str_equal(names->names[have->source], names->names[row->source]))) {
            continue;
        }
        if (have->count > row->count) {
            have->count = (have->count - row->count) & 0x3FFFFFFF;
        } else {
            memmove(have, have + 1, (e->count - i - 1) * sizeof *e->items);
            e->count--;
        }
        return true;
    }
    return false;
}

/* Needs room. */
static void evidence_add(evidence *e, const evidence_row *row, uint32_t most, const source_names *names)
{
    uint32_t low = 0, high = e->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (order_rows(&e->items[middle], row, names) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < e->count && order_rows(&e->items[low], row, names) == 0) {
        e->items[low].count = (e->items[low].count + row->count) & 0x3FFFFFFF;
        e->items[low].doubt = e->items[low].doubt || row->doubt;
        return;
    }
    if (low >= most) {
        e->dropped = true;
        return;
    }
    memmove(&e->items[low + 1], &e->items[low], (e->count - low) * sizeof *e->items);
    e->items[low] = *row;
    e->count++;
    if (e->count > most) {
        e->count = most;
        e->dropped = true;
    }
}

/* What the delta takes away first: it may be the same row that comes again. */
static void evidence_join(evidence *into, const evidence *delta, uint32_t most, const source_names *names)
{
    for (uint32_t i = 0; i < delta->count; i++) {
        if (delta->items[i].taken) {
            (void)evidence_remove(into, &delta->items[i], names);
        }
    }
    for (uint32_t i = 0; i < delta->count; i++) {
        if (!delta->items[i].taken) {
            evidence_add(into, &delta->items[i], most, names);
        }
    }
    into->dropped = into->dropped || delta->dropped;
}

bool group_add_row(group *g, uint32_t source, uint64_t row, bool in_doubt, int sign, uint32_t most,
                   const source_names *names, const policy_allocator *a)
{
    if (row == 0 || most == 0) {
        return true;
    }
    if (!evidence_reserve(&g->rows, 1, most, a)) {
        return false;
    }
    evidence_add(&g->rows, &(evidence_row){source, 1, sign < 0, in_doubt, row}, most, names);
    return true;
}

bool group_add_evidence(group *g, const evidence *more, bool in_doubt, int sign, uint32_t most,
                        const source_names *names, const policy_allocator *a)
{
    if (!evidence_reserve(&g->rows, more->count, most, a)) {
        return false;
    }
    for (uint32_t i = 0; i < more->count; i++) {
        evidence_row row = more->items[i];
        row.doubt = row.doubt || in_doubt;
        row.taken = sign < 0;
        evidence_add(&g->rows, &row, most, names);
    }
    g->rows.dropped = g->rows.dropped || (sign > 0 && more->dropped);
    return true;
}

/* ---- groups ---- */

uint64_t group_hash(const value *keys, uint32_t count)
{
    uint64_t h = UINT64_C(0x243F6A8885A308D3) + count;
    for (uint32_t i = 0; i < count; i++) {
        h = (h ^ value_hash(keys[i])) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
    }
    return h;
}

static bool same_keys(const value *a, const value *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (a[i].kind == VALUE_STRING && b[i].kind == VALUE_STRING && a[i].as.text == b[i].as.text &&
            a[i].size == b[i].size) {
            continue;
        }
        if (!value_equal(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

static group *group_new(const value *keys, uint32_t count, uint64_t hash, const policy_allocator *a)
{
    size_t head = (sizeof(group) + count * sizeof(value) + 7) & ~(size_t)7, size = head;
    for (uint32_t i = 0; i < count; i++) {
        size += stored_size(keys[i]);
    }
    group *g = allocator_new(a, size);
    if (g == NULL) {
        return NULL;
    }
    memset(g, 0, sizeof *g);
    g->hash = hash;
    char *at = (char *)g + head;
    for (uint32_t i = 0; i < count; i++) {
        g->keys[i] = stored_place(keys[i], &at);
    }
    return g;
}

void group_free(group *g, const policy_allocator *a)
{
    if (g == NULL) {
        return;
    }
    aggregate_free(&g->state, a);
    day_free(&g->in_days, a);
    day_free(&g->maybe_days, a);
    allocator_free(a, g->rows.items);
    allocator_free(a, g);
}

bool group_is_empty(const group *g)
{
    return aggregate_is_empty(&g->state) && g->undated == 0;
}

static bool copy_days(day_set *out, const day_set *from, const policy_allocator *a)
{
    *out = (day_set){.count = 0};
    if (!day_reserve(out, from->count, a)) {
        return false;
    }
    memcpy(day_items(out), day_set_items(from), from->count * sizeof(day_count));
    out->count = from->count;
    return true;
}

group *group_copy(const group *g, uint32_t key_count, const policy_allocator *a)
{
    return group_copy_as(g, g->keys, key_count, a);
}

group *group_copy_as(const group *g, const value *keys, uint32_t key_count, const policy_allocator *a)
{
    group *copy = group_new(keys, key_count, keys == g->keys ? g->hash : group_hash(keys, key_count), a);
    if (copy == NULL) {
        return NULL;
    }
    copy->undated = g->undated;
    bool fine = aggregate_copy(&copy->state, &g->state, a) && copy_days(&copy->in_days, &g->in_days, a) &&
                copy_days(&copy->maybe_days, &g->maybe_days, a);
    if (fine && g->rows.count > 0) {
        copy->rows.items = allocator_new(a, (g->rows.count + 1) * sizeof *g->rows.items);
        fine = copy->rows.items != NULL;
        if (fine) {
            memcpy(copy->rows.items, g->rows.items, g->rows.count * sizeof *g->rows.items);
            copy->rows.count = g->rows.count;
            copy->rows.capacity = (g->rows.count + 1) & 0x7FFFFFFF;
        }
    }
    copy->rows.dropped = g->rows.dropped;
    if (!fine) {
        group_free(copy, a);
        return NULL;
    }
    return copy;
}

/* ---- tables ---- */

void group_table_init(group_table *t, const policy_allocator *a, uint32_t key_count)
{
    *t = (group_table){.allocator = a, .key_count = key_count};
}

void group_table_free(group_table *t)
{
    for (size_t i = 0; i < t->capacity; i++) {
        group_free(t->slots[i], t->allocator);
    }
    allocator_free(t->allocator, t->slots);
    group_table_init(t, t->allocator, t->key_count);
}

group *group_find(const group_table *t, const value *keys, uint64_t hash)
{
    if (t->capacity == 0) {
        return NULL;
    }
    size_t mask = t->capacity - 1;
    for (size_t i = hash & mask; t->slots[i] != NULL; i = (i + 1) & mask) {
        if (t->slots[i]->hash == hash && same_keys(t->slots[i]->keys, keys, t->key_count)) {
            return t->slots[i];
        }
    }
    return NULL;
}

static void place_group(group **slots, size_t capacity, group *g)
{
    size_t i = g->hash & (capacity - 1);
    while (slots[i] != NULL) {
        i = (i + 1) & (capacity - 1);
    }
    slots[i] = g;
}

static bool reserve_slots(group_table *t, size_t more)
{
    size_t need = t->count + more, capacity = t->capacity ? t->capacity : 8;
    if (t->capacity > 0 && need <= capacity - capacity / 4) {
        return true;
    }
    while (need > capacity - capacity / 4) {
        if (capacity > SIZE_MAX / 4) {
            return false;
        }
        capacity *= 2;
    }
    group **slots = allocator_zero(t->allocator, capacity, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < t->capacity; i++) {
        if (t->slots[i] != NULL) {
            place_group(slots, capacity, t->slots[i]);
        }
    }
    allocator_free(t->allocator, t->slots);
    t->slots = slots;
    t->capacity = capacity;
    return true;
}

group *group_insert(group_table *t, const value *keys, uint64_t hash)
{
    group *g = group_find(t, keys, hash);
    if (g != NULL) {
        return g;
    }
    if (!reserve_slots(t, 1)) {
        return NULL;
    }
    g = group_new(keys, t->key_count, hash, t->allocator);
    if (g != NULL) {
        place_group(t->slots, t->capacity, g);
        t->count++;
    }
    return g;
}

void group_table_remove(group_table *t, group *g)
{
    size_t mask = t->capacity - 1, hole = g->hash & mask;
    while (t->slots[hole] != g) {
        hole = (hole + 1) & mask;
    }
    for (size_t i = (hole + 1) & mask; t->slots[i] != NULL; i = (i + 1) & mask) {
        size_t home = t->slots[i]->hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            t->slots[hole] = t->slots[i];
            hole = i;
        }
    }
    t->slots[hole] = NULL;
    t->count--;
    group_free(g, t->allocator);
}

bool group_table_put(group_table *t, group *g)
{
    if (!reserve_slots(t, 1)) {
        return false;
    }
    place_group(t->slots, t->capacity, g);
    t->count++;
    return true;
}

bool group_reserve(group *g, const group *d, uint32_t most, const policy_allocator *a)
{
    return aggregate_reserve(&g->state, &d->state, a) && day_reserve(&g->in_days, d->in_days.count, a) &&
           day_reserve(&g->maybe_days, d->maybe_days.count, a) &&
           (d->rows.count == 0 || evidence_reserve(&g->rows, d->rows.count, most, a));
}

bool group_table_reserve(group_table *into, const group_table *delta, uint32_t most)
{
    if (delta->count == 0) {
        return true;
    }
    if (!reserve_slots(into, delta->count)) {
        return false;
    }
    for (size_t i = 0; i < delta->capacity; i++) {
        group *d = delta->slots[i];
        group *g = d ? group_find(into, d->keys, d->hash) : NULL;
        if (g != NULL && !group_reserve(g, d, most, into->allocator)) {
            return false;
        }
    }
    return true;
}

bool group_table_holds(const group_table *into, const group_table *delta)
{
    static const aggregate_state nothing;
    for (size_t i = 0; i < delta->capacity; i++) {
        const group *d = delta->slots[i];
        if (d == NULL) {
            continue;
        }
        const group *g = group_find(into, d->keys, d->hash);
        if (!aggregate_holds(g ? &g->state : &nothing, &d->state) || !days_hold(g ? &g->in_days : NULL, &d->in_days) ||
            !days_hold(g ? &g->maybe_days : NULL, &d->maybe_days) || (g ? g->undated : 0) + d->undated < 0) {
            return false;
        }
    }
    return true;
}

static void merge_days(day_set *into, const day_set *delta)
{
    const day_count *items = day_set_items(delta);
    for (uint32_t i = 0; i < delta->count; i++) {
        day_add(into, items[i].day, items[i].count);
    }
}

void group_join(group *g, group *d, uint32_t most, const source_names *names, const policy_allocator *a)
{
    aggregate_merge(&g->state, &d->state, a);
    merge_days(&g->in_days, &d->in_days);
    merge_days(&g->maybe_days, &d->maybe_days);
    g->undated += d->undated;
    evidence_join(&g->rows, &d->rows, most, names);
}

void group_table_merge(group_table *into, group_table *delta, uint32_t most, const source_names *names)
{
    const policy_allocator *a = into->allocator;
    for (size_t i = 0; i < delta->capacity; i++) {
        group *d = delta->slots[i];
        if (d == NULL) {
            continue;
        }
        delta->slots[i] = NULL;
        group *g = group_find(into, d->keys, d->hash);
        if (g == NULL) {
            if (group_is_empty(d)) {
                group_free(d, a);
                continue;
            }
            place_group(into->slots, into->capacity, d);
            into->count++;
            continue;
        }
        group_join(g, d, most, names, a);
        group_free(d, a);
        if (group_is_empty(g)) {
            group_table_remove(into, g);
        }
    }
    delta->count = 0;
}

int group_order_keys(const value *a, const value *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        int order = value_order(a[i], b[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static bool compare_keys(const group *x, const group *y, uint32_t count)
{
    return group_order_keys(x->keys, y->keys, count) <= 0;
}

/* Merge sort: the number of keys is the table's, and the C library's sort takes no context. */
static void sort_groups(group **items, group **room, size_t count, uint32_t key_count)
{
    if (count < 2) {
        return;
    }
    size_t half = count / 2;
    sort_groups(items, room, half, key_count);
    sort_groups(items + half, room, count - half, key_count);
    memcpy(room, items, half * sizeof *items);
    size_t left = 0, right = half, at = 0;
    while (left < half) {
        if (right == count || compare_keys(room[left], items[right], key_count)) {
            items[at++] = room[left++];
        } else {
            items[at++] = items[right++];
        }
    }
}

group **group_table_sorted(const group_table *t, arena *memory)
{
    group **items = arena_array(memory, t->count + 1, sizeof *items);
    group **room = arena_array(memory, t->count / 2 + 1, sizeof *room);
    if (items == NULL || room == NULL) {
        return NULL;
    }
    size_t at = 0;
    for (size_t i = 0; i < t->capacity; i++) {
        if (t->slots[i] != NULL) {
            items[at++] = t->slots[i];
        }
    }
    sort_groups(items, room, at, t->key_count);
    return items;
}
