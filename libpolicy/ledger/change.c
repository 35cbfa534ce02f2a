/*
 * Working out what a record changes, and doing it; see change.h.
 *
 * The one hard case is a measure over a measure whose texts read a third one by key: then not only the rows of changed
 * groups have to be taken out and put back, but those of groups whose reading changed. Reads say by which columns they
 * are made (reach.h), so these are the groups that have the changed keys there.
 */
#include "ledger/change.h"

#include <string.h>

#include "base/bits.h"
#include "columns/columns.h"
#include "engine/screen.h"

bool change_begin(change *c, policy_ledger *l, state *delta, measure_change *measures, const policy_allocator *contents,
                  const policy_allocator *scratch_memory, uint32_t type_at)
{
    *c = (change){.ledger = l,
                  .allocator = contents,
                  .scratch = scratch_memory,
                  .type_at = type_at,
                  .delta = delta,
                  .measures = measures};
    if (l->reach == NULL) {
        l->reach = reach_new(l->engine);
    }
    return l->reach != NULL && accounts_settle(l);
}

void change_look(change *c, bool after)
{
    policy_ledger *l = c->ledger;
    l->change = c;
    l->after = after;
    l->run.calendar = after && c->calendar ? c->calendar : l->fed_calendar ? l->fed_calendar : l->engine->calendar;
}

policy_status change_apply(change *c, const record *r, int sign, policy_error **err)
{
    policy_ledger *l = c->ledger;
    if (sign < 0 && !c->removes) {
        if (!state_init_in(&c->taken, l->engine, &l->state, c->allocator)) {
            return error_nomem(err);
        }
        c->removes = true;
    }
    switch (record_apply(l, c->type_at, r, sign, c->delta, &c->taken)) {
    case APPLY_DONE:
        return POLICY_OK;
    case APPLY_ABSENT:
        return error_set(err, l->allocator,
                         &(error_spec){.status = POLICY_E_NOT_FOUND, .message = MESSAGE_LEDGER_NO_RECORD});
    default:
        return notices_error(&c->delta->notices, err);
    }
}

/* ---- what goes ---- */

static bool holds(const kept_rows *rows, const kept_row *r)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i] == r) {
            return true;
        }
    }
    return false;
}

/* The rows of `have` that equal those of `taken`, each once, into `gone`. *found is false when one is not there. */
static bool match_rows(change *c, const kept_rows *have, const kept_rows *taken, kept_rows *gone, bool *found)
{
    for (size_t i = 0; i < taken->count; i++) {
        kept_row *match = NULL;
        for (size_t k = 0; k < have->count && match == NULL; k++) {
            if (kept_row_same(have->items[k], taken->items[i]) && !holds(gone, have->items[k])) {
                match = have->items[k];
            }
        }
        if (match == NULL) {
            *found = false;
            continue;
        }
        if (!allocator_grow(c->scratch, (void **)&gone->items, &gone->capacity, gone->count + 1, sizeof *gone->items,
                            SIZE_MAX / 64)) {
            return false;
        }
        gone->items[gone->count++] = match;
    }
    return true;
}

static bool same_covered(const covered *a, const covered *b)
{
    return a->type_at == b->type_at && a->has_from == b->has_from && a->has_until == b->has_until &&
           a->from == b->from && a->until == b->until && (a->school.data == NULL) == (b->school.data == NULL) &&
           str_equal(a->school, b->school);
}

/* Remove one of each; what is left of `items`. Owned texts of the removed ones go last, behind the new count. */
static size_t without_covered(covered *items, size_t count, const state *taken)
{
    for (size_t i = 0; i < taken->covered_count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (same_covered(&items[k], &taken->covered[i])) {
                covered out = items[k];
                memmove(&items[k], &items[k + 1], (count - k - 1) * sizeof *items);
                items[--count] = out;
                break;
            }
        }
    }
    return count;
}

static bool remake_covered(change *c)
{
    policy_ledger *l = c->ledger;
    const state *s = &l->state, *d = c->delta;
    size_t count = s->covered_count + d->covered_count;
    if (d->covered_count == 0 && c->taken.covered_count == 0) {
        return true;
    }
    c->covered = allocator_zero(c->scratch, count + 1, sizeof *c->covered);
    if (c->covered == NULL) {
        return false;
    }
    if (s->covered_count > 0) {
        memcpy(c->covered, s->covered, s->covered_count * sizeof *s->covered);
    }
    if (d->covered_count > 0) {
        memcpy(c->covered + s->covered_count, d->covered, d->covered_count * sizeof *d->covered);
    }
    c->covered_count = without_covered(c->covered, count, &c->taken);
    return true;
}

static policy_status absent(const change *c, policy_error **err)
{
    return error_set(err, c->ledger->allocator,
                     &(error_spec){.status = POLICY_E_NOT_FOUND, .message = MESSAGE_LEDGER_NO_RECORD});
}

policy_status change_match(change *c, policy_error **err)
{
    policy_ledger *l = c->ledger;
    const policy_engine *e = l->engine;
    if (c->removes) {
        bool found = true;
        for (size_t i = 0; i < (size_t)e->rule_count * VERDICTS; i++) {
            c->delta->verdicts[i] -= c->taken.verdicts[i];
        }
        for (uint32_t i = 0; i < e->account_count && found; i++) {
            found = group_table_holds(&l->state.accounts[i], &c->delta->accounts[i]);
        }
        if (!match_rows(c, &l->state.kept, &c->taken.kept, &c->gone[ROWS_KEPT], &found) ||
            !match_rows(c, &l->state.late, &c->taken.late, &c->gone[ROWS_LATE], &found) ||
            !match_rows(c, &l->state.keyless, &c->taken.keyless, &c->gone[ROWS_KEYLESS], &found)) {
            return error_nomem(err);
        }
        if (!found) {
            return absent(c, err);
        }
    }
    policy_status fits = ledger_check_calendar(l, c->delta, err);
    if (fits != POLICY_OK) {
        return fits;
    }
    if (!remake_covered(c) || !ledger_remake_calendar(l, c->delta, c->removes ? &c->taken : NULL, &c->calendar)) {
        return error_nomem(err);
    }
    change_look(c, false);
    bool before = ledger_supplied(l, c->type_at);
    change_look(c, true);
    c->everything = before != ledger_supplied(l, c->type_at) || c->covered != NULL || c->calendar != NULL ||
                    (int)c->type_at == e->coverage_type;
    change_look(c, false);
    return POLICY_OK;
}

/* ---- what follows ---- */

/* The changed groups as they will be. Of a delta that is never taken in the groups themselves may be used. */
static bool make_after(change *c, const plan_measure *m, const group_table *base, const group_table *delta)
{
    measure_change *mc = &c->measures[m->number];
    source_names names = ledger_sources(c->ledger);
    uint32_t most = c->ledger->evidence_rows;
    for (size_t i = 0; i < delta->capacity; i++) {
        group *d = delta->slots[i];
        if (d == NULL) {
            continue;
        }
        const group *b = group_find(base, d->keys, d->hash);
        if (c->delta->probing && b == NULL && m->account != PLAN_NONE) {
            if (!group_table_put(&mc->after, d)) {
                return false;
            }
            continue;
        }
        group *more = c->delta->probing ? d : group_copy(d, m->key_count, c->scratch);
        group *g = b ? group_copy(b, m->key_count, c->scratch) : group_insert(&mc->after, d->keys, d->hash);
        if (more == NULL || g == NULL || !group_reserve(g, more, most, c->scratch) ||
            (b != NULL && !group_table_put(&mc->after, g))) {
            return false;
        }
        group_join(g, more, most, &names, c->scratch);
    }
    return true;
}

static bool has_columns(const group *g, const read_site *site, const group *changed, uint32_t key_count)
{
    for (uint32_t i = 0; i < site->measure->key_count; i++) {
        int slot = site->slots[i];
        if (slot >= 0 && slot < (int)key_count && !value_equal(g->keys[slot], changed->keys[i])) {
            return false;
        }
    }
    return true;
}

bool change_touches(const change *c, const read_sites *sites)
{
    for (uint32_t i = 0; i < sites->count; i++) {
        if (c->measures[sites->items[i].measure->number].touched) {
            return true;
        }
    }
    return false;
}

bool change_readers(change *c, const plan_measure *m, const read_sites *sites, group_table *out)
{
    policy_ledger *l = c->ledger;
    const measure_change *own = &c->measures[m->number];
    group_table_init(out, c->scratch, m->key_count);
    for (uint32_t i = 0; i < sites->count; i++) {
        const measure_change *read = &c->measures[sites->items[i].measure->number];
        for (size_t k = 0; read->touched && k < read->after.capacity; k++) {
            const group *changed = read->after.slots[k];
            group_walk walk;
            if (changed == NULL) {
                continue;
            }
            change_look(c, false);
            if (!ledger_groups(l, m, &walk)) {
                return false;
            }
            for (const group *g; (g = group_walk_next(&walk)) != NULL;) {
                if (has_columns(g, &sites->items[i], changed, m->key_count) &&
                    group_find(&own->after, g->keys, g->hash) == NULL && group_find(out, g->keys, g->hash) == NULL &&
                    !group_table_put(out, (group *)g)) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* The row of one group below, as it was taken out and as it will be put in. */
static bool replace_row(change *c, const plan_measure *m, const group *below, kept_rows *gone)
{
    measure_change *mc = &c->measures[m->number];
    change_look(c, false);
    if (!stacked_give(c->ledger, m, below->keys, below->hash, &mc->delta, gone, -1)) {
        return false;
    }
    change_look(c, true);
    bool fine = stacked_give(c->ledger, m, below->keys, below->hash, &mc->delta, &mc->added, 1);
    change_look(c, false);
    return fine;
}

static bool derive_stacked(change *c, const plan_measure *m)
{
    policy_ledger *l = c->ledger;
    measure_change *mc = &c->measures[m->number];
    const plan_measure *below = m->source->measure;
    const measure_change *source = &c->measures[below->number];
    if (!source->touched && !change_touches(c, &l->reach->measures[m->number])) {
        return true;
    }
    if (!stacked_prepare(l, m)) {
        return false;
    }
    group_table readers;
    kept_rows gone = {0};
    bool fine = change_readers(c, below, &l->reach->measures[m->number], &readers), found = true;
    group_table_init(&mc->delta, c->allocator, m->key_count);
    group_table_init(&mc->after, c->scratch, m->key_count);
    for (size_t i = 0; fine && source->touched && i < source->after.capacity; i++) {
        fine = source->after.slots[i] == NULL || replace_row(c, m, source->after.slots[i], &gone);
    }
    for (size_t i = 0; fine && i < readers.capacity; i++) {
        fine = readers.slots[i] == NULL || replace_row(c, m, readers.slots[i], &gone);
    }
    fine = fine && match_rows(c, &l->stacked[m->number].keyless, &gone, &mc->gone, &found);
    for (size_t i = 0; i < gone.count; i++) {
        kept_row_free(gone.items[i], c->allocator);
    }
    allocator_free(c->allocator, gone.items);
    mc->touched = fine && (mc->delta.count > 0 || mc->added.count > 0 || mc->gone.count > 0);
    return fine && make_after(c, m, &l->stacked[m->number].groups, &mc->delta);
}

static bool derive_whole(change *c, const plan_measure *m)
{
    measure_change *mc = &c->measures[m->number];
    if (!stacked_prepare(c->ledger, m)) { /* as it is, for the comparison */
        return false;
    }
    group_table_init(&mc->delta, c->allocator, m->key_count);
    group_table_init(&mc->after, c->scratch, m->key_count);
    change_look(c, true);
    bool fine = stacked_compute(c->ledger, m, &mc->after, &mc->added);
    change_look(c, false);
    mc->touched = mc->whole = true;
    return fine;
}

bool change_derive(change *c, bool all)
{
    policy_ledger *l = c->ledger;
    const policy_engine *e = l->engine;
    const type_work *work = &l->work[c->type_at];
    for (uint32_t i = 0; i < work->measure_count; i++) {
        const plan_measure *m = work->measures[i];
        if (m->account == PLAN_NONE || c->delta->accounts[m->account].count == 0) {
            continue;
        }
        measure_change *mc = &c->measures[m->number];
        group_table_init(&mc->after, c->scratch, m->key_count);
        mc->touched = true;
        if (!make_after(c, m, &l->state.accounts[m->account], &c->delta->accounts[m->account])) {
            return false;
        }
    }
    if (c->everything) {
        for (uint32_t i = 0; all && i < e->measure_count; i++) {
            if (e->measures[i]->account == PLAN_NONE && !derive_whole(c, e->measures[i])) {
                return false;
            }
        }
        return true;
    }
    const type_reach *t = &l->reach->types[c->type_at];
    for (uint32_t i = 0; i < t->measure_count; i++) {
        const plan_measure *m = t->measures[i];
        if (m->account == PLAN_NONE && (all || l->stacked[m->number].ready) && !derive_stacked(c, m)) {
            return false;
        }
    }
    return true;
}

/* ---- taking it ---- */

static bool is_kept_up(const change *c)
{
    return !c->everything && c->ledger->evidence_rows == 0;
}

static bool reserve_all(change *c)
{
    policy_ledger *l = c->ledger;
    if (!state_reserve(&l->state, c->delta, l->evidence_rows)) {
        return false;
    }
    for (uint32_t i = 0; is_kept_up(c) && i < l->engine->measure_count; i++) {
        measure_change *mc = &c->measures[i];
        stacked *s = &l->stacked[i];
        if (mc->touched && l->engine->measures[i]->account == PLAN_NONE &&
            (!group_table_reserve(&s->groups, &mc->delta, 0) ||
             !allocator_grow(l->allocator, (void **)&s->keyless.items, &s->keyless.capacity,
                             s->keyless.count + mc->added.count, sizeof *s->keyless.items, SIZE_MAX / 64))) {
            return false;
        }
    }
    return true;
}

static void remove_rows(kept_rows *rows, const kept_rows *gone, const policy_allocator *a)
{
    for (size_t i = 0; i < gone->count; i++) {
        for (size_t k = 0; k < rows->count; k++) {
            if (rows->items[k] == gone->items[i]) {
                rows->items[k] = rows->items[--rows->count];
                kept_row_free(gone->items[i], a);
                break;
            }
        }
    }
}

static void take_stacked(change *c)
{
    policy_ledger *l = c->ledger;
    source_names names = ledger_sources(l);
    for (uint32_t i = 0; i < l->engine->measure_count; i++) {
        measure_change *mc = &c->measures[i];
        stacked *s = &l->stacked[i];
        if (!mc->touched || l->engine->measures[i]->account != PLAN_NONE) {
            continue;
        }
        group_table_merge(&s->groups, &mc->delta, 0, &names);
        remove_rows(&s->keyless, &mc->gone, l->allocator);
        for (size_t k = 0; k < mc->added.count; k++) {
            s->keyless.items[s->keyless.count++] = mc->added.items[k];
        }
        mc->added.count = 0;
    }
}

static void remove_days(state *s, const state *taken)
{
    for (size_t i = 0; i < taken->day_count; i++) {
        for (size_t k = 0; k < s->day_count; k++) {
            calendar_row *have = &s->days[k], *row = &taken->days[i];
            if (have->day == row->day && have->teaching == row->teaching && str_equal(have->term, row->term) &&
                (have->term.data == NULL) == (row->term.data == NULL)) {
                allocator_free(s->allocator, (char *)have->term.data);
                memmove(have, have + 1, (s->day_count - k - 1) * sizeof *have);
                s->day_count--;
                break;
            }
        }
    }
}

bool change_take(change *c)
{
    policy_ledger *l = c->ledger;
    size_t notices_before = l->state.notices.count;
    change_look(c, false);
    if (!reserve_all(c)) {
        notices_truncate(&l->state.notices, notices_before);
        return false;
    }
    remove_rows(&l->state.kept, &c->gone[ROWS_KEPT], l->allocator);
    remove_rows(&l->state.late, &c->gone[ROWS_LATE], l->allocator);
    remove_rows(&l->state.keyless, &c->gone[ROWS_KEYLESS], l->allocator);
    source_names names = ledger_sources(l);
    state_merge(&l->state, c->delta, l->evidence_rows, &names);
    if (c->removes) {
        size_t left = without_covered(l->state.covered, l->state.covered_count, &c->taken);
        for (size_t i = left; i < l->state.covered_count; i++) {
            allocator_free(l->allocator, (char *)l->state.covered[i].school.data);
        }
        l->state.covered_count = left;
        remove_days(&l->state, &c->taken);
        notices_take_back(&l->state.notices, &c->taken.notices);
        noted_settle(&l->state.defaults, &l->state.notices, l->engine->schema->types, l->sources);
        for (uint32_t i = 0; i < l->engine->type_count; i++) {
            if (l->state.records[i] == 0) { /* the next one is the first again */
                noted_forget(&l->state.defaults, i, &l->state.notices, l->engine->tables[i]->name);
            }
        }
    }
    if (c->calendar != NULL) {
        calendar_free(l->fed_calendar);
        l->fed_calendar = c->calendar;
        c->calendar = NULL;
    }
    if (is_kept_up(c)) {
        take_stacked(c);
    } else {
        stacked_forget_all(l);
    }
    l->started = true;
    c->done = true;
    return true;
}

/* Give back what a measure's change owns, and leave it empty. */
static void end_measure(const change *c, measure_change *mc)
{
    if (mc->after.allocator == NULL && mc->delta.allocator == NULL) {
        return; /* it was not looked at */
    }
    if (!c->delta->probing) {
        if (mc->delta.allocator != NULL) {
            group_table_free(&mc->delta);
        }
        const policy_allocator *a = mc->whole ? c->scratch : c->allocator;
        for (size_t k = 0; k < mc->added.count; k++) {
            kept_row_free(mc->added.items[k], a);
        }
        allocator_free(a, mc->added.items);
    }
    *mc = (measure_change){.touched = false};
}

static void forget_verdicts(state *s, const plan_version *v)
{
    memset(&s->verdicts[(size_t)v->rule->number * VERDICTS], 0, VERDICTS * sizeof *s->verdicts);
}

/* A probe's contents go with the scratch memory: only what one record of the type can have touched is set back. */
static void forget_probe(change *c)
{
    state *s = c->delta;
    const type_work *work = &c->ledger->work[c->type_at];
    for (uint32_t i = 0; i < work->measure_count; i++) {
        if (work->measures[i]->account != PLAN_NONE) {
            group_table_init(&s->accounts[work->measures[i]->account], s->allocator, work->measures[i]->key_count);
        }
    }
    const screen *by = c->everything ? NULL : ledger_screen(c->ledger, c->type_at);
    for (uint32_t w = 0; by != NULL && w < by->words; w++) {
        for (uint64_t bits = c->ledger->left[w]; bits != 0; bits &= bits - 1) {
            forget_verdicts(s, by->versions[w * 64 + bits_lowest(bits)]);
        }
    }
    for (uint32_t i = 0; by == NULL && i < work->version_count; i++) {
        forget_verdicts(s, work->versions[i]);
    }
    s->records[c->type_at] = 0;
    s->kept = s->late = s->keyless = (kept_rows){.items = NULL};
    notices_init(&s->notices, s->allocator);
    s->covered = NULL;
    s->days = NULL;
    s->covered_count = s->covered_capacity = s->day_count = s->day_capacity = 0;
    if (s->schools.index.count > 0) {
        map_clear(&s->schools.index);
        arena_reset(&s->schools.names);
    }
    s->schools.asked = false;
}

void change_end(change *c)
{
    policy_ledger *l = c->ledger;
    l->depth = 0;
    l->run.in_force = NULL;
    const type_reach *t = l->reach != NULL ? &l->reach->types[c->type_at] : NULL;
    for (uint32_t i = 0; t != NULL && i < (c->everything ? l->engine->measure_count : t->measure_count); i++) {
        end_measure(c, &c->measures[c->everything ? i : t->measures[i]->number]);
    }
    if (c->removes) {
        state_free(&c->taken);
    }
    calendar_free(c->calendar);
    c->calendar = NULL;
    change_look(c, false);
    l->change = NULL;
    if (c->delta->probing) {
        forget_probe(c);
    } else {
        state_clear(c->delta);
    }
    if (!c->done) {
        ledger_recall_kills(l); /* what the change found out about scripts never was */
    }
}
