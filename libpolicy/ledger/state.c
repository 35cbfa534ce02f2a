/*
 * Making, merging and freeing what a ledger holds.
 */
#include "ledger/state.h"

#include <string.h>

#include "ledger/stored.h"

bool state_init(state *s, const policy_engine *e, const state *parent)
{
    return state_init_in(s, e, parent, &e->options.allocator);
}

bool state_init_in(state *s, const policy_engine *e, const state *parent, const policy_allocator *contents)
{
    const policy_allocator *a = contents;
    *s = (state){.engine = e, .home = a, .allocator = a};
    notices_init(&s->notices, a);
    systems_init(&s->schools, e, parent ? &parent->schools : NULL);
    s->accounts = allocator_zero(a, e->account_count + 1, sizeof *s->accounts);
    s->verdicts = allocator_zero(a, (size_t)e->rule_count * VERDICTS + 1, sizeof *s->verdicts);
    s->records = allocator_zero(a, e->type_count + 1, sizeof *s->records);
    s->supplied = allocator_zero(a, e->type_count + 1, sizeof *s->supplied);
    s->rows = allocator_zero(a, e->type_count + 1, sizeof *s->rows);
    if (s->accounts == NULL || s->verdicts == NULL || s->records == NULL || s->supplied == NULL || s->rows == NULL) {
        state_free(s);
        return false;
    }
    for (uint32_t i = 0; i < e->measure_count; i++) {
        if (e->measures[i]->account != PLAN_NONE) {
            group_table_init(&s->accounts[e->measures[i]->account], a, e->measures[i]->key_count);
        }
    }
    return true;
}

bool state_init_probe(state *s, const policy_engine *e, const state *parent, const policy_allocator *contents)
{
    if (!state_init(s, e, parent)) {
        return false;
    }
    s->probing = true;
    s->allocator = contents;
    notices_init(&s->notices, contents);
    for (uint32_t i = 0; i < e->account_count; i++) {
        s->accounts[i].allocator = contents;
    }
    return true;
}

void kept_row_free(kept_row *r, const policy_allocator *a)
{
    allocator_free(a, r);
}

static void free_rows(kept_rows *rows, const policy_allocator *a)
{
    for (size_t i = 0; i < rows->count; i++) {
        kept_row_free(rows->items[i], a);
    }
    allocator_free(a, rows->items);
    *rows = (kept_rows){0};
}

static void forget_rows(kept_rows *rows, const policy_allocator *a)
{
    for (size_t i = 0; i < rows->count; i++) {
        kept_row_free(rows->items[i], a);
    }
    rows->count = 0;
}

static void forget_owned(state *s)
{
    for (size_t i = 0; i < s->covered_count; i++) {
        allocator_free(s->allocator, (char *)s->covered[i].school.data);
    }
    for (size_t i = 0; i < s->day_count; i++) {
        allocator_free(s->allocator, (char *)s->days[i].term.data);
    }
    s->covered_count = s->day_count = 0;
}

void state_clear(state *s)
{
    const policy_engine *e = s->engine;
    for (uint32_t i = 0; i < e->account_count; i++) {
        if (s->accounts[i].count > 0) {
            group_table_free(&s->accounts[i]);
        }
    }
    memset(s->verdicts, 0, (size_t)e->rule_count * VERDICTS * sizeof *s->verdicts);
    memset(s->records, 0, e->type_count * sizeof *s->records);
    memset(s->supplied, 0, e->type_count * sizeof *s->supplied);
    forget_rows(&s->kept, s->allocator);
    forget_rows(&s->late, s->allocator);
    forget_rows(&s->keyless, s->allocator);
    for (uint32_t i = 0; i < e->type_count; i++) {
        row_set *rows = &s->rows[i];
        if (rows->used > 0) {
            memset(rows->items, 0, rows->capacity * sizeof *rows->items);
            rows->used = 0;
        }
    }
    if (s->notices.count > 0) {
        notices_free(&s->notices);
        notices_init(&s->notices, s->allocator);
    }
    s->defaults.count = 0;
    forget_owned(s);
    if (s->schools.index.count > 0 || s->schools.asked) { /* a delta that was given up */
        const systems *parent = s->schools.parent;
        systems_free(&s->schools);
        systems_init(&s->schools, e, parent);
    }
}

void state_free(state *s)
{
    const policy_allocator *a = s->allocator;
    if (a == NULL) {
        return;
    }
    for (uint32_t i = 0; s->accounts != NULL && i < s->engine->account_count; i++) {
        if (s->accounts[i].allocator != NULL) {
            group_table_free(&s->accounts[i]);
        }
    }
    allocator_free(s->home, s->accounts);
    allocator_free(s->home, s->verdicts);
    allocator_free(s->home, s->records);
    allocator_free(s->home, s->supplied);
    free_rows(&s->kept, a);
    free_rows(&s->late, a);
    free_rows(&s->keyless, a);
    for (uint32_t i = 0; s->rows != NULL && i < s->engine->type_count; i++) {
        allocator_free(a, s->rows[i].items);
    }
    allocator_free(s->home, s->rows);
    notices_free(&s->notices);
    allocator_free(a, s->defaults.items);
    forget_owned(s);
    systems_free(&s->schools);
    allocator_free(a, s->covered);
    allocator_free(a, s->days);
    *s = (state){0};
}

/* ---- kept rows ---- */

static uint64_t add_hash(uint64_t h, value v)
{
    uint64_t more = v.kind >= VALUE_INTERVAL ? v.kind : value_hash(v);
    h = (h ^ more) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t hash_of(const kept_row *r)
{
    uint64_t h = (uint64_t)(uint32_t)r->verdict * 31 + r->row;
    h = add_hash(h, value_uint(r->version ? r->version->number : UINT64_MAX - r->measure->number));
    h = add_hash(h, value_uint(r->missing));
    for (uint32_t i = 0; i < r->key_count; i++) {
        h = add_hash(h, r->keys[i]);
    }
    for (uint32_t i = 0; i < r->value_count; i++) {
        h = add_hash(h, r->values[i]);
    }
    return h;
}

kept_row *kept_row_new(const kept_row *like, const value *keys, const value *values, const policy_allocator *a)
{
    size_t head = (sizeof(kept_row) + 15) & ~(size_t)15;
    size_t vectors = ((size_t)like->key_count + like->value_count) * sizeof(value), size = head + vectors;
    for (uint32_t i = 0; i < like->key_count; i++) {
        size += stored_size(keys[i]);
    }
    for (uint32_t i = 0; i < like->value_count; i++) {
        size += stored_size(values[i]);
    }
    size += stored_size(like->error);
    kept_row *r = allocator_new(a, size);
    if (r == NULL) {
        return NULL;
    }
    *r = *like;
    r->keys = (value *)(void *)((char *)r + head);
    r->values = r->keys + like->key_count;
    char *at = (char *)r + head + vectors;
    for (uint32_t i = 0; i < like->key_count; i++) {
        r->keys[i] = stored_place(keys[i], &at);
    }
    for (uint32_t i = 0; i < like->value_count; i++) {
        r->values[i] = stored_place(values[i], &at);
    }
    r->error = stored_place(like->error, &at);
    r->hash = hash_of(r);
    return r;
}

static bool same_values(const value *a, const value *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!stored_same(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

bool kept_row_same(const kept_row *a, const kept_row *b)
{
    return a->hash == b->hash && a->version == b->version && a->measure == b->measure && a->verdict == b->verdict &&
           a->maybe == b->maybe && a->killed == b->killed && a->dated == b->dated && (!a->dated || a->day == b->day) &&
           a->source == b->source && a->row == b->row && a->missing == b->missing && a->key_count == b->key_count &&
           a->value_count == b->value_count && same_values(a->keys, b->keys, a->key_count) &&
           same_values(a->values, b->values, a->value_count) && stored_same(a->error, b->error);
}

bool kept_rows_add(kept_rows *rows, kept_row *r, const policy_allocator *a)
{
    if (r == NULL) {
        return false;
    }
    if (!allocator_grow(a, (void **)&rows->items, &rows->capacity, rows->count + 1, sizeof *rows->items,
                        SIZE_MAX / 64)) {
        kept_row_free(r, a);
        return false;
    }
    rows->items[rows->count++] = r;
    return true;
}

static bool reserve_rows(kept_rows *into, const kept_rows *delta, const policy_allocator *a)
{
    return delta->count == 0 || allocator_grow(a, (void **)&into->items, &into->capacity, into->count + delta->count,
                                               sizeof *into->items, SIZE_MAX / 64);
}

static void move_rows(kept_rows *into, kept_rows *delta)
{
    if (delta->count > 0) {
        memcpy(into->items + into->count, delta->items, delta->count * sizeof *delta->items);
        into->count += delta->count;
        delta->count = 0;
    }
}

static kept_row **find_killed(const kept_rows *rows, const plan_rule *rule)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i]->killed && rows->items[i]->version->rule == rule) {
            return &rows->items[i];
        }
    }
    return NULL;
}

/* A script that was stopped in both is one error; of two texts the least, so that order does not show. */
static void move_kept(kept_rows *into, kept_rows *delta, const policy_allocator *a)
{
    for (size_t i = 0; i < delta->count; i++) {
        kept_row *r = delta->items[i], **known = r->killed ? find_killed(into, r->version->rule) : NULL;
        if (known == NULL) {
            into->items[into->count++] = r;
            continue;
        }
        if (str_compare(r->error.as.error->text_en, (*known)->error.as.error->text_en) < 0) {
            kept_row *other = *known;
            *known = r;
            r = other;
        }
        kept_row_free(r, a);
    }
    delta->count = 0;
}

/* ---- equal rows ---- */

static row_count *find_row(const row_set *rows, uint64_t hash)
{
    size_t mask = rows->capacity - 1, i = hash & mask;
    while (rows->items[i].count != 0 && rows->items[i].hash != hash) {
        i = (i + 1) & mask;
    }
    return &rows->items[i];
}

static bool reserve_row_set(row_set *rows, size_t more, const policy_allocator *a)
{
    size_t need = rows->used + more, capacity = rows->capacity ? rows->capacity : 16;
    if (rows->capacity > 0 && need <= capacity - capacity / 4) {
        return true;
    }
    while (need > capacity - capacity / 4) {
        if (capacity > SIZE_MAX / 4) {
            return false;
        }
        capacity *= 2;
    }
    row_set bigger = {allocator_zero(a, capacity, sizeof(row_count)), capacity, rows->used};
    if (bigger.items == NULL) {
        return false;
    }
    for (size_t i = 0; i < rows->capacity; i++) {
        if (rows->items[i].count != 0) {
            *find_row(&bigger, rows->items[i].hash) = rows->items[i];
        }
    }
    allocator_free(a, rows->items);
    *rows = bigger;
    return true;
}

int64_t row_set_count(const row_set *rows, uint64_t hash)
{
    return rows->capacity == 0 ? 0 : find_row(rows, hash)->count;
}

bool row_set_equal(const row_set *a, const row_set *b)
{
    for (size_t i = 0; i < a->capacity && a->used == b->used; i++) {
        if (a->items[i].count != 0 && row_set_count(b, a->items[i].hash) != a->items[i].count) {
            return false;
        }
    }
    return a->used == b->used;
}

/* A count that comes to zero leaves at once, and those behind it move up. */
static void remove_row(row_set *rows, row_count *r)
{
    size_t mask = rows->capacity - 1, hole = (size_t)(r - rows->items);
    for (size_t i = (hole + 1) & mask; rows->items[i].count != 0; i = (i + 1) & mask) {
        size_t home = rows->items[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            rows->items[hole] = rows->items[i];
            hole = i;
        }
    }
    rows->items[hole] = (row_count){0};
    rows->used--;
}

/* Needs room. */
static void change_row(row_set *rows, uint64_t hash, int64_t by)
{
    row_count *r = find_row(rows, hash);
    rows->used += r->count == 0 ? 1 : 0;
    r->hash = hash;
    r->count += by;
    if (r->count == 0) {
        r->count = 1; /* still a link of the chain */
        remove_row(rows, r);
    }
}

bool row_set_change(row_set *rows, uint64_t hash, int64_t by, const policy_allocator *a)
{
    if (!reserve_row_set(rows, 1, a)) {
        return false;
    }
    change_row(rows, hash, by);
    return true;
}

/* ---- delta into state ---- */

bool state_reserve(state *into, const state *delta, uint32_t most)
{
    const policy_allocator *a = into->allocator;
    for (uint32_t i = 0; i < into->engine->type_count; i++) {
        if (delta->rows[i].used > 0 && into->rows[i].used > 0 &&
            !reserve_row_set(&into->rows[i], delta->rows[i].used, a)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < into->engine->account_count; i++) {
        if (!group_table_reserve(&into->accounts[i], &delta->accounts[i], most)) {
            return false;
        }
    }
    return reserve_rows(&into->kept, &delta->kept, a) && reserve_rows(&into->late, &delta->late, a) &&
           reserve_rows(&into->keyless, &delta->keyless, a) && systems_reserve(&into->schools, &delta->schools) &&
           noted_reserve(&into->defaults, delta->defaults.count, a) &&
           allocator_grow(a, (void **)&into->covered, &into->covered_capacity,
                          into->covered_count + delta->covered_count, sizeof *into->covered, SIZE_MAX / 64) &&
           allocator_grow(a, (void **)&into->days, &into->day_capacity, into->day_count + delta->day_count,
                          sizeof *into->days, SIZE_MAX / 64) &&
           (delta->notices.count == 0 || notices_append(&into->notices, &delta->notices));
}

void state_merge(state *into, state *delta, uint32_t most, const source_names *names)
{
    const policy_engine *e = into->engine;
    for (uint32_t i = 0; i < e->account_count; i++) {
        if (delta->accounts[i].count > 0) {
            group_table_merge(&into->accounts[i], &delta->accounts[i], most, names);
        }
    }
    for (size_t i = 0; i < (size_t)e->rule_count * VERDICTS; i++) {
        into->verdicts[i] += delta->verdicts[i];
    }
    for (uint32_t i = 0; i < e->type_count; i++) {
        into->records[i] += delta->records[i];
        into->supplied[i] = into->supplied[i] || delta->supplied[i];
    }
    move_kept(&into->kept, &delta->kept, into->allocator);
    move_rows(&into->late, &delta->late);
    move_rows(&into->keyless, &delta->keyless);
    for (uint32_t t = 0; t < e->type_count; t++) {
        if (into->rows[t].used == 0 && delta->rows[t].used > 0) { /* as a whole: a file's rows are many */
            row_set empty = into->rows[t];
            into->rows[t] = delta->rows[t];
            delta->rows[t] = empty;
            continue;
        }
        for (size_t i = 0; i < delta->rows[t].capacity && delta->rows[t].used > 0; i++) {
            const row_count *d = &delta->rows[t].items[i];
            if (d->count != 0) {
                change_row(&into->rows[t], d->hash, d->count);
            }
        }
    }
    systems_commit(&into->schools, &delta->schools);
    noted_join(&into->defaults, &delta->defaults);
    for (size_t i = 0; i < delta->covered_count; i++) {
        into->covered[into->covered_count++] = delta->covered[i];
    }
    for (size_t i = 0; i < delta->day_count; i++) {
        into->days[into->day_count++] = delta->days[i];
    }
    delta->covered_count = delta->day_count = 0;
    state_clear(delta);
}
