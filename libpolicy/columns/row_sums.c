/*
 * A sum over row groups by codes, without the groups; see row_groups.h.
 *
 * Entries are added up by the code that decides their keys, and each code's elements give their sum to the group that
 * the upper measure has for them. That is looked up by the numbers of those keys that the upper measure reads, packed
 * into one number, so that its condition and keys are evaluated once for each combination of these.
 */
#include "columns/row_groups.h"
#include "expr/env_model.h"
#include "expr/tree.h"

#define KEYS_MOST   32
#define SUM_MOST    (INT64_C(1) << 62)
#define SLOTS_LEAST 64

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

/* ---- may it be? ---- */

/* Which keys of the measure below it reads; false: something else, too. */
static bool read_keys(const tree *part, uint32_t key_count, uint32_t *keys)
{
    if (part->kind == TREE_NAME && part->variable != NULL && part->variable->slot >= 0) {
        if (part->variable->slot >= (int)key_count) {
            return false;
        }
        *keys |= UINT32_C(1) << part->variable->slot;
    }
    for (uint32_t i = 0; i < part->count; i++) {
        if (!read_keys(part->children[i], key_count, keys)) {
            return false;
        }
    }
    return true;
}

static bool program_usable(const expr *x, uint32_t key_count, uint32_t *keys)
{
    return x == NULL || (expr_tree(x) != NULL && read_keys(expr_tree(x), key_count, keys));
}

static bool measure_usable(const row_groups *x, const plan_measure *m, uint32_t *keys)
{
    uint32_t key_count = x->measure->key_count;
    bool sum = m->algebra.kind == AGGREGATE_SUM && m->arguments[0] != NULL && m->arguments[1] == NULL &&
               expr_single_slot(m->arguments[0]) == (int)key_count;
    *keys = 0;
    bool usable = sum && !m->each.present && m->also_count == 0 && key_count <= KEYS_MOST &&
                  program_usable(m->when, key_count, keys);
    for (uint32_t i = 0; i < m->key_count && usable; i++) {
        if (m->keys[i].program != NULL) {
            usable = program_usable(m->keys[i].program, key_count, keys);
        } else {
            usable = m->keys[i].slot >= 0 && m->keys[i].slot < (int)key_count;
            *keys |= usable ? UINT32_C(1) << m->keys[i].slot : 0;
        }
    }
    return usable && !(*keys >> x->keys->id_key & 1);
}

/* May an ordinary group have a record's id that an entry has, too? */
static bool is_entry(const policy_ledger *l, const row_groups *x, value id)
{
    str text = id.kind == VALUE_STRING ? value_text(id) : (str){NULL, 0};
    size_t at = text.size;
    uint64_t row = 0, power = 1;
    for (; at > 0 && text.data[at - 1] >= '0' && text.data[at - 1] <= '9' && text.size - at < 19; at--, power *= 10) {
        row += (uint64_t)(text.data[at - 1] - '0') * power;
    }
    if (at == 0 || text.data[at - 1] != '#') {
        return false;
    }
    str source = {text.data, at - 1};
    for (size_t i = 0; i < x->span_count; i++) {
        const row_span *s = &x->spans[i];
        if (row >= s->base && row < s->end && str_equal(l->sources[s->source], source)) {
            return true;
        }
    }
    return false;
}

static bool others_apart(const policy_ledger *l, const row_groups *x, const group_table *others)
{
    bool apart = !x->repeated;
    for (size_t i = 0; i < others->capacity && apart; i++) {
        apart = others->slots[i] == NULL || !is_entry(l, x, others->slots[i]->keys[x->keys->id_key]);
    }
    return apart;
}

/* ---- codes to groups ---- */

typedef struct upper_place {
    uint64_t packed;
    group *group; /* NULL: rows of these keys are out */
    bool taken;
} upper_place;

typedef struct summing {
    programs *programs;
    row_groups *rows;
    const plan_measure *measure;
    frame *frame;
    group_table *groups;
    uint64_t strides[KEYS_MOST]; /* 0: the key is not read */
    upper_place *places;
    size_t place_count, used;
    int64_t *sums; /* by code */
    uint32_t *counts;
    bool done;
} summing;

static bool pack_keys(summing *s, uint32_t keys)
{
    const row_keys *k = s->rows->keys;
    uint64_t product = 1;
    for (uint32_t i = 0; i < k->like->key_count; i++) {
        s->strides[i] = keys >> i & 1 ? product : 0;
        if (s->strides[i] != 0) {
            uint64_t count = k->values[i].count > 0 ? k->values[i].count : 1;
            if (product > UINT64_MAX / count) {
                return false;
            }
            product *= count;
        }
    }
    return true;
}

static upper_place *place_of(summing *s, uint64_t packed)
{
    uint64_t h = packed * UINT64_C(0x9E3779B97F4A7C15);
    size_t mask = s->place_count - 1, i = (size_t)(h ^ h >> 29) & mask;
    while (s->places[i].taken && s->places[i].packed != packed) {
        i = (i + 1) & mask;
    }
    return &s->places[i];
}

static bool grow_places(summing *s)
{
    const policy_allocator *a = s->programs->ledger->allocator;
    if (2 * (s->used + 1) <= s->place_count) {
        return true;
    }
    upper_place *before = s->places;
    size_t count = s->place_count;
    s->place_count = count > 0 ? count * 2 : SLOTS_LEAST;
    s->places = allocator_zero(a, s->place_count, sizeof *s->places);
    if (s->places == NULL) {
        s->places = before;
        s->place_count = count;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (before[i].taken) {
            *place_of(s, before[i].packed) = before[i];
        }
    }
    allocator_free(a, before);
    return true;
}

/* The upper measure's group for an element; false out of memory, or (done false) when it cannot be said. */
static bool make_group(summing *s, const uint32_t *numbers, int32_t day, group **out)
{
    const row_keys *k = s->rows->keys;
    const plan_measure *m = s->measure;
    frame *f = s->frame;
    *out = NULL;
    frame_reset(f);
    for (uint32_t i = 0; i < k->like->key_count; i++) {
        f->slots[i] = i == k->id_key ? value_unknown(0) : k->values[i].values[numbers[i]];
    }
    f->slots[k->like->key_count] = value_unknown(0);
    f->dated = true;
    f->day = day;
    value when = frame_when(f, m->when, m->also, m->also_count);
    if (ran_out(when)) {
        return false;
    }
    s->done = when.kind == VALUE_BOOL;
    if (!s->done || !when.as.b) {
        return true;
    }
    value *keys = arena_array(evaluation_scratch(f->ev), (size_t)m->key_count + 1, sizeof(value));
    if (keys == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < m->key_count && s->done; i++) {
        keys[i] = m->keys[i].program ? frame_evaluate(f, m->keys[i].program) : f->slots[m->keys[i].slot];
        if (ran_out(keys[i])) {
            return false;
        }
        s->done = keys[i].kind < VALUE_INTERVAL;
    }
    if (s->done) {
        *out = group_insert(s->groups, keys, group_hash(keys, m->key_count));
    }
    return !s->done || *out != NULL;
}

/* The place of one element of a code. */
static uint64_t packed_keys(const summing *s, const row_elements *e, uint32_t element)
{
    const row_keys *k = s->rows->keys;
    const uint32_t *numbers = &k->numbers[(size_t)(e->first + element) * k->like->key_count];
    uint64_t packed = 0;
    for (uint32_t n = 0; n < k->like->key_count; n++) {
        packed += s->strides[n] * numbers[n];
    }
    return packed;
}

static bool give_code(summing *s, uint32_t code)
{
    const row_keys *k = s->rows->keys;
    const row_elements *e = &k->elements[code];
    uint32_t key_count = k->like->key_count;
    for (uint32_t i = 0; i < e->count; i++) {
        const uint32_t *numbers = &k->numbers[(size_t)(e->first + i) * key_count];
        uint64_t packed = packed_keys(s, e, i);
        if (!grow_places(s)) {
            return false;
        }
        upper_place *to = place_of(s, packed);
        if (!to->taken) {
            group *g;
            if (!make_group(s, numbers, e->day, &g)) {
                return false;
            }
            if (!s->done) {
                return true;
            }
            *to = (upper_place){.packed = packed, .group = g, .taken = true};
            s->used++;
        }
        if (to->group == NULL) {
            continue;
        }
        wide_add(&to->group->state.sums[0], s->sums[code]);
        to->group->state.in += s->counts[code];
        if (!group_add_day(to->group, false, true, e->day, (int)s->counts[code], s->groups->allocator)) {
            return false;
        }
    }
    return true;
}

/* ---- entries to codes ---- */

/* What a value adds, by code of the arguments; false: no unit holds one of them, or a sum could be out of reach. */
static bool find_amounts(const row_groups *x, const plan_measure *m, int64_t *amounts)
{
    int64_t most = 1;
    for (uint32_t i = 0; i < x->exact_count; i++) {
        amounts[i] = 0;
        if (x->exact[i] && !aggregate_amount(x->amounts[i], m->algebra.units[0], &amounts[i])) {
            return false;
        }
        if (amounts[i] > SUM_MOST || amounts[i] < -SUM_MOST) {
            return false;
        }
        int64_t size = amounts[i] < 0 ? -amounts[i] : amounts[i];
        most = size > most ? size : most;
    }
    return x->held < INT32_MAX && most > 0 && (int64_t)x->held <= SUM_MOST / most;
}

static bool add_up(summing *s)
{
    const row_groups *x = s->rows;
    const policy_allocator *a = s->programs->ledger->allocator;
    int64_t *amounts = allocator_zero(a, (size_t)x->exact_count + 1, sizeof *amounts);
    s->sums = allocator_zero(a, (size_t)x->keys->filled + 1, sizeof *s->sums);
    s->counts = allocator_zero(a, (size_t)x->keys->filled + 1, sizeof *s->counts);
    bool fine = amounts != NULL && s->sums != NULL && s->counts != NULL;
    s->done = fine && find_amounts(x, s->measure, amounts);
    for (size_t i = 0; s->done && i < x->held; i++) {
        s->sums[x->groups[i]] += amounts[x->given[i]];
        s->counts[x->groups[i]]++;
    }
    allocator_free(a, amounts);
    return fine;
}

/* The rows of the entries as evidence of the groups they went into. */
static bool name_rows(summing *s)
{
    const policy_ledger *l = s->programs->ledger;
    const row_groups *x = s->rows;
    const row_keys *k = x->keys;
    source_names names = ledger_sources(l);
    size_t span = 0;
    for (size_t i = 0; i < x->held; i++) {
        const row_elements *e = &k->elements[x->groups[i]];
        while (span + 1 < x->span_count && x->spans[span + 1].at <= i) {
            span++;
        }
        for (uint32_t n = 0; n < e->count; n++) {
            group *g = place_of(s, packed_keys(s, e, n))->group;
            if (g != NULL && !group_add_row(g, x->spans[span].source, x->spans[span].base + x->rows[i], false, 1,
                                            l->evidence_rows, &names, s->groups->allocator)) {
                return false;
            }
        }
    }
    return true;
}

bool row_groups_sum(programs *p, row_groups *x, const plan_measure *m, const group_table *others, frame *f,
                    group_table *into, bool *done)
{
    uint32_t keys;
    summing s = {.programs = p, .rows = x, .measure = m, .frame = f};
    *done = false;
    if (!measure_usable(x, m, &keys) || !pack_keys(&s, keys) || !others_apart(p->ledger, x, others)) {
        return true;
    }
    const policy_allocator *a = p->ledger->allocator;
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = m->in_force;
    group_table groups;
    group_table_init(&groups, a, into->key_count);
    s.groups = &groups;
    bool fine = add_up(&s);
    for (uint32_t code = 0; code < x->keys->filled && fine && s.done; code++) {
        fine = s.counts[code] == 0 || give_code(&s, code);
    }
    r->in_force = outer;
    if (fine && s.done && p->ledger->evidence_rows > 0) {
        fine = name_rows(&s);
    }
    if (fine && s.done && (fine = group_table_reserve(into, &groups, p->ledger->evidence_rows))) {
        source_names names = ledger_sources(p->ledger);
        group_table_merge(into, &groups, p->ledger->evidence_rows, &names);
        *done = true;
    }
    group_table_free(&groups);
    allocator_free(a, s.places);
    allocator_free(a, s.sums);
    allocator_free(a, s.counts);
    return fine;
}
