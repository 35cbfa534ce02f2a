/*
 * Places as ordinary groups; see dense.h.
 */
#include "columns/dense_cells.h"

#define COUNT_MOST (INT64_C(1) << 30)

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

static void set_field(programs *p, uint32_t field, value v)
{
    p->frame->slots[field] = v;
}

/* The keys' fields and the own date, as far as they decide something, into the frame. */
static void load_place(programs *p, const dense_account *x, size_t spot)
{
    frame_reset(p->frame);
    for (uint32_t i = 0; i < p->table->column_count; i++) {
        set_field(p, i, value_unknown(UINT64_C(1) << i));
    }
    for (uint32_t i = 0; i < x->part_count; i++) {
        const dense_part *part = &x->parts[i];
        if (!part->derived && (part->key == NULL || part->key->program == NULL)) {
            set_field(p, part->tuple->field, part->values.values[spot / part->stride % part->room]);
        }
    }
    frame_set_own_day(p->frame);
}

static value key_at(programs *p, const dense_account *x, size_t spot, uint32_t i)
{
    const plan_key *key = &x->measure->keys[i];
    const dense_part *part = dense_part_of(x, i);
    if (part != NULL && !part->derived) {
        return part->values.values[spot / part->stride % part->room];
    }
    return key->program ? frame_evaluate(p->frame, key->program) : p->frame->slots[key->slot];
}

static bool load_keys(programs *p, const dense_account *x, size_t spot, value *keys)
{
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = x->measure->in_force;
    load_place(p, x, spot);
    bool fine = true;
    for (uint32_t i = 0; i < x->measure->key_count && fine; i++) {
        keys[i] = key_at(p, x, spot, i);
        fine = !ran_out(keys[i]);
    }
    r->in_force = outer;
    return fine;
}

bool dense_give(programs *p, dense_account *x, const dense_cells *cells, const size_t *places, size_t count,
                group_table *into)
{
    const plan_measure *m = x->measure;
    value few[DENSE_PARTS];
    if (!load_keys(p, x, places[0], few)) {
        return false;
    }
    group *g = group_insert(into, few, group_hash(few, m->key_count));
    if (g == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        wide_cell here = dense_cell(cells, places[i]);
        if (i > 0) {
            load_place(p, x, places[i]);
        }
        bool dated = p->frame->dated;
        int32_t day = p->frame->day;
        for (int64_t rest = here.count; rest > 0; rest -= COUNT_MOST) {
            if (!group_add_day(g, false, dated, day, (int)(rest < COUNT_MOST ? rest : COUNT_MOST), into->allocator)) {
                return false;
            }
        }
        g->state.in += here.count;
        wide_add(&g->state.sums[0], here.sums[0]);
        wide_add(&g->state.sums[1], here.sums[1]);
        source_names names = ledger_sources(p->ledger);
        if (x->keeps_rows && !place_rows_give(&x->place_rows, cells == &x->held, places[i], x->places, g,
                                              p->ledger->evidence_rows, &names, into->allocator)) {
            return false;
        }
    }
    return true;
}

/* ---- days ---- */

bool dense_days_of(programs *p, const dense_account *x, arena *memory, dense_days *out)
{
    const plan_measure *m = x->measure;
    *out = (dense_days){.count = 1, .single = true};
    if (x->day == NULL) {
        return true;
    }
    uint32_t count = x->day->values.count < x->day->room ? x->day->values.count : x->day->room;
    out->day_count = count;
    out->of_day = arena_array(memory, (size_t)count + 1, sizeof *out->of_day);
    out->days = arena_array(memory, (size_t)count + 1, sizeof *out->days);
    if (out->of_day == NULL || out->days == NULL) {
        return false;
    }
    domain values, groups;
    domain_init(&values, p->ledger->allocator);
    domain_init(&groups, p->ledger->allocator);
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = m->in_force;
    bool fine = true;
    for (uint32_t i = 0; i < count && fine; i++) {
        load_place(p, x, (size_t)i * x->day->stride);
        out->days[i] = p->frame->day;
        uint32_t which = 0;
        for (uint32_t k = 0; k < m->key_count && fine; k++) {
            if (dense_part_of(x, k) == NULL) {
                value v = key_at(p, x, (size_t)i * x->day->stride, k);
                uint32_t number = ran_out(v) ? DOMAIN_FULL : domain_put(&values, v);
                which = number == DOMAIN_FULL
                            ? DOMAIN_FULL
                            : domain_put(&groups, value_uint((uint64_t)which << 32 | (uint64_t)number));
                fine = which != DOMAIN_FULL;
            }
        }
        out->of_day[i] = which;
    }
    r->in_force = outer;
    /* Numbers that were only steps on the way leave gaps: number again. */
    uint32_t *again = arena_array(memory, (size_t)groups.count + 1, sizeof *again);
    fine = fine && again != NULL;
    for (uint32_t i = 0; i <= groups.count && fine; i++) {
        again[i] = NUMBER_NONE;
    }
    out->count = 0;
    for (uint32_t i = 0; i < count && fine; i++) {
        uint32_t *to = &again[out->of_day[i]];
        *to = *to == NUMBER_NONE ? out->count++ : *to;
        out->of_day[i] = *to;
    }
    out->single = out->count == count;
    domain_free(&values);
    domain_free(&groups);
    return fine;
}

/* ---- all of them ---- */

/* The days of a run that are of one group and hold something. */
static size_t places_of(const dense_cells *cells, const dense_days *days, size_t first, uint32_t which, size_t *places)
{
    size_t count = 0;
    for (uint32_t i = 0; i < days->day_count; i++) {
        if (days->of_day[i] == which && dense_cell(cells, first + i).count > 0) {
            places[count++] = first + i;
        }
    }
    return count;
}

static bool give_run(programs *p, dense_account *x, dense_cells *cells, const dense_days *days, size_t first,
                     size_t *places, group_table *into)
{
    if (x->day == NULL) {
        places[0] = first;
        return dense_cell(cells, first).count == 0 || dense_give(p, x, cells, places, 1, into);
    }
    bool fine = true;
    for (uint32_t i = 0; i < days->day_count && fine; i++) {
        if (dense_cell(cells, first + i).count == 0) {
            continue;
        }
        places[0] = first + i;
        size_t count = days->single ? 1 : places_of(cells, days, first, days->of_day[i], places);
        fine = places[0] != first + i || dense_give(p, x, cells, places, count, into); /* with its first day */
    }
    return fine;
}

bool dense_settle(programs *p, dense_account *x, dense_cells *cells, group_table *into)
{
    if (!cells->any) {
        return true;
    }
    const policy_allocator *a = p->ledger->allocator;
    arena memory;
    arena_init(&memory, a, 0);
    group_table groups;
    group_table_init(&groups, into->allocator, into->key_count);
    dense_days days;
    uint32_t step = x->day ? x->day->room : 1;
    size_t *places = arena_array(&memory, (size_t)step + 1, sizeof *places);
    bool fine = places != NULL && dense_days_of(p, x, &memory, &days);
    for (size_t first = 0; first < x->places && fine; first += step) {
        fine = give_run(p, x, cells, &days, first, places, &groups);
    }
    fine = fine && group_table_reserve(into, &groups, p->ledger->evidence_rows);
    if (fine) {
        source_names names = ledger_sources(p->ledger);
        group_table_merge(into, &groups, p->ledger->evidence_rows, &names);
        place_rows_drop(&x->place_rows, cells == &x->held);
        dense_cells_free(cells, a);
    }
    group_table_free(&groups);
    arena_free(&memory);
    return fine;
}

/* ---- groups that are in both ---- */

static bool find_number(const dense_part *part, value v, uint32_t *number)
{
    *number = part->values.count > 0 ? domain_find(&part->values, v) : DOMAIN_FULL;
    return *number != DOMAIN_FULL && *number < part->room;
}

/* The run in which the group would be; false: there is none. */
static bool find_run(const dense_account *x, const group *g, size_t *first)
{
    *first = 0;
    for (uint32_t i = 0; i < x->part_count; i++) {
        const dense_part *part = &x->parts[i];
        uint32_t number;
        if (part->derived || part->key == NULL) {
            continue;
        }
        if (!find_number(part, g->keys[part->key_at], &number)) {
            return false;
        }
        *first += (size_t)number * part->stride;
    }
    return true;
}

bool dense_settle_shared(programs *p, dense_account *x, group_table *groups)
{
    if (!x->held.any || groups->count == 0) {
        return true;
    }
    const policy_allocator *a = p->ledger->allocator;
    arena memory;
    arena_init(&memory, a, 0);
    dense_days days;
    size_t *places = arena_array(&memory, (size_t)(x->day ? x->day->room : 1) + 1, sizeof *places);
    bool fine = places != NULL && dense_days_of(p, x, &memory, &days);
    for (size_t i = 0; i < groups->capacity && fine; i++) {
        const group *g = groups->slots[i];
        size_t first;
        if (g == NULL || !find_run(x, g, &first)) {
            continue;
        }
        for (uint32_t k = 0; k < (x->day ? days.day_count : 1) && fine; k++) {
            if (dense_cell(&x->held, first + k).count == 0) {
                continue;
            }
            size_t count = x->day && !days.single ? places_of(&x->held, &days, first, days.of_day[k], places) : 1;
            places[0] = count == 1 ? first + k : places[0];
            group_table one;
            group_table_init(&one, groups->allocator, groups->key_count);
            fine = dense_give(p, x, &x->held, places, count, &one);
            bool same = false;
            for (size_t n = 0; n < one.capacity && fine; n++) {
                same = same || (one.slots[n] != NULL && one.slots[n]->hash == g->hash &&
                                group_order_keys(one.slots[n]->keys, g->keys, groups->key_count) == 0);
            }
            if (fine && same && (fine = group_table_reserve(groups, &one, p->ledger->evidence_rows))) {
                source_names names = ledger_sources(p->ledger);
                group_table_merge(groups, &one, p->ledger->evidence_rows, &names);
                for (size_t n = 0; n < count; n++) {
                    dense_cells_forget_place(&x->held, places[n]);
                    place_rows_forget_place(&x->place_rows, places[n]);
                }
            }
            group_table_free(&one);
        }
    }
    arena_free(&memory);
    return fine;
}
