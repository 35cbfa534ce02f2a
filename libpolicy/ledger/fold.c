/*
 * Folding rows into groups: conditions to in, out or maybe; keys; arguments to ranges.
 */
#include <string.h>

#include "expr/functions.h"
#include "ledger/state.h"

static uint64_t missing_of(value v)
{
    return v.kind == VALUE_INTERVAL ? v.as.interval->missing : v.as.missing;
}

static bool is_missing(value v)
{
    return v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN;
}

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

/* ---- ranges of arguments in doubt ---- */

#define CORNER_FIELDS 3

/* The field's range by the schema; VALUE_NULL where it is open. */
static void field_range(const plan_table *t, int field, value *low, value *high)
{
    const schema_field *f = &t->record->fields[field];
    *low = f->has_minimum ? f->minimum : value_null();
    *high = f->has_maximum ? f->maximum : value_null();
}

/* A program with one field put at a value: what was computed from the field is computed again. */
static value at_corner(frame *f, const expr *x, const value *before, const int *fields, const value *places, int count)
{
    const plan_table *t = f->table;
    memcpy(f->slots, before, (size_t)t->slot_count * sizeof(value));
    for (int i = t->first_let; i < t->first_let + (int)t->let_count; i++) {
        f->slots[i] = (value){.kind = VALUE_PENDING};
    }
    for (int i = t->first_part; i < t->slot_count; i++) {
        f->slots[i] = (value){.kind = VALUE_PENDING};
    }
    for (int i = 0; i < count; i++) {
        f->slots[fields[i]] = places[i];
    }
    return frame_evaluate(f, x);
}

static bool is_number(value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE;
}

static value one_more(value v)
{
    return v.kind == VALUE_DOUBLE ? value_double(v.as.d + 1)
           : v.kind == VALUE_UINT ? value_uint(v.as.u + 1)
                                  : value_int(v.as.i + 1);
}

static void widen(value v, value *low, value *high, bool first)
{
    if (first || value_compare(v, *low) == -1) {
        *low = v;
    }
    if (first || value_compare(v, *high) == 1) {
        *high = v;
    }
}

/* The least and greatest value of an argument that is affine in the fields it misses. Both open when it cannot be said. */
static void missing_range(frame *f, const plan_measure *m, uint32_t argument, uint64_t missing, value *low, value *high)
{
    const plan_table *t = f->table;
    *low = *high = value_null();
    const expr *x = m->arguments[argument];
    if (t->record == NULL) {
        return;
    }
    int single = expr_single_slot(x);
    if (single >= 0 && single < (int)t->column_count) {
        field_range(t, single, low, high);
        return;
    }
    if (missing == 0 || (missing & ~m->affine[argument]) != 0) {
        return;
    }
    int fields[CORNER_FIELDS], count = 0;
    value ends[CORNER_FIELDS][2];
    bool open = false;
    for (int i = 0; i < (int)t->column_count; i++) {
        if (!(missing >> i & 1)) {
            continue;
        }
        if (count == CORNER_FIELDS) {
            return;
        }
        fields[count] = i;
        field_range(t, i, &ends[count][0], &ends[count][1]);
        open = open || ends[count][0].kind == VALUE_NULL || ends[count][1].kind == VALUE_NULL;
        count++;
    }
    if (open && (count > 1 || ends[0][0].kind == VALUE_NULL)) {
        return;
    }
    value *before = arena_array(evaluation_scratch(f->ev), (size_t)t->slot_count, sizeof(value));
    if (before == NULL) {
        return;
    }
    memcpy(before, f->slots, (size_t)t->slot_count * sizeof(value));
    bool fine = true;
    if (open) { /* a ray: its one end and the direction in which it leaves */
        value at[1] = {ends[0][0]};
        value end = at_corner(f, x, before, fields, at, 1);
        at[0] = one_more(at[0]);
        value next = at_corner(f, x, before, fields, at, 1);
        fine = is_number(end) && is_number(next);
        int order = fine ? value_compare(next, end) : 0;
        *low = fine && order >= 0 ? end : value_null();
        *high = fine && order <= 0 ? end : value_null();
    } else {
        for (int corner = 0; corner < 1 << count && fine; corner++) {
            value at[CORNER_FIELDS];
            for (int i = 0; i < count; i++) {
                at[i] = ends[i][corner >> i & 1];
            }
            value v = at_corner(f, x, before, fields, at, count);
            fine = is_number(v);
            if (fine) {
                widen(v, low, high, corner == 0);
            }
        }
    }
    if (!fine) {
        *low = *high = value_null();
    }
    memcpy(f->slots, before, (size_t)t->slot_count * sizeof(value));
}

/* One argument into the row. False out of memory. */
static bool take_argument(frame *f, const plan_measure *m, uint32_t i, aggregate_row *row)
{
    value v = frame_evaluate(f, m->arguments[i]);
    bool condition = m->algebra.kind == AGGREGATE_SHARE && i == 0;
    if (v.kind == VALUE_ERROR) {
        if (ran_out(v)) {
            return false;
        }
        row->error = row->error ? row->error : v.as.error;
        return true;
    }
    if (is_missing(v)) {
        row->exact = false;
        row->missing |= missing_of(v);
        if (condition) {
            row->low[i] = value_bool(false);
            row->high[i] = value_bool(true);
        } else {
            missing_range(f, m, i, missing_of(v), &row->low[i], &row->high[i]);
        }
        return true;
    }
    if (v.kind == VALUE_INTERVAL) {
        row->exact = false;
        row->missing |= v.as.interval->missing;
        row->low[i] = v.as.interval->low;
        row->high[i] = v.as.interval->high;
        return true;
    }
    row->low[i] = row->high[i] = v;
    return true;
}

/* ---- one row ---- */

static bool keep_keyless(frame *f, const plan_measure *m, const value *keys, uint64_t missing, const value_error *error,
                         kept_rows *keyless, const policy_allocator *a)
{
    if (keyless == NULL) {
        return true;
    }
    kept_row like = {.measure = m,
                     .verdict = error ? POLICY_ERROR : POLICY_UNKNOWN,
                     .dated = f->dated,
                     .day = f->day,
                     .source = f->source,
                     .row = f->row,
                     .missing = missing,
                     .key_count = m->key_count};
    if (f->rows != NULL && f->rows->count > 0) {
        like.source = f->rows->items[0].source;
        like.row = f->rows->items[0].row;
    }
    if (error != NULL) {
        like.error = (value){.kind = VALUE_ERROR, .as.error = error};
    }
    return kept_rows_add(keyless, kept_row_new(&like, keys, NULL, a), a);
}

/* The row with its `each` in place. */
static bool fold_one(frame *f, const plan_measure *m, group_table *groups, kept_rows *keyless, int sign)
{
    policy_ledger *l = f->ledger;
    value when = frame_when(f, m->when, m->also, m->also_count);
    if (ran_out(when)) {
        return false;
    }
    if (when.kind == VALUE_BOOL && !when.as.b) {
        return true;
    }
    value *keys = arena_array(evaluation_scratch(f->ev), m->key_count + 1, sizeof(value));
    if (keys == NULL) {
        return false;
    }
    uint64_t missing = 0;
    bool keyed = true;
    const value_error *broken = NULL;
    for (uint32_t i = 0; i < m->key_count; i++) {
        const plan_key *key = &m->keys[i];
        value v = key->program ? frame_evaluate(f, key->program) : f->slots[key->slot];
        if (v.kind == VALUE_INTERVAL || is_missing(v)) {
            missing |= missing_of(v);
            keyed = false;
            v = value_null();
        } else if (v.kind == VALUE_ERROR) {
            if (ran_out(v)) {
                return false;
            }
            broken = broken ? broken : v.as.error;
            v = value_null();
        }
        keys[i] = v;
    }
    if (!keyed || broken != NULL) {
        if (when.kind == VALUE_UNKNOWN) {
            missing |= when.as.missing;
        }
        return keep_keyless(f, m, keys, missing, keyed ? broken : NULL, keyless, groups->allocator);
    }

    aggregate_row row = {.exact = true};
    if (when.kind == VALUE_ERROR) {
        row.error = when.as.error;
    } else if (when.kind == VALUE_UNKNOWN) {
        row.maybe = true;
        row.missing = when.as.missing;
    }
    if (f->maybe) {
        row.maybe = true;
        row.missing |= f->maybe_missing;
    }
    for (uint32_t i = 0; i < 2 && m->arguments[i] != NULL && row.error == NULL; i++) {
        if (m->algebra.kind == AGGREGATE_RUNS && i == 1) {
            break; /* a constant of the measure */
        }
        if (!take_argument(f, m, i, &row)) {
            return false;
        }
    }
    group *g = group_insert(groups, keys, group_hash(keys, m->key_count));
    source_names names = ledger_sources(l);
    const policy_allocator *a = groups->allocator;
    if (g == NULL || !aggregate_fold(&m->algebra, &g->state, &row, sign, f->ev, a) ||
        !group_add_day(g, row.maybe, f->dated, f->day, sign, a)) {
        return false;
    }
    if (f->rows != NULL) {
        bool here = when.kind == VALUE_UNKNOWN || row.error != NULL;
        uint32_t most = l->evidence_rows * (l->change ? 2 : 1); /* a change holds what goes and what comes */
        return most == 0 || group_add_evidence(g, f->rows, here, sign, most, &names, a);
    }
    return group_add_row(g, f->source, f->row, row.maybe || !row.exact || row.error != NULL, sign, l->evidence_rows,
                         &names, a);
}

bool fold_row(frame *f, const plan_measure *m, group_table *groups, kept_rows *keyless, int sign)
{
    const date_range *outer = f->ledger->run.in_force;
    f->ledger->run.in_force = m->in_force;
    bool fine = true;
    if (!m->each.present) {
        fine = fold_one(f, m, groups, keyless, sign);
    } else {
        int slot = f->table->each;
        value list = frame_evaluate(f, m->each.list);
        if (list.kind == VALUE_LIST) {
            for (size_t i = 0; i < list.as.list->count && fine; i++) {
                f->slots[slot] = list.as.list->items[i];
                fine = fold_one(f, m, groups, keyless, sign);
            }
        } else if (list.kind == VALUE_ERROR && ran_out(list)) {
            fine = false;
        } else { /* which rows it stands for is not known: it joins no group */
            f->slots[slot] = value_unknown(is_missing(list) ? missing_of(list) : 0);
            value when = frame_when(f, m->when, m->also, m->also_count);
            value *keys = arena_array(evaluation_scratch(f->ev), m->key_count + 1, sizeof(value));
            fine = keys != NULL;
            for (uint32_t i = 0; fine && i < m->key_count; i++) {
                keys[i] = m->keys[i].program ? frame_evaluate(f, m->keys[i].program) : f->slots[m->keys[i].slot];
                keys[i] = keys[i].kind >= VALUE_INTERVAL ? value_null() : keys[i];
            }
            if (fine && !(when.kind == VALUE_BOOL && !when.as.b)) {
                fine = keep_keyless(f, m, keys, is_missing(list) ? missing_of(list) : 0,
                                    list.kind == VALUE_ERROR ? list.as.error : NULL, keyless, groups->allocator);
            }
        }
        f->slots[slot] = (value){.kind = VALUE_PENDING};
    }
    f->ledger->run.in_force = outer;
    return fine;
}
