/*
 * Measures of a saved ledger and their groups; see restore.h.
 */
#include "ledger/restore.h"

#include <string.h>

#include "ledger/stored.h"

/* ---- groups ---- */

static void take_days(restorer *r, group *g, bool maybe)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        int32_t day = restore_day(r);
        int64_t times = restore_between(r, 1, INT32_MAX / 4);
        if (g != NULL && !r->bad) {
            r->nomem = r->nomem || !group_add_day(g, maybe, true, day, (int)times, r->allocator);
        }
    }
}

static void take_entries(restorer *r, const env *e, const type *t, entry_set *into)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        value low = restore_value(r, e);
        bool maybe = restore_bool(r), exact = restore_bool(r);
        value high = exact ? value_null() : restore_value(r, e);
        int64_t times = restore_tally(r, 1);
        r->bad = r->bad || low.kind >= VALUE_INTERVAL || high.kind >= VALUE_INTERVAL;
        restore_expect(r, t, low);
        restore_expect(r, t, high);
        if (into != NULL && !restore_broken(r)) {
            r->nomem = !entry_add(into, maybe, exact, low, high, times, r->allocator);
        }
    }
}

static void take_choices(restorer *r, doubt *d)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        choice c = {0};
        for (int k = 0; k < 2; k++) {
            c.low[k] = restore_int(r);
            c.high[k] = restore_int(r);
            c.open_low[k] = restore_bool(r);
            c.open_high[k] = restore_bool(r);
        }
        c.count = restore_tally(r, 1);
        if (d != NULL && !r->bad) {
            r->nomem = !allocator_grow(r->allocator, (void **)&d->choices, &d->choice_capacity, d->choice_count + 1,
                                       sizeof c, 0);
            if (!r->nomem) {
                d->choices[d->choice_count++] = c;
            }
        }
    }
}

static void take_broken_rows(restorer *r, const env *e, doubt *d)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        value error = restore_value(r, e);
        int64_t times = restore_tally(r, 1);
        r->bad = r->bad || error.kind != VALUE_ERROR;
        if (d != NULL && !r->bad) {
            broken_rows b = {.count = times};
            r->nomem = !allocator_grow(r->allocator, (void **)&d->broken, &d->broken_capacity, d->broken_count + 1,
                                       sizeof b, 0) ||
                       !stored_copy(r->allocator, error, &b.error);
            if (!r->nomem) {
                d->broken[d->broken_count++] = b;
            }
        }
    }
}

static void take_doubt(restorer *r, const env *e, aggregate_state *into)
{
    if (!restore_bool(r) || restore_broken(r)) {
        return;
    }
    doubt *d = NULL;
    if (into != NULL) {
        d = into->doubt = allocator_zero(r->allocator, 1, sizeof *d);
        r->nomem = d == NULL;
    }
    doubt nowhere = {0};
    doubt *to = d != NULL ? d : &nowhere;
    to->rows = restore_tally(r, 1);
    for (int i = 0; i < 2; i++) {
        to->low[i] = restore_wide(r);
        to->high[i] = restore_wide(r);
        to->open_low[i] = restore_tally(r, 0);
        to->open_high[i] = restore_tally(r, 0);
    }
    size_t blamed = restore_count(r);
    r->bad = r->bad || blamed > DOUBT_SOURCES;
    int numbers[DOUBT_SOURCES];
    for (size_t i = 0; i < blamed && !r->bad; i++) {
        str name = restore_name(r);
        numbers[i] = -1;
        for (size_t k = 0; e != NULL && k < env_source_count(e); k++) {
            numbers[i] = str_equal(env_source_name(e, (int)k), name) ? (int)k : numbers[i];
        }
    }
    for (size_t i = 0; i < blamed && !r->bad; i++) {
        int64_t rows = restore_tally(r, 1);
        if (numbers[i] >= 0) {
            to->sources[numbers[i]] = rows;
        }
    }
    take_choices(r, d);
    take_broken_rows(r, e, d);
}

static void take_evidence(restorer *r, group *g)
{
    bool dropped = restore_bool(r);
    size_t count = restore_count(r);
    r->bad = r->bad || count > UINT32_MAX / 2;
    if (g != NULL && !r->bad && count > 0) {
        g->rows.items = allocator_zero(r->allocator, count, sizeof *g->rows.items);
        g->rows.capacity = (uint32_t)count & 0x7FFFFFFF;
        r->nomem = g->rows.items == NULL;
    }
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        evidence_row row = {.source = restore_source(r)};
        row.row = restore_uint(r);
        row.count = (uint32_t)restore_uint(r) & 0x3FFFFFFF;
        row.doubt = restore_bool(r);
        if (g != NULL) {
            g->rows.items[g->rows.count++] = row;
        }
    }
    if (g != NULL) {
        g->rows.dropped = dropped;
    }
}

/* Of a measure that is carried, or of one that is read past (NULL), whose keys are `keys` many. */
static void take_group(restorer *r, const plan_measure *m, size_t keys)
{
    const env *e = m != NULL ? m->env : NULL;
    group *g = NULL;
    arena_reset(&r->scratch);
    value *held = restore_values(r, e, keys);
    if (restore_broken(r)) {
        return;
    }
    if (m != NULL) {
        for (size_t k = 0; k < keys; k++) {
            restore_expect(r, m->keys[k].type, held[k]);
        }
        if (r->bad) {
            return;
        }
        group_table *t = &r->ledger->state.accounts[m->account];
        uint64_t hash = group_hash(held, (uint32_t)keys);
        r->bad = group_find(t, held, hash) != NULL;
        g = r->bad ? NULL : group_insert(t, held, hash);
        r->nomem = !r->bad && g == NULL;
        if (restore_broken(r)) {
            return;
        }
    }
    aggregate_state nowhere = {0};
    aggregate_state *to = g != NULL ? &g->state : &nowhere;
    to->in = restore_tally(r, 0);
    to->maybe = restore_tally(r, 0);
    to->sums[0] = restore_wide(r);
    to->sums[1] = restore_wide(r);
    take_entries(r, e, m != NULL && m->arguments[0] != NULL ? expr_type(m->arguments[0]) : NULL,
                 g != NULL ? &g->state.entries : NULL);
    take_doubt(r, e, g != NULL ? &g->state : NULL);
    take_days(r, g, false);
    take_days(r, g, true);
    int64_t undated = restore_tally(r, 0);
    if (g != NULL) {
        g->undated = undated;
    }
    take_evidence(r, g);
}

/* ---- measures ---- */

/* What each measure of the engine became; PLAN_NONE in `from`: not among the saved ones. */
typedef struct saved_item {
    str name;
    signature is;
    bool lost, used;
} saved_item;

void restore_measures(restorer *r)
{
    const policy_engine *e = r->ledger->engine;
    size_t count = restore_count(r);
    saved_item *saved = restore_list(r, count, sizeof *saved);
    engine_signatures own = {0};
    bool *taken = restore_list(r, e->account_count, sizeof *taken);
    bool *known = restore_list(r, e->account_count, sizeof *known); /* by name, with another meaning */
    r->measures = restore_list(r, count, sizeof *r->measures);
    r->measure_count = count;
    r->nomem = r->nomem || !signatures_of(r->ledger->engine, &own);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        saved[i].name = restore_name(r);
        restore_signature(r, &saved[i].is);
        saved[i].lost = restore_bool(r);
        const plan_measure *found = NULL;
        for (uint32_t k = 0; k < e->measure_count && found == NULL && !restore_broken(r); k++) {
            const plan_measure *m = e->measures[k];
            if (m->account == PLAN_NONE || taken[m->account] || !str_equal(m->id, saved[i].name)) {
                continue;
            }
            known[m->account] = true;
            found = memcmp(own.accounts[m->account].bytes, saved[i].is.bytes, DIGEST_SIZE) == 0 ? m : NULL;
        }
        size_t keys = restore_count(r), groups = restore_count(r);
        r->bad = r->bad || (found != NULL && keys != found->key_count) || keys > 1000;
        if (found != NULL && !restore_broken(r)) {
            taken[found->account] = true;
            r->ledger->lost_accounts[found->account] = saved[i].lost;
            r->measures[i] = found;
            found = saved[i].lost ? NULL : found;
            saved[i].used = true;
        }
        for (size_t k = 0; k < groups && !restore_broken(r); k++) {
            take_group(r, found, keys);
        }
    }
    for (uint32_t i = 0; i < e->measure_count && !restore_broken(r); i++) {
        const plan_measure *m = e->measures[i];
        if (m->account == PLAN_NONE) {
            continue;
        }
        if (!taken[m->account]) {
            r->ledger->lost_accounts[m->account] = r->ledger->state.records[m->source->root] > 0;
        }
        bool lost = r->ledger->lost_accounts[m->account];
        restore_say(r, m->id, POLICY_CARRY_MEASURE,
                    !lost               ? POLICY_CARRIED
                    : known[m->account] ? POLICY_CARRIED_CHANGED
                                        : POLICY_CARRIED_NEW);
    }
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        bool there = saved[i].used;
        for (uint32_t k = 0; k < e->measure_count && !there; k++) {
            there = e->measures[k]->account != PLAN_NONE && str_equal(e->measures[k]->id, saved[i].name);
        }
        if (!there) {
            restore_say(r, saved[i].name, POLICY_CARRY_MEASURE, POLICY_CARRIED_GONE);
        }
    }
}
