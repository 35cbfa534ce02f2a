/*
 * What a ledger holds as those above see it: groups, rows, measures over measures, and M(k1, ...).
 *
 * A measure over a measure is computed whole when it is first asked for. A posted record then changes only what follows
 * from the groups it changed (change.c); where that is not worth the while the table is forgotten and made again.
 *
 * All reads go through here, so that a ledger can be looked at as it is or, while a change is being looked at, as it
 * will be.
 */
#include <stddef.h>
#include <string.h>

#include "columns/columns.h"
#include "expr/functions.h"
#include "ledger/change.h"
#include "ledger/lost.h"

static bool is_missing(value v)
{
    return v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN;
}

static int64_t teaching_days(const void *context, int32_t from, int32_t until)
{
    const calendar *c = context;
    return c ? calendar_teaching_days(c, from, until) : -1;
}

aggregate_result ledger_group_value(policy_ledger *l, const plan_measure *m, const group *g, evaluation *ev)
{
    aggregate_calendar days = {teaching_days, l->run.calendar};
    return aggregate_value(&m->algebra, &g->state, &days, ev);
}

void frame_set_group(frame *f, const plan_measure *m, const group *g)
{
    policy_ledger *l = f->ledger;
    frame_reset(f);
    for (uint32_t i = 0; i < m->key_count; i++) {
        f->slots[i] = g->keys[i];
    }
    f->slots[m->key_count] = ledger_group_value(l, m, g, f->ev).v;
    /* Without a row that is surely in, the group itself is a maybe: its value is what it would be if it were there. */
    f->maybe = g->state.in == 0 && m->key_count > 0;
    f->maybe_missing = aggregate_missing(&g->state);
    f->rows = &g->rows;
    f->record = NULL;
    const schema_type *root = &l->engine->schema->types[m->source->root];
    f->dated = group_latest(g, &f->day);
    if (root->dated_by < 0 && !f->dated) {
        f->dated = l->run.has_as_of;
        f->day = l->run.as_of;
    }
    f->day_missing = root->dated_by >= 0 ? UINT64_C(1) << root->dated_by : 0;
}

/* ---- the view ---- */

static const measure_change *change_of(const policy_ledger *l, const plan_measure *m)
{
    return l->after ? &l->change->measures[m->number] : NULL;
}

const group *ledger_group(policy_ledger *l, const plan_measure *m, const value *keys, uint64_t hash, bool *nomem)
{
    const measure_change *c = change_of(l, m);
    if (c != NULL && c->touched) {
        const group *g = group_find(&c->after, keys, hash);
        if (g != NULL || c->whole) {
            return g == NULL || group_is_empty(g) ? NULL : g;
        }
    }
    if (m->account != PLAN_NONE) {
        if (!accounts_settle_one(l, m)) {
            if (nomem != NULL) {
                *nomem = true;
            }
            return NULL;
        }
        return group_find(&l->state.accounts[m->account], keys, hash);
    }
    if (!stacked_prepare(l, m)) {
        if (nomem != NULL) {
            *nomem = true;
        }
        return NULL;
    }
    return group_find(&l->stacked[m->number].groups, keys, hash);
}

bool ledger_groups(policy_ledger *l, const plan_measure *m, group_walk *walk)
{
    const measure_change *c = change_of(l, m);
    *walk = (group_walk){0};
    if (c != NULL && c->touched) {
        walk->after = &c->after;
        if (c->whole) {
            return true;
        }
    }
    if (m->account != PLAN_NONE) {
        walk->base = &l->state.accounts[m->account];
        return accounts_settle_one(l, m);
    }
    walk->base = &l->stacked[m->number].groups;
    return stacked_prepare(l, m);
}

#define WALK_AHEAD 8 /* groups lie anywhere in memory: ask for those to come while one is looked at */

static void group_fetch(const group_table *t, size_t at)
{
#if defined(__GNUC__)
    if (at < t->capacity && t->slots[at] != NULL) {
        __builtin_prefetch(t->slots[at]);
        __builtin_prefetch((const char *)t->slots[at] + 64);
        __builtin_prefetch((const char *)t->slots[at] + 128);
    }
#else
    (void)t, (void)at;
#endif
}

const group *group_walk_next(group_walk *walk)
{
    while (walk->base != NULL && walk->at < walk->base->capacity) {
        const group *g = walk->base->slots[walk->at++];
        group_fetch(walk->base, walk->at + WALK_AHEAD);
        if (g != NULL && (walk->after == NULL || group_find(walk->after, g->keys, g->hash) == NULL)) {
            return g;
        }
    }
    if (walk->base != NULL) {
        walk->base = NULL;
        walk->at = 0;
    }
    while (walk->after != NULL && walk->at < walk->after->capacity) {
        const group *g = walk->after->slots[walk->at++];
        if (g != NULL && !group_is_empty(g)) {
            return g;
        }
    }
    return NULL;
}

static const kept_rows *list_of(const state *s, row_list list)
{
    return list == ROWS_KEPT ? &s->kept : list == ROWS_LATE ? &s->late : &s->keyless;
}

row_walk ledger_rows(const policy_ledger *l, row_list list)
{
    if (!l->after) {
        return (row_walk){.base = list_of(&l->state, list)};
    }
    return (row_walk){list_of(&l->state, list), &l->change->gone[list], list_of(l->change->delta, list), 0};
}

bool ledger_keyless(policy_ledger *l, const plan_measure *m, row_walk *walk)
{
    if (m->account != PLAN_NONE) {
        *walk = ledger_rows(l, ROWS_KEYLESS);
        return true;
    }
    const measure_change *c = change_of(l, m);
    *walk = (row_walk){0};
    if (c != NULL && c->touched) {
        walk->gone = &c->gone;
        walk->added = &c->added;
        if (c->whole) {
            return true;
        }
    }
    walk->base = &l->stacked[m->number].keyless;
    return stacked_prepare(l, m);
}

static bool is_gone(const kept_rows *gone, const kept_row *r)
{
    for (size_t i = 0; gone != NULL && i < gone->count; i++) {
        if (gone->items[i] == r) {
            return true;
        }
    }
    return false;
}

const kept_row *row_walk_next(row_walk *walk)
{
    while (walk->base != NULL && walk->at < walk->base->count) {
        const kept_row *r = walk->base->items[walk->at++];
        if (!is_gone(walk->gone, r)) {
            return r;
        }
    }
    if (walk->base != NULL) {
        walk->base = NULL;
        walk->at = 0;
    }
    return walk->added != NULL && walk->at < walk->added->count ? walk->added->items[walk->at++] : NULL;
}

const covered *ledger_covered(const policy_ledger *l, size_t *count)
{
    if (l->after && l->change->covered != NULL) {
        *count = l->change->covered_count;
        return l->change->covered;
    }
    *count = l->state.covered_count;
    return l->state.covered;
}

int64_t ledger_records(const policy_ledger *l, uint32_t type_at)
{
    int64_t records = l->state.records[type_at] + (l->after ? l->change->delta->records[type_at] : 0);
    return records > 0 || l->state.supplied[type_at] ? records : -1;
}

bool ledger_supplied(const policy_ledger *l, uint32_t type_at)
{
    return ledger_records(l, type_at) >= 0 || l->engine->tables[type_at]->record->default_none;
}

/* ---- measures over measures ---- */

static bool has_rows(const group *g)
{
    return !(g->state.in == 0 && g->state.maybe == 0 && aggregate_error(&g->state) == NULL);
}

/* `per: []` is one group that exists even without a row. */
static bool give_nothing(policy_ledger *l, frame *f, const plan_measure *m, group_table *groups, kept_rows *keyless,
                         int sign)
{
    static const group nothing;
    const plan_measure *below = m->source->measure;
    if (below->key_count > 0 || !ledger_supplied(l, below->source->root)) {
        return true;
    }
    frame_set_group(f, below, &nothing);
    return fold_row(f, m, groups, keyless, sign);
}

bool stacked_give(policy_ledger *l, const plan_measure *m, const value *keys, uint64_t hash, group_table *groups,
                  kept_rows *keyless, int sign)
{
    bool nomem = false;
    const group *g = ledger_group(l, m->source->measure, keys, hash, &nomem);
    frame *f = nomem ? NULL : frame_take(l, m->source);
    if (f == NULL) {
        return false;
    }
    bool fine = true;
    if (g == NULL) {
        fine = give_nothing(l, f, m, groups, keyless, sign);
    } else if (has_rows(g)) {
        frame_set_group(f, m->source->measure, g);
        fine = fold_row(f, m, groups, keyless, sign);
    }
    frame_give(l, f);
    return fine;
}

bool stacked_compute(policy_ledger *l, const plan_measure *m, group_table *groups, kept_rows *keyless)
{
    const plan_measure *below = m->source->measure;
    group_walk walk = {0};
    bool summed = false;
    if (!columns_sum(l, m, groups, &summed)) {
        return false;
    }
    if (summed) {
        walk.base = &l->state.accounts[below->account];
    }
    frame *f = summed || ledger_groups(l, below, &walk) ? frame_take(l, m->source) : NULL;
    if (f == NULL) {
        return false;
    }
    bool fine = true, any = summed;
    for (const group *g; fine && (g = group_walk_next(&walk)) != NULL;) {
        any = true;
        if (has_rows(g)) {
            frame_set_group(f, m->source->measure, g);
            fine = fold_row(f, m, groups, keyless, 1);
        }
    }
    if (fine && !any) {
        fine = give_nothing(l, f, m, groups, keyless, 1);
    }
    frame_give(l, f);
    return fine;
}

void stacked_forget(stacked *s, const policy_allocator *a)
{
    if (s->groups.allocator != NULL) {
        group_table_free(&s->groups);
    }
    for (size_t i = 0; i < s->keyless.count; i++) {
        kept_row_free(s->keyless.items[i], a);
    }
    allocator_free(a, s->keyless.items);
    s->keyless = (kept_rows){0};
    s->ready = false;
}

void stacked_forget_all(policy_ledger *l)
{
    for (uint32_t i = 0; i < l->engine->measure_count; i++) {
        if (l->stacked[i].ready) {
            stacked_forget(&l->stacked[i], l->allocator);
        }
    }
}

bool stacked_prepare(policy_ledger *l, const plan_measure *m)
{
    stacked *s = &l->stacked[m->number];
    if (s->ready) {
        return true;
    }
    group_table_init(&s->groups, l->allocator, m->key_count);
    bool after = l->after;
    const calendar *days = l->run.calendar;
    const date_range *in_force = l->run.in_force;
    l->after = false;
    l->run.calendar = l->fed_calendar ? l->fed_calendar : l->engine->calendar;
    l->run.in_force = NULL;
    s->ready = stacked_compute(l, m, &s->groups, &s->keyless);
    l->after = after;
    l->run.calendar = days;
    l->run.in_force = in_force;
    if (!s->ready) {
        stacked_forget(s, l->allocator);
    }
    return s->ready;
}

/* ---- M(k1, ...) ---- */

static void note_read(policy_ledger *l, const plan_measure *m, uint64_t missing, bool not_supplied)
{
    for (uint32_t i = 0; i < l->note_count; i++) {
        if (l->notes[i].measure == m) {
            l->notes[i].missing |= missing;
            l->notes[i].not_supplied = l->notes[i].not_supplied || not_supplied;
            return;
        }
    }
    if (l->note_count < READ_NOTES) {
        l->notes[l->note_count++] = (read_note){m, missing, not_supplied};
    }
}

value ledger_empty_value(const plan_measure *m)
{
    switch (m->algebra.kind) {
    case AGGREGATE_COUNT:
    case AGGREGATE_COUNT_DISTINCT:
    case AGGREGATE_RUNS:
        return value_int(0);
    case AGGREGATE_SUM:
        return m->algebra.durations                ? value_duration(0, 0)
               : m->algebra.units[0] == UNIT_MICRO ? value_double(0)
               : m->algebra.unsigned_result        ? value_uint(0)
                                                   : value_int(0);
    case AGGREGATE_COLLECT: {
        static const value_list nothing;
        return (value){.kind = VALUE_LIST, .as.list = &nothing};
    }
    default:
        return value_none(0);
    }
}

value ledger_read_measure(run *r, evaluation *ev, const plan_measure *m, const value *keys, uint64_t source)
{
    policy_ledger *l = (policy_ledger *)((char *)r - offsetof(policy_ledger, run));
    if (!ledger_supplied(l, m->source->root) || ledger_lost_measure(l, m)) {
        note_read(l, m, 0, true);
        return value_unknown(source);
    }
    if (!ledger_covers(l, m, keys, false, 0)) {
        note_read(l, m, 0, true);
        return value_unknown(source);
    }
    bool nomem = false;
    const group *g = ledger_group(l, m, keys, group_hash(keys, m->key_count), &nomem);
    if (nomem) {
        return value_fail(ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0);
    }
    if (g == NULL) {
        value v = ledger_empty_value(m);
        if (v.kind == VALUE_NONE) {
            v.as.missing = source;
        }
        return v;
    }
    aggregate_result result = ledger_group_value(l, m, g, ev);
    value v = result.v;
    if (v.kind == VALUE_INTERVAL || is_missing(v) || result.may_be_absent) {
        note_read(l, m, aggregate_missing(&g->state), false);
    }
    if (v.kind == VALUE_NONE) {
        return value_none(source);
    }
    if (v.kind == VALUE_UNKNOWN || (result.may_be_absent && v.kind != VALUE_ERROR)) {
        return value_unknown(source);
    }
    if (v.kind == VALUE_INTERVAL) {
        return aggregate_interval(ev, v.as.interval->low, v.as.interval->high, source);
    }
    return v;
}
