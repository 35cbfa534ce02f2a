/*
 * Saving a ledger: walked twice, once to learn which texts there are, once to write. See saved.h for the bytes.
 */
#include "columns/columns.h"
#include "ledger/saved.h"

#include <stdlib.h>
#include <string.h>

#include "engine/signature.h"
#include "policy/store.h"

#define CHUNK 65536

/* A growing block of bytes: a chunk on its way out, or rows that are sorted before they go. */
typedef struct bytes {
    uint8_t *data;
    size_t size, capacity;
} bytes;

typedef struct item { /* of a bag; where it begins in the bag's bytes */
    size_t from, size;
} item;
typedef struct bag {
    bytes content;
    item *items;
    size_t count, capacity;
} bag;

typedef struct numbered {
    str name;
    uint32_t number;
} numbered;

typedef struct saver {
    policy_ledger *ledger;
    const policy_allocator *allocator;
    policy_writer write;
    void *context;
    bool collecting;   /* texts only */
    map texts;         /* each to the number of its place among the sorted ones, once collected */
    uint32_t *sources; /* of the ledger, to their place among the sorted ones; those that nothing names are left out */
    bool *used;        /* which are named */
    numbered *sorted;
    uint32_t source_count;
    bytes chunk;
    bag rows;    /* rows being sorted; */
    bool bagged; /* what is put goes there */
    engine_signatures signatures;
    uint64_t length; /* of the body: counted, then written */
    digest digest;
    bool counting, failed, stopped;
} saver;

/* ---- bytes ---- */

static bool bytes_add(const policy_allocator *a, bytes *b, const void *data, size_t size)
{
    if (!allocator_grow(a, (void **)&b->data, &b->capacity, b->size + size, 1, SIZE_MAX / 2)) {
        return false;
    }
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return true;
}

static void flush(saver *s)
{
    if (s->chunk.size > 0 && !s->failed && !s->stopped) {
        digest_put(&s->digest, s->chunk.data, s->chunk.size);
        s->stopped = s->write(s->context, s->chunk.data, s->chunk.size) != 0;
    }
    s->chunk.size = 0;
}

static void put(saver *s, const void *data, size_t size)
{
    if (s->collecting || s->failed || s->stopped) {
        return;
    }
    if (s->bagged) {
        s->failed = !bytes_add(s->allocator, &s->rows.content, data, size);
        return;
    }
    if (s->counting) {
        s->length += size;
        return;
    }
    s->failed = !bytes_add(s->allocator, &s->chunk, data, size);
    if (s->chunk.size >= CHUNK) {
        flush(s);
    }
}

static void put_fixed(saver *s, uint64_t number, int size)
{
    uint8_t out[8];
    for (int i = 0; i < size; i++) {
        out[i] = (uint8_t)(number >> 8 * i);
    }
    put(s, out, (size_t)size);
}

static void put_uint(saver *s, uint64_t number)
{
    uint8_t out[10];
    size_t size = 0;
    do {
        out[size++] = (uint8_t)((number & 0x7F) | (number > 0x7F ? 0x80 : 0));
        number >>= 7;
    } while (number > 0);
    put(s, out, size);
}

static void put_int(saver *s, int64_t number)
{
    put_uint(s, ((uint64_t)number << 1) ^ (uint64_t)(number < 0 ? -1 : 0));
}

static void put_bool(saver *s, bool b)
{
    put_uint(s, b ? 1 : 0);
}

static void put_wide(saver *s, wide w)
{
    int64_t small;
    bool fits = wide_read(w, &small);
    put_bool(s, fits);
    if (fits) {
        put_int(s, small);
    } else {
        put_fixed(s, w.low, 8);
        put_fixed(s, w.high, 8);
    }
}

/* 0: none; else the number of its place, plus one. */
static void put_text(saver *s, str text)
{
    if (text.data == NULL) {
        put_uint(s, 0);
        return;
    }
    uint32_t at = map_get(&s->texts, text);
    if (s->collecting) {
        s->failed = s->failed || (at == MAP_NONE && !map_put(&s->texts, text, 0));
        return;
    }
    put_uint(s, (uint64_t)at + 1);
}

static void put_source(saver *s, uint32_t source)
{
    if (s->collecting) {
        s->used[source] = true;
        put_text(s, s->ledger->sources[source]);
    } else {
        put_uint(s, s->sources[source]);
    }
}

/* ---- rows without an order ---- */

static void bag_begin(saver *s)
{
    s->rows.count = 0;
    s->rows.content.size = 0;
    s->bagged = true;
}

static void bag_next(saver *s) /* before each row */
{
    if (s->collecting || s->failed) {
        return;
    }
    bag *b = &s->rows;
    if (!allocator_grow(s->allocator, (void **)&b->items, &b->capacity, b->count + 1, sizeof *b->items,
                        SIZE_MAX / 32)) {
        s->failed = true;
        return;
    }
    b->items[b->count++].from = b->content.size;
}

typedef struct sorted_item {
    const uint8_t *data;
    size_t size;
} sorted_item;

static int order_items(const void *left, const void *right)
{
    const sorted_item *a = left, *b = right;
    int order = memcmp(a->data, b->data, a->size < b->size ? a->size : b->size);
    return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

/* How many, then the rows in order. */
static void bag_end(saver *s)
{
    s->bagged = false;
    if (s->collecting || s->failed) {
        return;
    }
    bag *b = &s->rows;
    sorted_item *sorted = allocator_zero(s->allocator, b->count + 1, sizeof *sorted);
    if (sorted == NULL) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; i < b->count; i++) {
        size_t until = i + 1 < b->count ? b->items[i + 1].from : b->content.size;
        sorted[i] = (sorted_item){b->content.data + b->items[i].from, until - b->items[i].from};
    }
    if (b->count > 0) {
        qsort(sorted, b->count, sizeof *sorted, order_items);
    }
    put_uint(s, b->count);
    for (size_t i = 0; i < b->count; i++) {
        put(s, sorted[i].data, sorted[i].size);
    }
    allocator_free(s->allocator, sorted);
}

/* ---- values ---- */

/* Sources by name: an engine with more rules numbers them otherwise. */
static void put_missing(saver *s, const env *e, uint64_t missing)
{
    uint64_t count = 0;
    for (int i = 0; i < 64; i++) {
        count += missing >> i & 1;
    }
    put_uint(s, count);
    for (int i = 0; i < 64; i++) {
        if (missing >> i & 1) {
            put_text(s, env_source_name(e, i));
        }
    }
}

static void put_value(saver *s, const env *e, value v)
{
    put_uint(s, v.kind);
    switch (v.kind) {
    case VALUE_BOOL:
        put_bool(s, v.as.b);
        break;
    case VALUE_INT:
    case VALUE_DATE:
        put_int(s, v.as.i);
        break;
    case VALUE_UINT:
        put_uint(s, v.as.u);
        break;
    case VALUE_DOUBLE: {
        uint64_t bits;
        memcpy(&bits, &v.as.d, sizeof bits);
        put_fixed(s, bits, 8);
        break;
    }
    case VALUE_STRING:
    case VALUE_BYTES:
        put_text(s, value_text(v));
        break;
    case VALUE_LIST:
        put_uint(s, v.as.list->count);
        for (size_t i = 0; i < v.as.list->count; i++) {
            put_value(s, e, v.as.list->items[i]);
        }
        break;
    case VALUE_MAP:
        put_uint(s, v.as.map->count);
        for (size_t i = 0; i < v.as.map->count; i++) {
            put_value(s, e, v.as.map->keys[i]);
            put_value(s, e, v.as.map->values[i]);
        }
        break;
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        put_int(s, v.as.i);
        put_int(s, (int32_t)v.size);
        break;
    case VALUE_INTERVAL:
        put_value(s, e, v.as.interval->low);
        put_value(s, e, v.as.interval->high);
        put_missing(s, e, v.as.interval->missing);
        break;
    case VALUE_NONE:
    case VALUE_UNKNOWN:
        put_missing(s, e, v.as.missing);
        break;
    case VALUE_ERROR:
        put_int(s, v.as.error->status);
        put_text(s, v.as.error->text_en);
        put_text(s, v.as.error->text_zh);
        put_uint(s, v.as.error->offset);
        break;
    default:
        break;
    }
}

/* ---- groups ---- */

static void put_days(saver *s, const day_set *days)
{
    const day_count *items = day_set_items(days);
    put_uint(s, days->count);
    for (uint32_t i = 0; i < days->count; i++) {
        put_int(s, items[i].day);
        put_int(s, items[i].count);
    }
}

static void put_entries(saver *s, const env *e, const entry_set *set)
{
    bag_begin(s);
    for (size_t i = 0; i < set->capacity; i++) {
        const entry *n = &set->items[i];
        if (n->count != 0) {
            bag_next(s);
            put_value(s, e, n->low);
            put_bool(s, n->maybe);
            put_bool(s, n->exact);
            if (!n->exact) {
                put_value(s, e, n->high);
            }
            put_int(s, n->count);
        }
    }
    bag_end(s);
}

static void put_doubt(saver *s, const env *e, const doubt *d)
{
    put_bool(s, d != NULL && d->rows != 0);
    if (d == NULL || d->rows == 0) {
        return;
    }
    put_int(s, d->rows);
    for (int i = 0; i < 2; i++) {
        put_wide(s, d->low[i]);
        put_wide(s, d->high[i]);
        put_int(s, d->open_low[i]);
        put_int(s, d->open_high[i]);
    }
    uint64_t blamed = 0;
    for (int i = 0; i < DOUBT_SOURCES; i++) {
        blamed |= d->sources[i] != 0 ? UINT64_C(1) << i : 0;
    }
    put_missing(s, e, blamed);
    for (int i = 0; i < DOUBT_SOURCES; i++) {
        if (d->sources[i] != 0) {
            put_int(s, d->sources[i]);
        }
    }
    bag_begin(s);
    for (size_t i = 0; i < d->choice_count; i++) {
        const choice *c = &d->choices[i];
        bag_next(s);
        for (int k = 0; k < 2; k++) {
            put_int(s, c->low[k]);
            put_int(s, c->high[k]);
            put_bool(s, c->open_low[k]);
            put_bool(s, c->open_high[k]);
        }
        put_int(s, c->count);
    }
    bag_end(s);
    bag_begin(s);
    for (size_t i = 0; i < d->broken_count; i++) {
        bag_next(s);
        put_value(s, e, d->broken[i].error);
        put_int(s, d->broken[i].count);
    }
    bag_end(s);
}

static void put_group(saver *s, const plan_measure *m, const group *g)
{
    for (uint32_t i = 0; i < m->key_count; i++) {
        put_value(s, m->env, g->keys[i]);
    }
    put_int(s, g->state.in);
    put_int(s, g->state.maybe);
    put_wide(s, g->state.sums[0]);
    put_wide(s, g->state.sums[1]);
    put_entries(s, m->env, &g->state.entries);
    put_doubt(s, m->env, g->state.doubt);
    put_days(s, &g->in_days);
    put_days(s, &g->maybe_days);
    put_int(s, g->undated);
    put_bool(s, g->rows.dropped);
    put_uint(s, g->rows.count);
    for (uint32_t i = 0; i < g->rows.count; i++) {
        const evidence_row *r = &g->rows.items[i];
        put_source(s, r->source);
        put_uint(s, r->row);
        put_uint(s, r->count);
        put_bool(s, r->doubt);
    }
}

static void put_account(saver *s, const plan_measure *m)
{
    const state *st = &s->ledger->state;
    const group_table *t = &st->accounts[m->account];
    if (s->failed) {
        return;
    }
    arena memory;
    arena_init(&memory, s->allocator, 0);
    group **groups = group_table_sorted(t, &memory);
    uint64_t live = 0;
    for (size_t i = 0; groups != NULL && i < t->count; i++) {
        live += group_is_empty(groups[i]) ? 0 : 1;
    }
    put_text(s, m->id);
    put(s, s->signatures.accounts[m->account].bytes, DIGEST_SIZE);
    put_bool(s, s->ledger->lost_accounts[m->account]);
    put_uint(s, m->key_count);
    put_uint(s, live);
    for (size_t i = 0; groups != NULL && i < t->count; i++) {
        if (!group_is_empty(groups[i])) {
            put_group(s, m, groups[i]);
        }
    }
    s->failed = s->failed || groups == NULL;
    arena_free(&memory);
}

/* ---- rows ---- */

uint64_t saved_fields(const plan_table *t)
{
    uint64_t h = 0;
    for (uint32_t i = 0; i < t->record->field_count; i++) {
        const schema_field *f = &t->record->fields[i];
        h = h * UINT64_C(0x100000001B3) + str_hash(f->name) + (uint64_t)f->reader;
    }
    return h;
}

str saved_slot_name(const plan_table *t, int slot)
{
    if (slot < (int)t->column_count) {
        return t->columns[slot];
    }
    if (slot >= t->first_let && slot < t->first_let + (int)t->let_count && t->lets[slot - t->first_let].from) {
        return t->lets[slot - t->first_let].from->name;
    }
    return slot == t->record_id ? STR("record_id") : slot == t->each ? STR("each") : STR("?");
}

static uint32_t version_at(const plan_version *v)
{
    uint32_t i = 0;
    while (v->rule->versions[i] != v) {
        i++;
    }
    return i;
}

static void put_rows(saver *s, const kept_rows *rows, bool waiting)
{
    bag_begin(s);
    for (size_t i = 0; i < rows->count; i++) {
        const kept_row *r = rows->items[i];
        const env *e = r->version ? r->version->env : r->measure->env;
        bag_next(s);
        put_bool(s, r->version != NULL);
        if (r->version != NULL) {
            put_uint(s, r->version->rule->number);
            put_uint(s, version_at(r->version));
        } else {
            put_uint(s, r->measure->account);
        }
        put_source(s, r->source);
        put_uint(s, r->row);
        put_int(s, r->verdict);
        put_uint(s, (r->maybe ? 1u : 0) | (r->killed ? 2u : 0) | (r->dated ? 4u : 0));
        put_int(s, r->dated ? r->day : 0);
        put_missing(s, e, r->missing);
        put_uint(s, r->key_count);
        for (uint32_t k = 0; k < r->key_count; k++) {
            put_value(s, e, r->keys[k]);
        }
        put_uint(s, r->value_count);
        for (uint32_t k = 0; k < r->value_count; k++) {
            if (waiting) {
                put_text(s, saved_slot_name(r->version->table, r->version->kept_slots[k]));
            }
            put_value(s, e, r->values[k]);
        }
        put_value(s, e, r->error);
    }
    bag_end(s);
}

static void put_rules(saver *s)
{
    const policy_ledger *l = s->ledger;
    const policy_engine *e = l->engine;
    put_uint(s, e->rule_count);
    for (uint32_t i = 0; i < e->rule_count && !s->failed; i++) {
        put_text(s, e->rule_list[i]->id);
        put(s, s->signatures.rules[e->rule_list[i]->number].bytes, DIGEST_SIZE);
        put_bool(s, l->lost_rules[i]);
        for (int k = 0; k < VERDICTS; k++) {
            put_int(s, l->state.verdicts[(size_t)i * VERDICTS + (size_t)k]);
        }
    }
}

static void put_equal_rows(saver *s, const row_set *rows)
{
    bag_begin(s);
    for (size_t i = 0; i < rows->capacity; i++) {
        if (rows->items[i].count != 0) {
            bag_next(s);
            put_fixed(s, rows->items[i].hash, 8);
            put_int(s, rows->items[i].count);
        }
    }
    bag_end(s);
}

static void put_notices(saver *s, const notices *n)
{
    bag_begin(s);
    for (size_t i = 0; i < n->count; i++) {
        const policy_notice *p = n->items[i];
        bag_next(s);
        put_int(s, p->kind);
        put_text(s, p->type);
        put_text(s, p->source);
        put_uint(s, p->row);
        put_text(s, p->column);
        put_text(s, p->text);
    }
    bag_end(s);
}

/* ---- tables that the library itself understands ---- */

static void put_defaults(saver *s, const noted_defaults *d)
{
    const policy_engine *e = s->ledger->engine;
    bag_begin(s);
    for (size_t i = 0; i < d->count; i++) {
        const schema_type *t = e->tables[d->items[i].type_at]->record;
        bag_next(s);
        put_source(s, d->items[i].source);
        put_text(s, t->name);
        uint64_t count = 0;
        for (uint32_t f = 0; f < t->field_count; f++) {
            count += d->items[i].fields >> f & 1;
        }
        put_uint(s, count);
        for (uint32_t f = 0; f < t->field_count; f++) {
            if (d->items[i].fields >> f & 1) {
                put_text(s, t->fields[f].name);
            }
        }
    }
    bag_end(s);
}

/* Of any type but one. */
static bool any_records(const policy_ledger *l, int but)
{
    for (uint32_t i = 0; i < l->engine->type_count; i++) {
        if ((int)i != but && l->state.records[i] > 0) {
            return true;
        }
    }
    return false;
}

static void put_schools(saver *s, const systems *schools)
{
    bag_begin(s);
    for (size_t i = 0; i < schools->index.count; i++) {
        const school_system *school = &schools->items[i];
        int64_t said = 0;
        for (int k = 0; k < SCHOOL_YEARS; k++) {
            said |= school->primary_years[k] | school->junior_years[k] | (k < 3 ? school->stage[k] : 0);
        }
        if (said == 0) {
            continue;
        }
        bag_next(s);
        put_text(s, schools->index.keys[i]);
        for (int k = 0; k < SCHOOL_YEARS; k++) {
            put_int(s, school->primary_years[k]);
            put_int(s, school->junior_years[k]);
        }
        for (int k = 0; k < 3; k++) {
            put_int(s, school->stage[k]);
        }
    }
    bag_end(s);
    put_bool(s, schools->asked && any_records(s->ledger, s->ledger->engine->schema->systems.table));
}

static void put_covered(saver *s, const state *st)
{
    bag_begin(s);
    for (size_t i = 0; i < st->covered_count; i++) {
        const covered *c = &st->covered[i];
        bag_next(s);
        put_text(s, s->ledger->engine->tables[c->type_at]->name);
        put_text(s, c->school);
        put_uint(s, (c->has_from ? 1u : 0) | (c->has_until ? 2u : 0));
        put_int(s, c->has_from ? c->from : 0);
        put_int(s, c->has_until ? c->until : 0);
    }
    bag_end(s);
    bag_begin(s);
    for (size_t i = 0; i < st->day_count; i++) {
        bag_next(s);
        put_int(s, st->days[i].day);
        put_text(s, st->days[i].term);
        put_bool(s, st->days[i].teaching);
    }
    bag_end(s);
}

/* ---- the whole ---- */

static void put_body(saver *s)
{
    const policy_ledger *l = s->ledger;
    const policy_engine *e = l->engine;
    const run *r = &l->run;
    put_uint(s, (r->has_period ? 1u : 0) | (r->has_as_of ? 2u : 0));
    put_int(s, r->has_period ? r->from : 0);
    put_int(s, r->has_period ? r->until : 0);
    put_int(s, r->has_as_of ? r->as_of : 0);
    put_int(s, l->evidence_mode);
    put_uint(s, l->evidence_rows);
    put_uint(s, l->reported);
    put_bool(s, l->started && any_records(l, -1)); /* what was taken back leaves no trace */
    put_uint(s, s->texts.count);
    for (size_t i = 0; i < s->texts.count && !s->collecting; i++) { /* sorted by now */
        put_uint(s, s->texts.keys[i].size);
        put(s, s->texts.keys[i].data, s->texts.keys[i].size);
    }
    put_uint(s, s->source_count);
    for (uint32_t i = 0; i < s->source_count; i++) {
        put_text(s, s->sorted[i].name);
    }
    put_uint(s, e->type_count);
    for (uint32_t i = 0; i < e->type_count; i++) {
        put_text(s, e->tables[i]->name);
        put_int(s, l->state.records[i]);
        put_bool(s, l->state.supplied[i]);
        put_fixed(s, saved_fields(e->tables[i]), 8);
        put_equal_rows(s, &l->state.rows[i]);
    }
    put_uint(s, e->account_count);
    for (uint32_t account = 0; account < e->account_count && !s->failed; account++) {
        for (uint32_t i = 0; i < e->measure_count; i++) {
            if (e->measures[i]->account == account) {
                put_account(s, e->measures[i]);
            }
        }
    }
    put_rules(s);
    put_rows(s, &l->state.kept, false);
    put_rows(s, &l->state.late, true);
    put_rows(s, &l->state.keyless, false);
    put_notices(s, &l->state.notices);
    put_defaults(s, &l->state.defaults);
    put_schools(s, &l->state.schools);
    put_covered(s, &l->state);
}

static int order_texts(const void *left, const void *right)
{
    return str_compare(*(const str *)left, *(const str *)right);
}

/* Number the texts by their order. */
static bool sort_texts(saver *s)
{
    size_t count = s->texts.count;
    str *sorted = allocator_zero(s->allocator, count + 1, sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(sorted, s->texts.keys, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, order_texts);
    }
    map_clear(&s->texts);
    bool fine = true;
    for (size_t i = 0; i < count && fine; i++) {
        fine = map_put(&s->texts, sorted[i], (uint32_t)i);
    }
    allocator_free(s->allocator, sorted);
    return fine;
}

static int order_numbered(const void *left, const void *right)
{
    return str_compare(((const numbered *)left)->name, ((const numbered *)right)->name);
}

/* Of those that are named. */
static void sort_sources(saver *s)
{
    const policy_ledger *l = s->ledger;
    s->source_count = 0;
    for (uint32_t i = 0; i < l->source_count; i++) {
        if (s->used[i]) {
            s->sorted[s->source_count++] = (numbered){l->sources[i], i};
        }
    }
    if (s->source_count > 0) {
        qsort(s->sorted, s->source_count, sizeof *s->sorted, order_numbered);
    }
    for (uint32_t i = 0; i < s->source_count; i++) {
        s->sources[s->sorted[i].number] = i;
    }
}

static void put_all(saver *s)
{
    s->collecting = true;
    put_body(s);
    s->collecting = false;
    if (s->failed || !sort_texts(s)) {
        s->failed = true;
        return;
    }
    sort_sources(s);
    s->counting = true;
    put_body(s);
    s->counting = false;
    digest_begin(&s->digest);
    put(s, SAVED_MAGIC, SAVED_MAGIC_SIZE);
    put_fixed(s, SAVED_VERSION, 4);
    put_fixed(s, saved_hash_check(), 4);
    put_fixed(s, s->length, 8);
    put_body(s);
    flush(s);
    if (!s->failed && !s->stopped) {
        uint8_t end[DIGEST_SIZE];
        digest_end(&s->digest, end);
        s->stopped = s->write(s->context, end, sizeof end) != 0;
    }
}

policy_status policy_ledger_save(policy_ledger *ledger, policy_writer write, void *context, policy_error **err)
{
    if (ledger == NULL || write == NULL) {
        return error_set(err, ledger ? ledger->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), ledger ? STR("write") : STR("ledger")}});
    }
    saver s = {.ledger = ledger, .allocator = ledger->allocator, .write = write, .context = context};
    map_init(&s.texts, s.allocator);
    s.sources = allocator_zero(s.allocator, ledger->source_count + 1, sizeof *s.sources);
    s.used = allocator_zero(s.allocator, ledger->source_count + 1, sizeof *s.used);
    s.sorted = allocator_zero(s.allocator, ledger->source_count + 1, sizeof *s.sorted);
    s.failed = s.sources == NULL || s.used == NULL || s.sorted == NULL ||
               !signatures_of(ledger->engine, &s.signatures) || !accounts_settle(ledger);
    if (!s.failed) {
        put_all(&s);
    }
    map_free(&s.texts);
    allocator_free(s.allocator, s.sources);
    allocator_free(s.allocator, s.used);
    allocator_free(s.allocator, s.sorted);
    allocator_free(s.allocator, s.chunk.data);
    allocator_free(s.allocator, s.rows.content.data);
    allocator_free(s.allocator, s.rows.items);
    if (s.failed) {
        return error_nomem(err);
    }
    return s.stopped ? error_set(err, ledger->allocator,
                                 &(error_spec){.status = POLICY_E_IO, .message = MESSAGE_STORE_STOPPED})
                     : POLICY_OK;
}
