/*
 * Rows to entries, entries to groups; see row_groups.h.
 */
#include "columns/row_groups.h"

#include "base/number.h"

#include "expr/env_model.h"
#include "expr/tree.h"

#define FIELDS_MOST 12

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

static uint32_t field_count(uint64_t fields)
{
    uint32_t count = 0;
    for (; fields != 0; fields &= fields - 1) {
        count++;
    }
    return count;
}

/* ---- which measures ---- */

static bool reads_id(const plan_table *t, const tree *part)
{
    reads r = {0};
    reads_add_tree(&r, t, part);
    return r.record_id;
}

/* Does the program give the record's id as it is or something that does not depend on it? */
static bool only_gives_id(const plan_table *t, const tree *part)
{
    if (!reads_id(t, part)) {
        return true;
    }
    if (part->kind == TREE_NAME && part->variable != NULL) {
        int slot = part->variable->slot, let = slot - t->first_let;
        const expr *program = let >= 0 && let < (int)t->let_count ? t->lets[let].program : NULL;
        return slot == t->record_id || (program != NULL && only_gives_id(t, expr_tree(program)));
    }
    return part->kind == TREE_CONDITIONAL && !reads_id(t, part->children[0]) && only_gives_id(t, part->children[1]) &&
           only_gives_id(t, part->children[2]);
}

/* The fields that decide the keys; *id_key: the one that may be the record's id. */
static bool keys_usable(const plan_table *t, const plan_measure *m, uint64_t *fields, uint32_t *id_key)
{
    reads all = {.fields = UINT64_C(1) << t->record->dated_by};
    *id_key = m->key_count;
    for (uint32_t i = 0; i < m->key_count; i++) {
        const plan_key *key = &m->keys[i];
        bool each = key->program == NULL && m->each.present && key->slot == t->each;
        if (key->program == NULL && !each) {
            if (key->slot < 0 || key->slot >= (int)t->column_count) {
                return false;
            }
            all.fields |= UINT64_C(1) << key->slot;
            continue;
        }
        reads r = {0};
        reads_add(&r, t, key->program);
        if (r.beyond) {
            return false;
        }
        if (r.record_id) {
            if (*id_key < m->key_count || !only_gives_id(t, expr_tree(key->program))) {
                return false;
            }
            *id_key = i;
        }
        all.fields |= r.fields;
    }
    reads list = {0};
    reads_add(&list, t, m->each.present ? m->each.list : NULL);
    *fields = all.fields | list.fields;
    return *id_key < m->key_count && !list.beyond && !list.record_id && !list.each &&
           field_count(*fields) <= FIELDS_MOST;
}

static bool same_program(const expr *a, const expr *b)
{
    return (a == NULL) == (b == NULL) && (a == b || (a != NULL && str_equal(expr_source_text(a), expr_source_text(b))));
}

static bool same_keys(const plan_measure *a, const plan_measure *b)
{
    bool same =
        a->key_count == b->key_count && a->each.present == b->each.present && a->in_force == b->in_force &&
        (!a->each.present || (str_equal(a->each.name, b->each.name) && same_program(a->each.list, b->each.list)));
    for (uint32_t i = 0; i < a->key_count && same; i++) {
        same = a->keys[i].slot == b->keys[i].slot && same_program(a->keys[i].program, b->keys[i].program);
    }
    return same;
}

static row_keys *keys_of(programs *p, const plan_measure *m, uint64_t fields, uint32_t id_key, row_keys **shared)
{
    for (row_keys *k = *shared; k != NULL; k = k->next) {
        if (same_keys(k->like, m)) {
            return k;
        }
    }
    row_keys *k = arena_new(&p->memory, sizeof *k);
    domain *values = arena_array(&p->memory, m->key_count, sizeof *values);
    tuple *fields_of = tuple_of(p, fields);
    if (k == NULL || values == NULL || fields_of == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        domain_init(&values[i], p->ledger->allocator);
    }
    *k = (row_keys){.like = m, .id_key = id_key, .group = fields_of, .values = values, .next = *shared};
    *shared = k;
    return k;
}

row_groups *row_groups_of(programs *p, const plan_measure *m, row_keys **shared, bool *nomem)
{
    const plan_table *t = p->table;
    aggregate_kind kind = m->algebra.kind;
    uint64_t fields;
    uint32_t id_key;
    reads arguments = {0};
    reads_add(&arguments, t, m->arguments[0]);
    if ((kind != AGGREGATE_MAX && kind != AGGREGATE_MIN) || t->record->dated_by < 0 || arguments.each ||
        arguments.record_id || arguments.beyond || field_count(arguments.fields) > FIELDS_MOST ||
        !keys_usable(t, m, &fields, &id_key)) {
        return NULL;
    }
    row_groups *x = arena_new(&p->memory, sizeof *x);
    row_keys *keys = x ? keys_of(p, m, fields, id_key, shared) : NULL;
    tuple *given = keys ? tuple_of(p, arguments.fields) : NULL;
    if (given == NULL) {
        *nomem = true;
        return NULL;
    }
    *x = (row_groups){.measure = m, .keys = keys, .arguments = given};
    return x;
}

void row_groups_free(row_groups *x, const policy_allocator *a)
{
    if (x == NULL) {
        return;
    }
    allocator_free(a, x->exact);
    allocator_free(a, x->amounts);
    allocator_free(a, x->groups);
    allocator_free(a, x->given);
    allocator_free(a, x->rows);
    allocator_free(a, x->spans);
}

void row_keys_free(row_keys *k, const policy_allocator *a)
{
    for (; k != NULL; k = k->next) {
        for (uint32_t i = 0; i < k->like->key_count; i++) {
            domain_free(&k->values[i]);
        }
        allocator_free(a, k->elements);
        allocator_free(a, k->numbers);
    }
}

/* ---- codes ---- */

static const char the_id[] = "id"; /* stands for the record's id: known by its address */

/* The element whose `each` is in the frame. *keyed false: its keys are not plain, or the id is not among them. */
static bool add_element(programs *p, row_keys *k, bool *keyed)
{
    const plan_measure *m = k->like;
    frame *f = p->frame;
    if (!allocator_grow(p->ledger->allocator, (void **)&k->numbers, &k->number_capacity, k->number_count + m->key_count,
                        sizeof *k->numbers, 0)) {
        return false;
    }
    for (uint32_t i = 0; i < m->key_count && *keyed; i++) {
        const plan_key *key = &m->keys[i];
        value v = key->program ? frame_evaluate(f, key->program) : f->slots[key->slot];
        if (ran_out(v)) {
            return false;
        }
        bool id = v.kind == VALUE_STRING && v.as.text == the_id;
        *keyed = v.kind < VALUE_INTERVAL && id == (i == k->id_key);
        uint32_t number = 0;
        if (*keyed && !id) {
            number = domain_put(&k->values[i], v);
            if (number == DOMAIN_FULL) {
                return false;
            }
        }
        k->numbers[k->number_count + i] = number;
    }
    k->number_count += m->key_count;
    return true;
}

/* The frame holds the code. */
static bool look_at_keys(programs *p, row_keys *k, row_elements *out)
{
    const plan_measure *m = k->like;
    frame *f = p->frame;
    size_t before = k->number_count;
    bool fine = true, keyed = f->dated;
    f->slots[p->table->record_id] = value_string((str){the_id, sizeof the_id - 1});
    *out = (row_elements){.first = (uint32_t)(before / m->key_count), .day = f->day};
    if (!m->each.present) {
        fine = !keyed || add_element(p, k, &keyed);
        out->count = 1;
    } else if (keyed) {
        value list = frame_evaluate(f, m->each.list);
        fine = !ran_out(list);
        keyed = list.kind == VALUE_LIST && list.as.list->count < UINT32_MAX / 2;
        for (size_t i = 0; keyed && fine && i < list.as.list->count; i++) {
            f->slots[p->table->each] = list.as.list->items[i];
            fine = add_element(p, k, &keyed);
            out->count++;
        }
        f->slots[p->table->each] = (value){.kind = VALUE_PENDING};
    }
    if (!fine || !keyed) {
        k->number_count = before;
        out->first = NOT_KEYED;
    }
    return fine;
}

static bool fill_keys(programs *p, row_keys *k)
{
    uint32_t count = tuple_count(p, k->group);
    if (k->filled == count) {
        return true;
    }
    if (!allocator_grow(p->ledger->allocator, (void **)&k->elements, &k->element_capacity, count, sizeof *k->elements,
                        0)) {
        return false;
    }
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = k->like->in_force;
    bool fine = true;
    for (; k->filled < count && fine; k->filled += fine ? 1 : 0) {
        row_elements *to = &k->elements[k->filled];
        *to = (row_elements){.first = NOT_KEYED};
        fine = tuple_load(p, k->group, k->filled) != TUPLE_LOADED || look_at_keys(p, k, to);
    }
    r->in_force = outer;
    return fine;
}

static bool fill_amounts(programs *p, row_groups *x)
{
    const policy_allocator *a = p->ledger->allocator;
    uint32_t count = tuple_count(p, x->arguments);
    if (x->exact_count == count) {
        return true;
    }
    if (!allocator_grow(a, (void **)&x->exact, &x->exact_capacity, count, sizeof *x->exact, 0) ||
        !allocator_grow(a, (void **)&x->amounts, &x->amount_capacity, count, sizeof *x->amounts, 0)) {
        return false;
    }
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = x->measure->in_force;
    bool fine = true;
    while (x->exact_count < count && fine) {
        value v = value_null();
        if (tuple_load(p, x->arguments, x->exact_count) == TUPLE_LOADED) {
            v = frame_evaluate(p->frame, x->measure->arguments[0]);
            fine = !ran_out(v);
        }
        bool exact = v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE;
        x->exact[x->exact_count] = exact ? 255 : 0;
        x->amounts[x->exact_count] = exact ? v : value_null();
        x->exact_count += fine ? 1 : 0;
    }
    r->in_force = outer;
    return fine;
}

/* ---- rows ---- */

bool row_groups_begin(programs *p, row_groups *x, uint32_t source, const batch *b, int64_t from, int64_t until)
{
    uint64_t first = batch_number(b, from), end = batch_number(b, until - 1) + 1;
    for (size_t i = 0; i < x->span_count; i++) {
        const row_span *s = &x->spans[i];
        x->repeated = x->repeated || (s->source == source && first < s->end && s->base < end);
    }
    row_span *last = x->span_count > 0 ? &x->spans[x->span_count - 1] : NULL;
    if (last != NULL && last->source == source && last->end == first && end - last->base < UINT32_MAX) {
        last->end = end;
        return true;
    }
    if (!allocator_grow(p->ledger->allocator, (void **)&x->spans, &x->span_capacity, x->span_count + 1,
                        sizeof *x->spans, 0)) {
        return false;
    }
    x->spans[x->span_count++] =
        (row_span){.source = source, .base = first, .end = end, .held_end = first, .at = x->count};
    return true;
}

bool row_groups_block(programs *p, row_groups *x, const uint8_t *yes, uint8_t *left)
{
    const policy_allocator *a = p->ledger->allocator;
    size_t count = p->coding->count;
    uint8_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= left[i] & yes[i];
    }
    const row_span *span = x->span_count > 0 ? &x->spans[x->span_count - 1] : NULL;
    const batch *b = p->coding->batch;
    uint64_t row = batch_number(b, p->coding->row), last = batch_number(b, p->coding->row + (int64_t)count - 1);
    if (!any || span == NULL || row < span->base || row == 0 || last - span->base >= UINT32_MAX) {
        return true;
    }
    const uint32_t *groups = tuple_codes(p, x->keys->group), *given = groups ? tuple_codes(p, x->arguments) : NULL;
    if (given == NULL || !fill_keys(p, x->keys) || !fill_amounts(p, x) ||
        !allocator_grow(a, (void **)&x->groups, &x->group_capacity, x->count + count, sizeof *x->groups, 0) ||
        !allocator_grow(a, (void **)&x->given, &x->given_capacity, x->count + count, sizeof *x->given, 0) ||
        !allocator_grow(a, (void **)&x->rows, &x->row_capacity, x->count + count, sizeof *x->rows, 0)) {
        return false;
    }
    const row_elements *elements = x->keys->elements;
    uint32_t first = (uint32_t)(row - span->base);
    size_t at = x->count;
    for (size_t i = 0; i < count; i++) {
        bool keep = (left[i] & yes[i] & x->exact[given[i]]) && elements[groups[i]].first != NOT_KEYED;
        x->groups[at] = groups[i];
        x->given[at] = given[i];
        x->rows[at] =
            b->numbers != NULL ? (uint32_t)(b->numbers[p->coding->row + (int64_t)i] - span->base) : first + (uint32_t)i;
        at += keep;
        left[i] = keep ? 0 : left[i];
    }
    x->count = at;
    return true;
}

void row_groups_commit(row_groups *x)
{
    x->held = x->count;
    for (size_t i = 0; i < x->span_count; i++) {
        x->spans[i].held_end = x->spans[i].end;
    }
}

void row_groups_forget(row_groups *x)
{
    x->count = x->held;
    size_t kept = 0;
    for (size_t i = 0; i < x->span_count; i++) {
        row_span s = x->spans[i];
        s.end = s.held_end;
        if (s.end > s.base) {
            x->spans[kept++] = s;
        }
    }
    x->span_count = kept;
}

/* ---- entries into groups ---- */

static bool give_entry(programs *p, const row_groups *x, const row_span *span, size_t at, value *keys,
                       group_table *into)
{
    const row_keys *k = x->keys;
    const plan_measure *m = x->measure;
    const row_elements *e = &k->elements[x->groups[at]];
    str source = p->ledger->sources[span->source];
    char number[NUMBER_TEXT];
    str parts[3] = {source.data ? source : STR(""), STR("#"), {number, 0}};
    parts[2].size = number_write_uint(number, span->base + x->rows[at]);
    uint64_t row = span->base + x->rows[at];
    source_names names = ledger_sources(p->ledger);
    str id = arena_join(evaluation_scratch(p->frame->ev), parts, 3);
    if (id.data == NULL) {
        return false;
    }
    value v = x->amounts[x->given[at]];
    for (uint32_t i = 0; i < e->count; i++) {
        const uint32_t *numbers = &k->numbers[(size_t)(e->first + i) * m->key_count];
        for (uint32_t n = 0; n < m->key_count; n++) {
            keys[n] = n == k->id_key ? value_string(id) : k->values[n].values[numbers[n]];
        }
        group *g = group_insert(into, keys, group_hash(keys, m->key_count));
        if (g == NULL || !group_add_day(g, false, true, e->day, 1, into->allocator) ||
            !entry_add(&g->state.entries, false, true, v, v, 1, into->allocator) ||
            !group_add_row(g, span->source, row, false, 1, p->ledger->evidence_rows, &names, into->allocator)) {
            return false;
        }
        g->state.in++;
    }
    return true;
}

static void drop_entries(row_groups *x, size_t from, size_t until)
{
    size_t rest = x->count - until, gone = until - from;
    memmove(x->groups + from, x->groups + until, rest * sizeof *x->groups);
    memmove(x->given + from, x->given + until, rest * sizeof *x->given);
    memmove(x->rows + from, x->rows + until, rest * sizeof *x->rows);
    x->count -= gone;
    x->held = x->held <= from ? x->held : x->held - gone;
    for (size_t i = 0; i < x->span_count; i++) {
        size_t at = x->spans[i].at;
        x->spans[i].at = at <= from ? at : at < until ? from : at - gone;
    }
}

bool row_groups_settle(programs *p, row_groups *x, size_t from, size_t until, group_table *into)
{
    if (from >= until) {
        return true;
    }
    const policy_allocator *a = into->allocator;
    group_table groups;
    group_table_init(&groups, a, into->key_count);
    value *keys = allocator_zero(a, x->measure->key_count, sizeof *keys);
    bool fine = keys != NULL;
    size_t span = 0;
    for (size_t i = from; i < until && fine; i++) {
        while (span + 1 < x->span_count && x->spans[span + 1].at <= i) {
            span++;
        }
        frame_reset(p->frame);
        fine = give_entry(p, x, &x->spans[span], i, keys, &groups);
    }
    allocator_free(a, keys);
    fine = fine && group_table_reserve(into, &groups, p->ledger->evidence_rows);
    if (fine) {
        source_names names = ledger_sources(p->ledger);
        group_table_merge(into, &groups, p->ledger->evidence_rows, &names);
        drop_entries(x, from, until);
        x->repeated = x->repeated && x->count > 0;
    }
    group_table_free(&groups);
    return fine;
}
