/*
 * Posting: one record through its readers into everything it feeds, in the private delta.
 */
#include <string.h>

#include "base/bits.h"
#include "engine/screen.h"
#include "ledger/notices.h"
#include "ledger/state.h"

uint32_t ledger_source(policy_ledger *l, str name)
{
    if (name.data == NULL) {
        name = STR("");
    }
    if (l->source_count > 0 && str_equal(l->sources[l->source_count - 1], name)) {
        return (uint32_t)l->source_count - 1;
    }
    uint32_t found = map_get(&l->source_map, name);
    if (found != MAP_NONE) {
        return found;
    }
    str kept = arena_text(&l->memory, name);
    if (kept.data == NULL ||
        !allocator_grow(l->allocator, (void **)&l->sources, &l->source_capacity, l->source_count + 1,
                        sizeof *l->sources, UINT32_MAX - 1) ||
        !map_put(&l->source_map, kept, (uint32_t)l->source_count)) {
        return UINT32_MAX;
    }
    l->sources[l->source_count] = kept;
    return (uint32_t)l->source_count++;
}

uint64_t record_content(uint32_t type_at, const value *values, uint32_t count)
{
    uint64_t h = content_begin(type_at);
    for (uint32_t i = 0; i < count; i++) {
        h = content_add(h, content_of(values[i]));
    }
    return h;
}

void frame_number(frame *f)
{
    policy_ledger *l = f->ledger;
    f->content = record_content(f->table->root, f->slots, f->record->type->field_count);
    f->occurrence = row_set_count(&l->state.rows[f->table->root], f->content) + 1;
    f->numbered = true;
}

/* The record's own date: its field, else the day the run judges as of. */
void frame_set_own_day(frame *f)
{
    const schema_type *t = f->table->record;
    const run *r = &f->ledger->run;
    f->dated = false;
    f->day_missing = UINT64_C(1) << (t->field_count + 3); /* "as_of"; see plan_env */
    if (t->dated_by >= 0) {
        value v = f->slots[t->dated_by];
        if (v.kind == VALUE_DATE) {
            f->dated = true;
            f->day = (int32_t)v.as.i;
            return;
        }
        if (v.kind == VALUE_TIMESTAMP) {
            int64_t day = v.as.i / 86400 - (v.as.i % 86400 < 0 ? 1 : 0);
            f->dated = true;
            f->day = (int32_t)day;
            return;
        }
        f->day_missing = UINT64_C(1) << t->dated_by;
        if (v.kind != VALUE_NONE) {
            return;
        }
    }
    if (r->has_as_of) {
        f->dated = true;
        f->day = r->as_of;
    }
}

static bool copy_text(const state *s, value v, str *out)
{
    *out = str_none;
    if (v.kind != VALUE_STRING) {
        return true;
    }
    char *text = allocator_new(s->allocator, (size_t)v.size + 1);
    if (text == NULL) {
        return false;
    }
    memcpy(text, v.as.text, v.size);
    text[v.size] = '\0';
    *out = (str){text, v.size};
    return true;
}

/* Rows of the tables that the library itself understands. */
static bool take_special(policy_ledger *l, uint32_t type_at, const value *values, int sign, state *into, state *taken)
{
    const policy_engine *e = l->engine;
    state *d = sign > 0 ? into : taken;
    if (systems_is_table(e, type_at) && !systems_change(&into->schools, values, sign)) {
        return false;
    }
    if ((int)type_at == e->calendar_type && values[e->calendar_date].kind == VALUE_DATE &&
        values[e->calendar_teaching].kind == VALUE_BOOL) {
        calendar_row row = {.day = (int32_t)values[e->calendar_date].as.i,
                            .teaching = values[e->calendar_teaching].as.b};
        if (!allocator_grow(d->allocator, (void **)&d->days, &d->day_capacity, d->day_count + 1, sizeof row,
                            SIZE_MAX / 64) ||
            (e->calendar_term >= 0 && !copy_text(d, values[e->calendar_term], &row.term))) {
            return false;
        }
        d->days[d->day_count++] = row;
    }
    if ((int)type_at == e->coverage_type && values[e->coverage_table].kind == VALUE_STRING) {
        int named = engine_find_type(e, value_text(values[e->coverage_table]));
        value school = e->coverage_school >= 0 ? values[e->coverage_school] : value_none(0);
        value from = e->coverage_from >= 0 ? values[e->coverage_from] : value_none(0);
        value until = e->coverage_until >= 0 ? values[e->coverage_until] : value_none(0);
        if (named < 0 || school.kind == VALUE_UNKNOWN || from.kind == VALUE_UNKNOWN || until.kind == VALUE_UNKNOWN) {
            return true; /* what cannot be read covers nothing */
        }
        covered c = {
            .type_at = (uint32_t)named, .has_from = from.kind == VALUE_DATE, .has_until = until.kind == VALUE_DATE};
        c.from = c.has_from ? (int32_t)from.as.i : 0;
        c.until = c.has_until ? (int32_t)until.as.i : 0;
        if (!allocator_grow(d->allocator, (void **)&d->covered, &d->covered_capacity, d->covered_count + 1, sizeof c,
                            SIZE_MAX / 64) ||
            !copy_text(d, school, &c.school)) {
            return false;
        }
        d->covered[d->covered_count++] = c;
    }
    return true;
}

/* Notices and counts of the row itself. */
static bool take_row(policy_ledger *l, frame *f, uint32_t type_at, const record *r, int problems, state *d)
{
    for (int i = 0; i < problems; i++) {
        if (!note_problem(&d->notices, r, &l->problems[i])) {
            return false;
        }
    }
    uint64_t taken,
        known = noted_fields(&l->state.defaults, f->source, type_at) | noted_fields(&d->defaults, f->source, type_at);
    if (!note_defaults(&d->notices, r, known, &taken)) {
        return false;
    }
    if (taken != 0) {
        if (!noted_reserve(&d->defaults, 1, d->allocator)) {
            return false;
        }
        noted_count(&d->defaults, f->source, type_at, taken, 1);
    }
    f->occurrence =
        row_set_count(&l->state.rows[type_at], f->content) + row_set_count(&d->rows[type_at], f->content) + 1;
    if (!row_set_change(&d->rows[type_at], f->content, 1, d->allocator)) {
        return false;
    }
    d->records[type_at]++;
    return f->occurrence == 1 || note_equal_row(&d->notices, r);
}

/* Of equal rows the last one goes, so that the others keep their numbers. What was noticed of it goes with it. */
static apply_result give_back_row(policy_ledger *l, frame *f, uint32_t type_at, const record *r, int problems, state *d,
                                  state *taken)
{
    f->occurrence = row_set_count(&l->state.rows[type_at], f->content) + row_set_count(&d->rows[type_at], f->content);
    if (f->occurrence < 1) {
        return APPLY_ABSENT;
    }
    for (int i = 0; i < problems; i++) {
        if (!note_problem(&taken->notices, r, &l->problems[i])) {
            return APPLY_NOMEM;
        }
    }
    if (f->occurrence > 1 && !note_equal_row(&taken->notices, r)) {
        return APPLY_NOMEM;
    }
    uint64_t defaults = defaults_taken(r);
    if (defaults != 0) {
        if (!noted_reserve(&d->defaults, 1, d->allocator)) {
            return APPLY_NOMEM;
        }
        noted_count(&d->defaults, f->source, type_at, defaults, -1);
    }
    d->records[type_at]--;
    return row_set_change(&d->rows[type_at], f->content, -1, d->allocator) ? APPLY_DONE : APPLY_NOMEM;
}

/* Row rules that the screen left; of the others it is known what they say. */
static bool judge_rows(frame *f, const type_work *work, state *into)
{
    const screen *s = ledger_screen(f->ledger, f->table->root);
    uint64_t *left = f->ledger->left;
    if (s == NULL) {
        bool fine = true;
        for (uint32_t i = 0; fine && i < work->version_count; i++) {
            fine = judge_row(f, work->versions[i], into);
        }
        return fine;
    }
    screen_look(s, f->slots, left);
    for (uint32_t w = 0; w < s->words; w++) {
        uint32_t here = s->count - w * 64 < 64 ? s->count - w * 64 : 64;
        for (uint32_t i = 0; !into->probing && i < here; i++) {
            if (!(left[w] >> i & 1)) {
                into->verdicts[(size_t)s->versions[w * 64 + i]->rule->number * VERDICTS + s->settled[w * 64 + i]]++;
            }
        }
        for (uint64_t bits = left[w]; bits != 0; bits &= bits - 1) {
            if (!judge_row(f, s->versions[w * 64 + bits_lowest(bits)], into)) {
                return false;
            }
        }
    }
    return true;
}

/* Is a record that is posted, or taken back, among those like it; and what there is to say of its cells. */
static apply_result take_place(policy_ledger *l, frame *f, uint32_t type_at, int problems, int sign, state *into,
                               state *taken)
{
    const record *r = f->record;
    if (into->probing) {
        into->records[type_at]++;
        return APPLY_DONE;
    }
    f->content = record_content(type_at, f->slots, r->type->field_count);
    f->numbered = true;
    if (sign < 0) {
        return give_back_row(l, f, type_at, r, problems, into, taken);
    }
    return take_row(l, f, type_at, r, problems, into) ? APPLY_DONE : APPLY_NOMEM;
}

apply_result record_apply(policy_ledger *l, uint32_t type_at, const record *r, int sign, state *into, state *taken)
{
    frame *f = frame_take(l, l->engine->tables[type_at]);
    if (f == NULL) {
        return APPLY_NOMEM;
    }
    const type_work *work = &l->work[type_at];
    state *rows = sign > 0 ? into : taken;
    record_systems schools = systems_lookup(&into->schools, type_at);
    int problems = record_resolve(l->engine->schema, r, &schools, evaluation_scratch(f->ev), f->slots, l->problems);
    f->record = r;
    f->numbered = false;
    f->row = r->row;
    f->source = ledger_source(l, r->source);
    apply_result result = problems >= 0 && f->source != UINT32_MAX ? APPLY_DONE : APPLY_NOMEM;
    if (result == APPLY_DONE) {
        result = take_place(l, f, type_at, problems, sign, into, taken);
    }
    bool fine = result == APPLY_DONE && take_special(l, type_at, f->slots, sign, into, taken);
    frame_set_own_day(f);
    for (uint32_t i = 0; fine && i < work->measure_count; i++) {
        const plan_measure *m = work->measures[i];
        fine = fold_row(f, m, &into->accounts[m->account], &rows->keyless, sign);
    }
    fine = fine && judge_rows(f, work, rows);
    frame_give(l, f);
    return result == APPLY_ABSENT || fine ? result : APPLY_NOMEM;
}

policy_status post_record(policy_ledger *l, uint32_t type_at, const record *r, policy_error **err)
{
    return record_apply(l, type_at, r, 1, &l->delta, NULL) == APPLY_DONE ? POLICY_OK
                                                                         : notices_error(&l->delta.notices, err);
}
