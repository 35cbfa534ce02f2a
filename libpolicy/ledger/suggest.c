/*
 * What would have to be different: the nearest number that passes, or the condition on dates that fails.
 *
 * The number is found by asking again: the record with another value in the one field that the rule measures is checked
 * against that rule, and the values in between are halved. What is named was therefore seen to pass, and its neighbour to
 * fail. Which field that is, the plan says: one in which the argument is affine (affine.h), so that passing and failing
 * values do not take turns; or the one number that a condition on a single record reads.
 */
#include "ledger/suggest.h"

#include <math.h>

#include "base/text_handle.h"
#include "expr/env_model.h"
#include "expr/tree.h"
#include "ledger/live.h"
#include "schema/show.h"

/* ---- which field ---- */

static bool is_number(const type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_DOUBLE;
}

static bool is_time(const type *t)
{
    return t->kind == TYPE_DATE || t->kind == TYPE_TIMESTAMP || t->kind == TYPE_TIME || t->kind == TYPE_DURATION;
}

#define DEPTH 32 /* lets within lets */

/* Columns (bits) whose values a text reads, itself or through lets. */
static uint64_t columns_of(const plan_table *t, const tree *x, int depth)
{
    uint64_t columns = 0;
    if (x == NULL || depth > DEPTH || x->kind == TREE_HAS) {
        return 0;
    }
    if (x->kind == TREE_NAME && x->variable != NULL) {
        int slot = x->variable->slot;
        if (slot >= 0 && slot < (int)t->column_count && slot < 64) {
            return UINT64_C(1) << slot;
        }
        if (slot >= t->first_let && slot < t->first_let + (int)t->let_count) {
            const expr *let = t->lets[slot - t->first_let].program;
            return let ? columns_of(t, expr_tree(let), depth + 1) : 0;
        }
        return 0;
    }
    for (uint32_t i = 0; i < x->count; i++) {
        columns |= columns_of(t, x->children[i], depth);
    }
    return columns;
}

static bool is_set(const record *r, int field)
{
    return r->cells[field].kind == CELL_TEXT || r->cells[field].kind == CELL_VALUE;
}

/* The field that a measure over records adds up or compares; -1. */
static int measured_field(const plan_measure *m, const record *r)
{
    for (; m != NULL; m = m->source->measure) {
        aggregate_kind kind = m->algebra.kind;
        if (m->argument_count == 0 ||
            (kind != AGGREGATE_SUM && kind != AGGREGATE_MAX && kind != AGGREGATE_MIN && kind != AGGREGATE_ONLY)) {
            return -1;
        }
        if (m->source->record == NULL) {
            continue;
        }
        int single = expr_single_slot(m->arguments[0]);
        if (single >= 0 && single < (int)m->source->column_count) {
            const type *t = m->source->column_types[single];
            return is_number(t) || t->kind == TYPE_TIME ? single : -1;
        }
        for (int i = 0; i < (int)m->source->column_count && i < 64; i++) {
            if ((m->affine[0] >> i & 1) && is_number(m->source->column_types[i]) && is_set(r, i)) {
                return i;
            }
        }
        return -1;
    }
    return -1;
}

/* The one number that a condition on single records reads; -1: none, or two, and which of them is wrong is not ours to say. */
static int one_number(const plan_version *v)
{
    uint64_t columns = v->condition ? columns_of(v->table, expr_tree(v->condition), 0) : 0;
    int found = -1;
    for (int i = 0; i < (int)v->table->column_count && i < 64; i++) {
        if ((columns >> i & 1) && is_number(v->table->column_types[i])) {
            if (found >= 0) {
                return -1;
            }
            found = i;
        }
    }
    return found;
}

static int field_of(live *work, const plan_version *v, const record *r)
{
    if (v->measure != NULL || v->table->measure != NULL) {
        return measured_field(v->measure ? v->measure : v->table->measure, r);
    }
    int16_t *known = &work->one_number[v->number];
    if (*known == 0) {
        int found = one_number(v);
        *known = (int16_t)(found < 0 ? -1 : found + 1);
    }
    return *known < 0 ? -1 : *known - 1;
}

/* ---- what number ---- */

typedef struct trial {
    policy_ledger *ledger;
    uint32_t type_at;
    record row; /* with its own cells */
    cell cells[SCHEMA_FIELDS_MAX];
    const policy_finding *finding;
    int field;
    policy_findings *said;
    double step; /* value of one unit */
    value_kind kind;
    bool nomem;
    frame *own;     /* a rule on single records is tried on the row alone; NULL: on the ledger */
    value *columns; /* of that row */
} trial;

static value value_at(const trial *t, int64_t spot)
{
    switch (t->kind) {
    case VALUE_DOUBLE:
        return value_double(round((double)spot * t->step * 1000) / 1000);
    case VALUE_DURATION:
        return value_duration(spot * (int64_t)t->step, 0);
    default:
        return value_int(spot);
    }
}

/* A row rule needs no more than its row. */
static bool row_passes(trial *t, value v)
{
    frame *f = t->own;
    const plan_version *version = t->finding->version;
    bool dated = f->dated;
    int high = t->row.type->fields[t->field].high_field;
    frame_reset(f);
    memcpy(f->slots, t->columns, f->table->column_count * sizeof(value));
    f->slots[t->field] = v;
    if (high >= 0 && t->row.cells[high].kind <= CELL_EMPTY) {
        f->slots[high] = v;
    }
    f->dated = dated;
    t->ledger->run.in_force = &version->in_force;
    value when = frame_when(f, version->when, version->also, version->also_count);
    bool passed = when.kind == VALUE_BOOL && !when.as.b;
    if (when.kind == VALUE_BOOL && when.as.b) {
        row_verdict r = judge_condition(f, version, when);
        passed = r.verdict == POLICY_PASS;
        t->nomem = t->nomem || (r.error != NULL && r.error->status == POLICY_E_NOMEM);
    }
    t->nomem = t->nomem || (when.kind == VALUE_ERROR && when.as.error->status == POLICY_E_NOMEM);
    t->ledger->run.in_force = NULL;
    return passed;
}

static bool passes(trial *t, int64_t spot)
{
    if (t->nomem) {
        return false;
    }
    if (t->own != NULL) {
        return row_passes(t, value_at(t, spot));
    }
    t->cells[t->field] = (cell){.kind = CELL_VALUE, .v = value_at(t, spot)};
    findings_clear(t->said);
    if (!live_ask(t->ledger, t->type_at, &t->row, t->finding->version, t->said)) {
        t->nomem = true;
        return false;
    }
    bool own = t->finding->version->measure == NULL && t->finding->version->table->measure == NULL;
    for (size_t i = 0; i < t->said->count; i++) {
        const policy_finding *f = t->said->items[i];
        if (f->version->rule == t->finding->version->rule && (own || findings_order_subject(f, t->finding) == 0)) {
            return false;
        }
    }
    return true;
}

#define FAR 1000000 /* how many units around a value without bounds are looked at */

/* Rules on single records mostly fail just beyond a constant of their own words. */
static bool edge_at_constant(trial *t, const expr *x, int64_t good, int64_t bad, int64_t *spot)
{
    uint32_t count;
    const expr_refuter *parts = expr_refuters(x, &count);
    int64_t toward = good < bad ? 1 : -1;
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].slot != t->field || parts[i].constant.kind != VALUE_INT) {
            continue;
        }
        for (int64_t step = -1; step <= 1; step++) {
            int64_t at = parts[i].constant.as.i;
            if (at <= -FAR * INT64_C(1000) || at >= FAR * INT64_C(1000)) {
                break;
            }
            at += step * toward;
            bool within = toward > 0 ? at >= good && at < bad : at <= good && at > bad;
            if (within && passes(t, at) && !passes(t, at + toward)) {
                *spot = at;
                return true;
            }
        }
    }
    return false;
}

/* Between a place that passes and one that fails: the last that passes. */
static int64_t edge(trial *t, int64_t good, int64_t bad)
{
    const plan_version *v = t->finding->version;
    int64_t spot;
    if (t->own != NULL && t->kind == VALUE_INT &&
        (edge_at_constant(t, v->condition, good, bad, &spot) || edge_at_constant(t, v->when, good, bad, &spot))) {
        return spot;
    }
    while (good - bad > 1 || bad - good > 1) {
        int64_t middle = good + (bad - good) / 2;
        if (passes(t, middle)) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    return good;
}

static int64_t place_of(const trial *t, value v, int64_t otherwise)
{
    double x = findings_number(v) / t->step;
    return v.kind == VALUE_NULL || !(fabs(x) < 1e12) ? otherwise : (int64_t)floor(x + 0.5);
}

/* True: *spot passes; *up says that those above do too. */
static bool search(trial *t, int64_t here, int64_t *spot, bool *up)
{
    const schema_field *f = &t->row.type->fields[t->field];
    int64_t low = place_of(t, f->has_minimum ? f->minimum : value_null(), here > 0 ? 0 : here - FAR);
    int64_t high = place_of(t, f->has_maximum ? f->maximum : value_null(), here + FAR);
    double over = (findings_number(t->finding->measured) - findings_number(t->finding->limit)) / t->step;
    int64_t guess = here - (fabs(over) < 1e9 ? (int64_t)ceil(over) : 0); /* what is over, less: mostly that is it */
    if (guess < here && guess >= low && passes(t, guess) && !passes(t, guess + 1)) {
        *spot = guess;
        *up = false;
        return true;
    }
    bool below = low < here && passes(t, low), above = high > here && passes(t, high);
    int64_t down = below ? edge(t, low, here) : 0, upward = above ? edge(t, high, here) : 0;
    *up = above && (!below || upward - here < here - down);
    *spot = *up ? upward : down;
    return below || above;
}

static bool add_nearest(policy_ledger *l, uint32_t type_at, const record *posted, value *values, policy_findings *out,
                        policy_finding *f)
{
    trial t = {.ledger = l, .type_at = type_at, .row = *posted, .finding = f, .said = l->live->trial, .step = 1};
    t.field = field_of(l->live, f->version, posted);
    if (t.field < 0) {
        return true;
    }
    value now = values[t.field];
    t.kind = (value_kind)now.kind;
    if (t.kind != VALUE_INT && t.kind != VALUE_DOUBLE && t.kind != VALUE_DURATION) {
        return true;
    }
    t.step = t.kind == VALUE_DOUBLE ? 0.001 : t.kind == VALUE_DURATION ? 60 : 1;
    memcpy(t.cells, posted->cells, posted->type->field_count * sizeof *t.cells);
    t.row.cells = t.cells;
    int64_t here = place_of(&t, now, INT64_MIN), spot;
    bool up = false;
    const plan_version *v = f->version;
    if (v->table->record != NULL && v->measure == NULL && !v->late && !v->each.present) {
        t.own = frame_take(l, v->table);
        if (t.own == NULL) {
            return false;
        }
        memcpy(t.own->slots, values, v->table->column_count * sizeof(value));
        frame_set_own_day(t.own);
        t.columns = values;
    }
    bool found = here != INT64_MIN && !passes(&t, here) && search(&t, here, &spot, &up);
    if (t.own != NULL) {
        frame_give(l, t.own);
    }
    if (!found) {
        return !t.nomem;
    }
    datum_room room = {&out->memory, &out->text};
    f->nearest_up = up;
    f->nearest_field = t.field;
    return !t.nomem && datum_make(&room, value_at(&t, spot), posted->type->fields[t.field].type, &f->nearest);
}

#define FINDINGS_MOST 16 /* of one check that get a suggestion */

bool suggest_nearest(policy_ledger *l, uint32_t type_at, const record *posted, policy_findings *out)
{
    live *v = live_of(l);
    uint32_t fails = 0;
    if (v == NULL) {
        return false;
    }
    value values[SCHEMA_FIELDS_MAX];
    bool ready = false;
    for (size_t i = 0; i < out->count && fails < FINDINGS_MOST; i++) {
        policy_finding *f = out->items[i];
        if (f->verdict != POLICY_FAIL || f->version->script || f->version->table->root != type_at) {
            continue;
        }
        fails++;
        if (!ready) {
            if (v->trial == NULL && (v->trial = findings_new(l->engine)) == NULL) {
                return false;
            }
            if (!live_resolve(l, type_at, posted, values)) {
                return false;
            }
            for (uint32_t k = 0; k < posted->type->field_count; k++) { /* its frame is used again */
                values[k] = value_copy(&out->memory, values[k]);
                if (values[k].kind == VALUE_ERROR) {
                    return false;
                }
            }
            ready = true;
        }
        if (!add_nearest(l, type_at, posted, values, out, f)) {
            return false;
        }
    }
    return true;
}

/* ---- which condition ---- */

static uint64_t dates_of(const plan_table *t, uint64_t columns)
{
    uint64_t dates = 0;
    for (uint32_t i = 0; i < t->column_count && i < 64; i++) {
        dates |= (columns >> i & 1) && is_time(t->column_types[i]) ? UINT64_C(1) << i : 0;
    }
    return dates;
}

/* The first part of a conjunction (of a disjunction, where all must be false) that reads dates; a let in its own words. */
static bool find_part(const plan_table *t, const expr *x, int depth, const expr **text, const tree **part,
                      uint64_t *dates)
{
    const tree *whole = x ? expr_tree(x) : NULL;
    if (whole == NULL || depth > DEPTH) {
        return false;
    }
    bool chain = whole->kind == TREE_AND || whole->kind == TREE_OR;
    for (uint32_t i = 0; i < (chain ? whole->count : 1); i++) {
        const tree *one = chain ? whole->children[i] : whole;
        uint64_t found = dates_of(t, columns_of(t, one, 0));
        if (found == 0) {
            continue;
        }
        int slot = one->kind == TREE_NAME && one->variable ? one->variable->slot : -1;
        if (slot >= t->first_let && slot < t->first_let + (int)t->let_count) {
            *text = t->lets[slot - t->first_let].program;
            *part = *text ? expr_tree(*text) : NULL;
            *dates = found;
            return *part != NULL;
        }
        *text = x;
        *part = one;
        *dates = found;
        return true;
    }
    return false;
}

static bool find_condition(const plan_version *v, const expr **text, const tree **part, uint64_t *dates,
                           const plan_table **table)
{
    *table = v->table;
    if (v->measure == NULL) {
        return find_part(v->table, v->condition, 0, text, part, dates) ||
               find_part(v->table, v->when, 0, text, part, dates);
    }
    const plan_measure *m = v->measure;
    while (m->source->record == NULL) {
        m = m->source->measure;
    }
    *table = m->source;
    return (m->algebra.kind == AGGREGATE_SHARE && find_part(m->source, m->arguments[0], 0, text, part, dates)) ||
           find_part(m->source, m->when, 0, text, part, dates);
}

static void put_condition(const policy_finding *f, policy_language language, buffer *out)
{
    const expr *text;
    const tree *part;
    uint64_t dates;
    const plan_table *t;
    if (f->version->script || !find_condition(f->version, &text, &part, &dates, &t)) {
        return;
    }
    buffer names;
    buffer_init(&names, &f->all->allocator, 0);
    for (uint32_t i = 0; i < t->column_count && i < 64; i++) {
        if (dates >> i & 1) {
            buffer_put_c(&names, names.size == 0 ? "" : language == POLICY_LANGUAGE_ZH ? "、" : ", ");
            buffer_put_c(&names, policy_engine_field_title(f->all->engine, policy_finding_table(f), t->columns[i].data,
                                                           language));
        }
    }
    str source = expr_source_text(text);
    str arguments[2] = {buffer_text(&names),
                        part == expr_tree(text) ? str_trim(source) : str_slice(source, part->from, part->to)};
    message_write(out, MESSAGE_SUGGEST_CONDITION, language, arguments, 2);
    out->failed = out->failed || names.failed;
    buffer_free(&names);
}

static void put_nearest(const policy_finding *f, policy_language language, buffer *out)
{
    const schema_type *t = &f->all->engine->schema->types[f->version->table->root];
    const schema_field *field = &t->fields[f->nearest_field];
    bool clock = f->nearest.kind == POLICY_DATUM_TEXT;
    buffer value_text;
    buffer_init(&value_text, &f->all->allocator, 0);
    buffer_put_c(&value_text, f->nearest.text);
    if (!clock) {
        unit_show(field->unit, language, &value_text);
    }
    str arguments[2] = {str_of(policy_engine_field_title(f->all->engine, t->name.data, field->name.data, language)),
                        buffer_text(&value_text)};
    message_write(out,
                  f->nearest_up ? (clock ? MESSAGE_SUGGEST_NOT_EARLIER : MESSAGE_SUGGEST_AT_LEAST)
                                : (clock ? MESSAGE_SUGGEST_NOT_LATER : MESSAGE_SUGGEST_AT_MOST),
                  language, arguments, 2);
    out->failed = out->failed || value_text.failed;
    buffer_free(&value_text);
}

policy_datum policy_finding_nearest(const policy_finding *finding)
{
    return finding->nearest;
}

policy_status policy_finding_suggestion(const policy_finding *finding, policy_language language, policy_text **out,
                                        policy_error **err)
{
    if (finding == NULL || out == NULL || (language != POLICY_LANGUAGE_ZH && language != POLICY_LANGUAGE_EN)) {
        return error_set(err, finding ? &finding->all->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), finding == NULL ? STR("finding")
                                                                  : out == NULL   ? STR("out")
                                                                                  : STR("language")}});
    }
    *out = NULL;
    buffer b;
    buffer_init(&b, &finding->all->allocator, 0);
    if (finding->nearest_field >= 0) {
        put_nearest(finding, language, &b);
    } else if (finding->verdict == POLICY_FAIL) {
        put_condition(finding, language, &b);
    }
    policy_status status =
        b.failed ? error_nomem(err) : text_handle_new(&finding->all->allocator, buffer_text(&b), out, err);
    buffer_free(&b);
    return status;
}
