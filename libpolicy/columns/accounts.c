/*
 * Rows into cells, cells into groups; see accounts.h.
 */
#include "columns/accounts.h"

#define FIELDS_MOST 8
#define AMOUNT_MOST INT32_MAX /* so that no sum of a feed leaves 64 bits */
#define COUNT_MOST  (INT64_C(1) << 30)

static uint32_t field_count(uint64_t fields)
{
    uint32_t count = 0;
    for (; fields != 0; fields &= fields - 1) {
        count++;
    }
    return count;
}

static bool is_usable(const reads *r)
{
    return !r->each && !r->record_id && !r->beyond && field_count(r->fields) <= FIELDS_MOST;
}

cell_account *cell_account_of(programs *p, const plan_measure *m, bool *nomem)
{
    const plan_table *t = p->table;
    aggregate_kind kind = m->algebra.kind;
    if (m->each.present || p->ledger->evidence_rows > 0) {
        return NULL;
    }
    reads keys = {.fields = t->record->dated_by >= 0 ? UINT64_C(1) << t->record->dated_by : 0}, arguments = {0};
    for (uint32_t i = 0; i < m->key_count; i++) {
        const plan_key *key = &m->keys[i];
        reads_add(&keys, t, key->program);
        if (key->program == NULL) {
            if (key->slot < 0 || key->slot >= (int)t->column_count) {
                return NULL;
            }
            keys.fields |= UINT64_C(1) << key->slot;
        }
    }
    bool multiset =
        kind != AGGREGATE_COUNT && kind != AGGREGATE_SUM && kind != AGGREGATE_SHARE && kind != AGGREGATE_RATIO;
    reads_add(multiset ? &keys : &arguments, t, m->arguments[0]);
    reads_add(multiset ? &keys : &arguments, t, m->arguments[1]);
    if (!is_usable(&keys) || !is_usable(&arguments)) {
        return NULL;
    }
    cell_account *x = arena_new(&p->memory, sizeof *x);
    if (x != NULL) {
        *x = (cell_account){.measure = m,
                            .multiset = multiset,
                            .all_keyed = true,
                            .all_exact = true,
                            .group = tuple_of(p, keys.fields),
                            .arguments = tuple_of(p, arguments.fields)};
    }
    if (x == NULL || x->group == NULL || x->arguments == NULL) {
        *nomem = true;
        return NULL;
    }
    return x;
}

void cell_account_free(cell_account *x, const policy_allocator *a)
{
    if (x == NULL) {
        return;
    }
    allocator_free(a, x->keyed);
    allocator_free(a, x->exact);
    allocator_free(a, x->counts);
    allocator_free(a, x->touched);
    for (int i = 0; i < 2; i++) {
        allocator_free(a, x->amounts[i]);
        allocator_free(a, x->sums[i]);
    }
}

/* ---- by code ---- */

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

static value key_of(frame *f, const plan_key *key)
{
    return key->program ? frame_evaluate(f, key->program) : f->slots[key->slot];
}

/* The frame holds a code of the group. */
static bool look_at_keys(programs *p, const cell_account *x, bool *plain)
{
    const plan_measure *m = x->measure;
    *plain = p->frame->dated || p->table->record->dated_by < 0;
    for (uint32_t i = 0; i < m->key_count && *plain; i++) {
        value v = key_of(p->frame, &m->keys[i]);
        if (ran_out(v)) {
            return false;
        }
        *plain = v.kind < VALUE_INTERVAL;
    }
    if (x->multiset && *plain) {
        value v = frame_evaluate(p->frame, m->arguments[0]);
        *plain = v.kind < VALUE_INTERVAL;
        return !ran_out(v);
    }
    return true;
}

/* What a row with the frame's arguments adds to the two sums. */
static bool look_at_amounts(programs *p, const cell_account *x, int64_t amounts[2], bool *exact)
{
    const plan_measure *m = x->measure;
    aggregate_kind kind = m->algebra.kind;
    value v[2] = {value_null(), value_null()};
    amounts[0] = amounts[1] = 0;
    *exact = true;
    for (int i = 0; i < 2 && m->arguments[i] != NULL && !x->multiset; i++) {
        v[i] = frame_evaluate(p->frame, m->arguments[i]);
        if (ran_out(v[i])) {
            return false;
        }
        *exact = *exact && v[i].kind < VALUE_INTERVAL;
    }
    if (!*exact || x->multiset || kind == AGGREGATE_COUNT) {
        return true;
    }
    if (kind == AGGREGATE_SHARE) {
        int64_t weight = 1;
        *exact = v[0].kind == VALUE_BOOL &&
                 (!m->algebra.weighted || (aggregate_amount(v[1], m->algebra.units[0], &weight) && weight >= 0));
        amounts[v[0].kind == VALUE_BOOL && v[0].as.b ? 0 : 1] = weight;
    } else {
        *exact = aggregate_amount(v[0], m->algebra.units[0], &amounts[0]) &&
                 (kind != AGGREGATE_RATIO || aggregate_amount(v[1], m->algebra.units[1], &amounts[1]));
    }
    for (int i = 0; i < 2; i++) {
        *exact = *exact && amounts[i] <= AMOUNT_MOST && amounts[i] >= -(int64_t)AMOUNT_MOST;
    }
    return true;
}

static bool fill(programs *p, cell_account *x)
{
    const policy_allocator *a = p->ledger->allocator;
    uint32_t groups = tuple_count(p, x->group), arguments = tuple_count(p, x->arguments);
    if (!allocator_grow(a, (void **)&x->keyed, &x->keyed_capacity, groups, 1, 0) ||
        !allocator_grow(a, (void **)&x->counts, &x->count_capacity, groups, sizeof *x->counts, 0) ||
        !allocator_grow(a, (void **)&x->touched, &x->touched_capacity, groups, sizeof *x->touched, 0) ||
        !allocator_grow(a, (void **)&x->exact, &x->exact_capacity, arguments, 1, 0)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (!allocator_grow(a, (void **)&x->sums[i], &x->sum_capacity[i], groups, sizeof **x->sums, 0) ||
            !allocator_grow(a, (void **)&x->amounts[i], &x->amount_capacity[i], arguments, sizeof **x->amounts, 0)) {
            return false;
        }
    }
    for (; x->cell_count < groups; x->cell_count++) {
        x->counts[x->cell_count] = x->sums[0][x->cell_count] = x->sums[1][x->cell_count] = 0;
    }
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = x->measure->in_force;
    bool fine = true;
    while (x->keyed_count < groups && fine) {
        bool plain = false;
        fine = tuple_load(p, x->group, x->keyed_count) != TUPLE_LOADED || look_at_keys(p, x, &plain);
        x->keyed[x->keyed_count] = plain ? 255 : 0;
        x->all_keyed = x->all_keyed && plain;
        x->keyed_count += fine ? 1 : 0;
    }
    while (x->exact_count < arguments && fine) {
        bool exact = false;
        int64_t amounts[2] = {0, 0};
        fine = tuple_load(p, x->arguments, x->exact_count) != TUPLE_LOADED || look_at_amounts(p, x, amounts, &exact);
        x->exact[x->exact_count] = exact ? 255 : 0;
        x->all_exact = x->all_exact && exact;
        x->amounts[0][x->exact_count] = amounts[0];
        x->amounts[1][x->exact_count] = amounts[1];
        x->exact_count += fine ? 1 : 0;
    }
    r->in_force = outer;
    return fine;
}

/* ---- rows ---- */

bool cell_account_block(programs *p, cell_account *x, const uint8_t *yes, uint8_t *left)
{
    const uint32_t *groups = tuple_codes(p, x->group), *arguments = groups ? tuple_codes(p, x->arguments) : NULL;
    if (arguments == NULL || !fill(p, x)) {
        return false;
    }
    aggregate_kind kind = x->measure->algebra.kind;
    bool first = !x->multiset && kind != AGGREGATE_COUNT, second = kind == AGGREGATE_SHARE || kind == AGGREGATE_RATIO;
    size_t count = p->coding->count;
    uint8_t take[BLOCK_ROWS];
    for (size_t i = 0; i < count; i++) {
        take[i] = left[i] & yes[i];
        left[i] &= (uint8_t)~take[i];
    }
    for (size_t i = 0; !(x->all_keyed && x->all_exact) && i < count; i++) {
        uint8_t not = take[i] & (uint8_t) ~(x->keyed[groups[i]] & x->exact[arguments[i]]);
        take[i] &= (uint8_t) ~not ;
        left[i] |= not ;
    }
    int64_t *restrict counts = x->counts;
    for (size_t i = 0; i < count; i++) {
        uint32_t g = groups[i];
        if (!take[i]) {
            continue;
        }
        if (counts[g]++ == 0) {
            x->touched[x->touched_count++] = g;
        }
        if (first) {
            x->sums[0][g] += x->amounts[0][arguments[i]];
        }
        if (second) {
            x->sums[1][g] += x->amounts[1][arguments[i]];
        }
    }
    return true;
}

/* ---- cells into groups ---- */

static bool give(programs *p, const cell_account *x, uint32_t code)
{
    policy_ledger *l = p->ledger;
    frame *f = p->frame;
    const plan_measure *m = x->measure;
    group_table *groups = &l->delta.accounts[m->account];
    (void)tuple_load(p, x->group, code);
    value *keys = arena_array(evaluation_scratch(f->ev), (size_t)m->key_count + 1, sizeof(value));
    if (keys == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        keys[i] = key_of(f, &m->keys[i]);
        if (ran_out(keys[i])) {
            return false;
        }
    }
    value v = x->multiset ? frame_evaluate(f, m->arguments[0]) : value_null();
    int64_t count = x->counts[code];
    group *g = ran_out(v) ? NULL : group_insert(groups, keys, group_hash(keys, m->key_count));
    if (g == NULL) {
        return false;
    }
    for (int64_t rest = count; rest > 0; rest -= COUNT_MOST) {
        int part = (int)(rest < COUNT_MOST ? rest : COUNT_MOST);
        if (!group_add_day(g, false, f->dated, f->day, part, groups->allocator)) {
            return false;
        }
    }
    if (x->multiset && !entry_add(&g->state.entries, false, true, v, v, count, groups->allocator)) {
        return false;
    }
    g->state.in += count;
    wide_add(&g->state.sums[0], x->sums[0][code]);
    wide_add(&g->state.sums[1], x->sums[1][code]);
    return true;
}

bool cell_account_flush(programs *p, cell_account *x)
{
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = x->measure->in_force;
    bool fine = true;
    for (uint32_t i = 0; i < x->touched_count; i++) { /* emptied even when the delta has to be given up */
        uint32_t code = x->touched[i];
        fine = fine && give(p, x, code);
        x->counts[code] = x->sums[0][code] = x->sums[1][code] = 0;
    }
    x->touched_count = 0;
    r->in_force = outer;
    return fine;
}
