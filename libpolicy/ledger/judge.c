/*
 * Judging when findings are asked for: groups against their bounds, rows of measures, rows that waited for a check, and
 * rows that could join no group.
 *
 * A group is judged by the version of its rule in force on the latest own date of its rows. Past a bound is a fail of the
 * rule's severity; past a warning only, a fail of severity warning; not sure about the bound, unknown.
 */
#include "columns/columns.h"
#include "expr/functions.h"
#include "ledger/findings.h"
#include "ledger/lost.h"

static uint64_t missing_of(value v)
{
    return v.kind == VALUE_INTERVAL                          ? v.as.interval->missing
           : v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN ? v.as.missing
                                                             : 0;
}

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

static int64_t *counts_of(policy_findings *all, const plan_version *v)
{
    return &all->verdicts[(size_t)v->rule->number * VERDICTS];
}

static bool report(policy_ledger *l, policy_findings *all, finding_draft *d)
{
    counts_of(all, d->version)[d->verdict]++;
    return !(l->reported & (1u << d->verdict)) || findings_add(all, l, d);
}

/* ---- a value against a bound ---- */

typedef enum ruling { RULING_PASS, RULING_FAIL, RULING_UNKNOWN } ruling;

typedef struct ends {
    value low, high; /* VALUE_NULL: open */
} ends;

static ends ends_of(value v)
{
    if (v.kind == VALUE_INTERVAL) {
        return (ends){v.as.interval->low, v.as.interval->high};
    }
    return value_is_missing(v) ? (ends){value_null(), value_null()} : (ends){v, v};
}

static bool above(value a, value b)
{
    return a.kind != VALUE_NULL && b.kind != VALUE_NULL && value_compare(a, b) == 1;
}

static bool not_above(value a, value b)
{
    int order = a.kind != VALUE_NULL && b.kind != VALUE_NULL ? value_compare(a, b) : 2;
    return order == 0 || order == -1;
}

/* May the value be more than the limit? `absent`: there may be no value, which is no fail. */
static ruling at_most(ends v, ends limit, bool absent)
{
    if (above(v.low, limit.high)) {
        return absent ? RULING_UNKNOWN : RULING_FAIL;
    }
    return not_above(v.high, limit.low) ? RULING_PASS : RULING_UNKNOWN;
}

static ruling exactly(ends v, ends limit, bool absent)
{
    ruling up = at_most(v, limit, absent), down = at_most(limit, v, absent);
    if (up == RULING_FAIL || down == RULING_FAIL) {
        return RULING_FAIL;
    }
    bool settled = v.low.kind != VALUE_NULL && v.high.kind != VALUE_NULL && value_compare(v.low, v.high) == 0 &&
                   limit.low.kind != VALUE_NULL && limit.high.kind != VALUE_NULL &&
                   value_compare(limit.low, limit.high) == 0;
    if (settled) {
        return value_compare(v.low, limit.low) == 0 ? RULING_PASS : absent ? RULING_UNKNOWN : RULING_FAIL;
    }
    return RULING_UNKNOWN;
}

static ruling rule_on(bound_kind kind, ends v, ends limit, bool absent)
{
    switch (kind) {
    case BOUND_AT_MOST:
    case BOUND_WARN_ABOVE:
        return at_most(v, limit, absent);
    case BOUND_AT_LEAST:
    case BOUND_WARN_BELOW:
        return at_most(limit, v, absent);
    default:
        return exactly(v, limit, absent);
    }
}

/* ---- one group ---- */

typedef struct judged {
    policy_verdict verdict;
    bool soft; /* by a warning threshold */
    bool up;   /* past an upper bound */
    uint64_t missing;
    value limit;
    const type *limit_type;
    const value_error *error;
} judged;

static bool is_warning(bound_kind kind)
{
    return kind == BOUND_WARN_ABOVE || kind == BOUND_WARN_BELOW;
}

/* Both thresholds of one side, known: the warning must not lie beyond the bound. */
static bool warning_misplaced(const plan_version *v, const value *limits, const bool *use, value *warn, value *hard)
{
    for (uint32_t i = 0; i < v->bound_count; i++) {
        bound_kind kind = v->bounds[i].kind;
        if (!use[i] || !is_warning(kind) || limits[i].kind >= VALUE_INTERVAL) {
            continue;
        }
        for (uint32_t k = 0; k < v->bound_count; k++) {
            if (!use[k] || limits[k].kind >= VALUE_INTERVAL ||
                v->bounds[k].kind != (kind == BOUND_WARN_ABOVE ? BOUND_AT_MOST : BOUND_AT_LEAST)) {
                continue;
            }
            /* An overlay's stricter bound takes its base's warning with it. */
            bool own = v->bounds[i].overlay == v->bounds[k].overlay;
            if (own && value_compare(limits[i], limits[k]) == (kind == BOUND_WARN_ABOVE ? 1 : -1)) {
                *warn = limits[i];
                *hard = limits[k];
                return true;
            }
        }
    }
    return false;
}

static judged judge_bounds(frame *f, const plan_version *v, value measured, bool absent)
{
    judged out = {.verdict = POLICY_PASS, .limit = value_null()};
    value *limits = arena_array(evaluation_scratch(f->ev), v->bound_count + 1, sizeof(value));
    bool *use = arena_array(evaluation_scratch(f->ev), v->bound_count + 1, sizeof(bool));
    if (limits == NULL || use == NULL) {
        value full = value_fail(f->ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0);
        return (judged){.verdict = POLICY_ERROR, .limit = value_null(), .error = full.as.error};
    }
    for (uint32_t i = 0; i < v->bound_count; i++) {
        use[i] = !f->dated || plan_in_force(&v->bounds[i].in_force, f->day);
        limits[i] = use[i] ? frame_evaluate(f, v->bounds[i].program) : value_null();
        if (limits[i].kind == VALUE_ERROR) {
            return (judged){.verdict = POLICY_ERROR, .limit = value_null(), .error = limits[i].as.error};
        }
    }
    value warn, hard;
    if (warning_misplaced(v, limits, use, &warn, &hard)) {
        buffer a, b;
        buffer_init(&a, f->ledger->allocator, 0);
        buffer_init(&b, f->ledger->allocator, 0);
        value_write(&a, warn, v->measure->value_type, POLICY_LANGUAGE_EN);
        value_write(&b, hard, v->measure->value_type, POLICY_LANGUAGE_EN);
        str arguments[2] = {buffer_text(&a), buffer_text(&b)};
        value broke = value_fail(f->ev, POLICY_E_EVALUATE, MESSAGE_LEDGER_WARN_SIDE, arguments, 2);
        buffer_free(&a);
        buffer_free(&b);
        return (judged){.verdict = POLICY_ERROR, .limit = value_null(), .error = broke.as.error};
    }
    /* Hard bounds first: fail beats unknown beats pass; of several that fail the first one speaks. */
    ends have = ends_of(measured);
    for (int warning = 0; warning < 2; warning++) {
        for (uint32_t i = 0; i < v->bound_count; i++) {
            bound_kind kind = v->bounds[i].kind;
            if (!use[i] || is_warning(kind) != (warning == 1)) {
                continue;
            }
            ruling r = rule_on(kind, have, ends_of(limits[i]), absent);
            bool stricter = false; /* of several bounds of one kind the strictest is the limit shown */
            if (out.limit.kind != VALUE_NULL && limits[i].kind < VALUE_INTERVAL && out.limit.kind < VALUE_INTERVAL) {
                int order = value_compare(limits[i], out.limit);
                stricter = kind == BOUND_AT_MOST || kind == BOUND_WARN_ABOVE ? order == -1 : order == 1;
            }
            policy_verdict verdict = r == RULING_FAIL      ? POLICY_FAIL
                                     : r == RULING_UNKNOWN ? POLICY_UNKNOWN
                                                           : POLICY_PASS;
            bool worse = verdict == POLICY_FAIL ? out.verdict != POLICY_FAIL
                                                : verdict == POLICY_UNKNOWN && out.verdict == POLICY_PASS;
            if (worse || out.limit.kind == VALUE_NULL || (verdict == out.verdict && stricter)) {
                out.limit = limits[i];
                out.limit_type = expr_type(v->bounds[i].program);
            }
            if (worse) {
                out.verdict = verdict;
                out.soft = warning == 1;
                out.up = kind == BOUND_AT_MOST || kind == BOUND_WARN_ABOVE ||
                         (kind == BOUND_EXACTLY && above(have.low, ends_of(limits[i]).high));
            }
            if (verdict == POLICY_UNKNOWN) {
                out.missing |= missing_of(measured) | missing_of(limits[i]);
            }
        }
        if (out.verdict != POLICY_PASS) {
            break; /* past or unsure about the bound: the warning says no more */
        }
    }
    return out;
}

/* Of a group with rows whose date is not known: the latest day may be any from the latest known one on. */
force judge_group_force(const plan_version *v, const frame *f, const group *g)
{
    force where = version_force(v, f->dated, f->day);
    if (g->undated == 0 || !f->dated) {
        return where;
    }
    const plan_rule *rule = v->rule;
    bool settled = false, reached = false; /* a version holds from here on for good; one holds from here or later */
    for (uint32_t i = 0; i < rule->version_count; i++) {
        const date_range *range = &rule->versions[i]->in_force;
        settled = settled || (plan_in_force(range, f->day) && !range->has_until);
        reached = reached || !range->has_until || range->until >= f->day;
    }
    return settled || !reached ? where : rule->versions[0] == v ? FORCE_UNKNOWN : FORCE_ELSEWHERE;
}

/* Keys and, for the bounds and messages, the slots of the measure's own table. */
static bool judge_group(policy_ledger *l, frame *f, const plan_version *v, const group *g, policy_findings *all)
{
    const plan_measure *m = v->measure;
    value measured = f->slots[m->key_count];
    force where = judge_group_force(v, f, g);
    if (where == FORCE_ELSEWHERE || ran_out(measured)) {
        return where == FORCE_ELSEWHERE;
    }
    l->note_count = 0;
    finding_draft d = {.version = v,
                       .severity = version_severity(v, f->dated, f->day),
                       .keys = m->keys,
                       .key_count = m->key_count,
                       .key_values = f->slots,
                       .env = m->out->env,
                       .rows = &g->rows,
                       .measured = measured,
                       .measured_type = m->value_type,
                       .limit = value_null()};
    if (where == FORCE_NOWHERE) {
        d.verdict = POLICY_NOT_IN_FORCE;
        return report(l, all, &d);
    }
    /* The interval itself, which the slot hides when there may be no value. */
    aggregate_result result = ledger_group_value(l, m, g, f->ev);
    if (ran_out(result.v)) {
        return false;
    }
    if (result.v.kind == VALUE_NONE) {
        d.verdict = POLICY_NOT_APPLICABLE;
        d.measured = value_null();
        return report(l, all, &d);
    }
    d.measured = result.v;
    if (result.v.kind == VALUE_ERROR) {
        d.verdict = POLICY_ERROR;
        d.error = result.v.as.error;
        d.measured = value_null();
        return report(l, all, &d);
    }
    if (where == FORCE_UNKNOWN) {
        d.verdict = POLICY_UNKNOWN;
        d.missing = f->day_missing;
        return report(l, all, &d);
    }
    judged j = judge_bounds(f, v, result.v, result.may_be_absent);
    if (j.error != NULL && j.error->status == POLICY_E_NOMEM) {
        return false;
    }
    if (j.verdict == POLICY_PASS && !ledger_covers(l, m, g->keys, f->dated, f->day)) {
        j.verdict = POLICY_UNKNOWN;
        j.missing = UINT64_C(1) << (l->engine->schema->types[m->source->root].field_count + 4) % 64;
    }
    d.verdict = j.verdict;
    d.missing = j.missing;
    d.limit = j.limit;
    d.limit_type = j.limit_type;
    d.error = j.error;
    value shown = result.v;
    if (j.verdict == POLICY_FAIL && result.v.kind == VALUE_INTERVAL) {
        /* What is proved: at least so much, or at most. */
        const value_interval *i = result.v.as.interval;
        d.measured = j.up ? i->low : i->high;
        shown = aggregate_interval(f->ev, j.up ? i->low : value_null(), j.up ? value_null() : i->high, i->missing);
        if (ran_out(shown)) {
            return false;
        }
    }
    if (j.soft && d.severity > POLICY_WARNING) {
        d.severity = POLICY_WARNING;
    }
    d.notes = l->notes;
    d.note_count = l->note_count;
    if (j.verdict == POLICY_FAIL && (l->reported & (1u << POLICY_FAIL))) {
        f->slots[m->key_count] = result.v;
        f->slots[m->out->limit] = j.limit.kind == VALUE_NULL ? value_none(0) : j.limit;
        value *filled = arena_array(evaluation_scratch(f->ev), v->placeholder_count + 1, sizeof(value));
        if (filled == NULL) {
            return false;
        }
        for (uint32_t i = 0; i < v->placeholder_count; i++) {
            /* A bare {value} says which end is proved. */
            int slot = expr_single_slot(v->placeholders[i]);
            filled[i] = slot == (int)m->key_count ? shown : frame_evaluate(f, v->placeholders[i]);
        }
        d.placeholders = filled;
        d.placeholder_count = v->placeholder_count;
    }
    return report(l, all, &d);
}

/* A group without a row is judged as of the run's day, else of its last. */
void judge_place_in_time(const policy_ledger *l, frame *f)
{
    int32_t from;
    if (!f->dated) {
        f->dated = l->run.has_as_of || run_days(&l->run, &from, &f->day);
        f->day = l->run.has_as_of ? l->run.as_of : f->day;
    }
}

/* `per: []` is one group that exists even without a row. */
static bool judge_nothing(policy_ledger *l, frame *f, const plan_version *v, policy_findings *all)
{
    static const group nothing;
    const plan_measure *m = v->measure;
    frame_set_group(f, m, &nothing);
    judge_place_in_time(l, f);
    if (ledger_supplied(l, m->source->root)) {
        return judge_group(l, f, v, &nothing, all);
    }
    force where = version_force(v, f->dated, f->day);
    if (where == FORCE_ELSEWHERE) {
        return true;
    }
    read_note note = {.measure = m, .not_supplied = true};
    finding_draft d = {.version = v,
                       .severity = version_severity(v, f->dated, f->day),
                       .keys = m->keys,
                       .verdict = where == FORCE_NOWHERE ? POLICY_NOT_IN_FORCE : POLICY_UNKNOWN,
                       .env = m->out->env,
                       .measured = value_null(),
                       .limit = value_null(),
                       .notes = &note,
                       .note_count = 1,
                       .rows = &nothing.rows};
    return report(l, all, &d);
}

/* A group as the view has it; NULL: it is not there. */
static bool judge_limit_group(policy_ledger *l, frame *f, const plan_version *v, const group *g, policy_findings *all)
{
    if (g == NULL) {
        return v->measure->key_count > 0 || judge_nothing(l, f, v, all);
    }
    frame_set_group(f, v->measure, g);
    return judge_group(l, f, v, g, all);
}

/* ---- predicates: rows of measures, rows that waited ---- */

/* `when` is known; the frame holds the row. */
static bool judge_predicate(policy_ledger *l, frame *f, const plan_version *v, value when, finding_draft *d,
                            policy_findings *all)
{
    l->note_count = 0;
    row_verdict r = judge_condition(f, v, when);
    if (r.error != NULL && r.error->status == POLICY_E_NOMEM) {
        return false;
    }
    d->verdict = r.verdict;
    d->missing = r.missing;
    d->error = r.error;
    read_note notes[READ_NOTES]; /* what the check read, not what the message reads */
    d->note_count = l->note_count;
    for (uint32_t i = 0; i < l->note_count; i++) {
        notes[i] = l->notes[i];
    }
    d->notes = notes;
    if (r.verdict == POLICY_FAIL && (l->reported & (1u << POLICY_FAIL))) {
        value *filled = arena_array(evaluation_scratch(f->ev), v->placeholder_count + 1, sizeof(value));
        if (filled == NULL) {
            return false;
        }
        for (uint32_t i = 0; i < v->placeholder_count; i++) {
            filled[i] = frame_evaluate(f, v->placeholders[i]);
        }
        d->placeholders = filled;
        d->placeholder_count = v->placeholder_count;
    }
    return report(l, all, d);
}

static bool judge_measure_row(policy_ledger *l, frame *f, const plan_version *v, const group *g, policy_findings *all)
{
    force where = judge_group_force(v, f, g);
    if (where == FORCE_ELSEWHERE) {
        return true;
    }
    if (ran_out(f->slots[v->table->column_count - 1])) {
        return false;
    }
    value *keys = arena_array(evaluation_scratch(f->ev), v->key_count + 1, sizeof(value));
    if (keys == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < v->key_count; i++) {
        const plan_key *key = &v->keys[i];
        value k = key->program ? frame_evaluate(f, key->program) : f->slots[key->slot];
        keys[i] = k.kind >= VALUE_INTERVAL ? value_null() : k;
    }
    finding_draft d = {.version = v,
                       .severity = version_severity(v, f->dated, f->day),
                       .keys = v->keys,
                       .key_count = v->key_count,
                       .key_values = keys,
                       .env = v->env,
                       .rows = &g->rows,
                       .measured = f->slots[v->table->column_count - 1],
                       .measured_type = v->table->measure->value_type,
                       .limit = value_null(),
                       .verdict = POLICY_NOT_IN_FORCE};
    if (where == FORCE_NOWHERE) {
        return report(l, all, &d);
    }
    l->note_count = 0;
    value when = frame_when(f, v->when, v->also, v->also_count);
    if (when.kind == VALUE_BOOL && !when.as.b) {
        d.verdict = POLICY_NOT_APPLICABLE;
        return report(l, all, &d);
    }
    if (where == FORCE_UNKNOWN) {
        d.verdict = POLICY_UNKNOWN;
        d.missing = f->day_missing;
        return report(l, all, &d);
    }
    if (when.kind == VALUE_ERROR) {
        d.verdict = POLICY_ERROR;
        d.error = when.as.error;
        return !ran_out(when) && report(l, all, &d);
    }
    if (f->maybe) {
        when = value_unknown(f->maybe_missing | (when.kind == VALUE_UNKNOWN ? when.as.missing : 0));
    }
    return v->script ? judge_script_measure_row(f, v, when, &d, all) : judge_predicate(l, f, v, when, &d, all);
}

static bool judge_measure_group(policy_ledger *l, frame *f, const plan_version *v, const group *g, policy_findings *all)
{
    static const group nothing; /* of the one group that always exists */
    const plan_measure *m = v->table->measure;
    if (g == NULL && m->key_count > 0) {
        return true;
    }
    frame_set_group(f, m, g ? g : &nothing);
    if (g == NULL) {
        judge_place_in_time(l, f);
        if (!ledger_supplied(l, m->source->root)) {
            f->slots[m->key_count] =
                value_unknown(UINT64_C(1) << l->engine->schema->types[m->source->root].field_count);
        }
        return judge_measure_row(l, f, v, &nothing, all);
    }
    if (!v->each.present) {
        return judge_measure_row(l, f, v, g, all);
    }
    value list = frame_evaluate(f, v->each.list);
    bool fine = !ran_out(list);
    if (list.kind == VALUE_LIST) {
        for (size_t k = 0; k < list.as.list->count && fine; k++) {
            f->slots[v->table->each] = list.as.list->items[k];
            fine = judge_measure_row(l, f, v, g, all);
        }
    } else if (fine) {
        f->slots[v->table->each] = list.kind == VALUE_ERROR ? list : value_unknown(missing_of(list));
        fine = judge_measure_row(l, f, v, g, all);
    }
    return fine;
}

/* ---- the groups of a version, all or one ---- */

static const plan_measure *measure_of(const plan_version *v)
{
    return v->measure ? v->measure : v->table->measure;
}

static bool judge_one(policy_ledger *l, frame *f, const plan_version *v, const group *g, policy_findings *all)
{
    l->run.in_force = v->measure ? NULL : &v->in_force;
    bool fine = v->measure ? judge_limit_group(l, f, v, g, all) : judge_measure_group(l, f, v, g, all);
    l->run.in_force = NULL;
    return fine;
}

bool judge_version(policy_ledger *l, const plan_version *v, policy_findings *all)
{
    if (v->script && v->table->record != NULL) {
        return judge_script_groups(l, v, NULL, all);
    }
    if (measure_of(v) == NULL) {
        return true;
    }
    group_walk walk;
    bool fine = true, any = columns_may_judge(l, v);
    frame *f = frame_take(l, v->measure ? v->measure->out : v->table);
    if (f == NULL) {
        return false;
    }
    if (any) {
        fine = columns_judge(l, v, f, all, counts_of(all, v), judge_one);
        walk = (group_walk){.base = &l->state.accounts[v->measure->account]};
    } else {
        fine = ledger_groups(l, measure_of(v), &walk);
    }
    for (const group *g; fine && (g = group_walk_next(&walk)) != NULL;) {
        any = true;
        fine = judge_one(l, f, v, g, all);
    }
    if (fine && !any) {
        fine = judge_one(l, f, v, NULL, all);
    }
    frame_give(l, f);
    return fine;
}

bool judge_target(policy_ledger *l, const plan_version *v, const value *keys, uint64_t hash, policy_findings *all)
{
    if (ledger_lost_rule(l, v->rule)) {
        return true; /* its one finding is not caused by any record */
    }
    bool nomem = false;
    const group *g = ledger_group(l, measure_of(v), keys, hash, &nomem);
    frame *f = nomem ? NULL : frame_take(l, v->measure ? v->measure->out : v->table);
    if (f == NULL) {
        return false;
    }
    bool fine = judge_one(l, f, v, g, all);
    frame_give(l, f);
    return fine;
}

bool judge_late(policy_ledger *l, const kept_row *r, policy_findings *all)
{
    const plan_version *v = r->version;
    frame *f = frame_take(l, v->table);
    if (f == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < v->table->column_count; i++) {
        f->slots[i] = value_unknown(UINT64_C(1) << i); /* not among the kept ones: not read */
    }
    for (uint32_t i = 0; i < v->kept_count; i++) {
        f->slots[v->kept_slots[i]] = r->values[i];
    }
    f->dated = r->dated;
    f->day = r->day;
    f->source = r->source;
    f->row = r->row;
    finding_draft d = {.version = v,
                       .severity = version_severity(v, r->dated, r->day),
                       .keys = v->keys,
                       .key_count = v->key_count,
                       .key_values = r->keys,
                       .env = v->env,
                       .source = r->source,
                       .row = r->row,
                       .measured = value_null(),
                       .limit = value_null()};
    l->run.in_force = &v->in_force;
    bool fine = judge_predicate(l, f, v, r->maybe ? value_unknown(r->missing) : value_bool(true), &d, all);
    l->run.in_force = NULL;
    frame_give(l, f);
    return fine;
}

/* ---- rows without a group ---- */

/* Would the version speak of the row at all, as far as its known keys say? */
bool judge_keyless_applies(policy_ledger *l, const plan_version *v, const kept_row *r)
{
    const plan_table *t = v->table;
    const expr *when = v->measure ? v->measure->when : v->when;
    if (t->measure != r->measure || when == NULL || (v->measure ? v->measure->each.present : v->each.present)) {
        return true;
    }
    frame *f = frame_take(l, t);
    if (f == NULL) {
        return true;
    }
    for (uint32_t i = 0; i < r->key_count; i++) {
        f->slots[i] = r->keys[i].kind == VALUE_NULL ? value_unknown(r->missing) : r->keys[i];
    }
    f->slots[r->key_count] = value_unknown(r->missing);
    f->dated = r->dated;
    f->day = r->day;
    value verdict = frame_when(f, when, v->also, v->also_count);
    bool applies = !(verdict.kind == VALUE_BOOL && !verdict.as.b);
    frame_give(l, f);
    return applies;
}

bool judge_keyless_row(policy_ledger *l, const plan_version *v, const kept_row *r, policy_findings *all)
{
    const plan_measure *m = r->measure;
    force where = version_force(v, r->dated, r->day);
    if (where == FORCE_ELSEWHERE || (where != FORCE_NOWHERE && m != v->measure && !judge_keyless_applies(l, v, r))) {
        return true;
    }
    finding_draft d = {.version = v,
                       .severity = version_severity(v, r->dated, r->day),
                       .keys = m->keys,
                       .key_count = m->key_count,
                       .key_values = r->keys,
                       .env = m->env,
                       .missing = r->missing,
                       .source = r->source,
                       .row = r->row,
                       .measured = value_null(),
                       .limit = value_null(),
                       .verdict = where == FORCE_NOWHERE ? POLICY_NOT_IN_FORCE : r->verdict};
    if (r->error.kind == VALUE_ERROR) {
        d.error = r->error.as.error;
    }
    return report(l, all, &d);
}

static bool keyless_of(policy_ledger *l, const plan_version *v, const plan_measure *m, policy_findings *all)
{
    row_walk walk;
    bool fine = ledger_keyless(l, m, &walk);
    for (const kept_row *r; fine && (r = row_walk_next(&walk)) != NULL;) {
        fine = r->measure != m || judge_keyless_row(l, v, r, all);
    }
    return fine;
}

bool judge_keyless(policy_ledger *l, const plan_version *v, policy_findings *all)
{
    if (v->measure != NULL && !keyless_of(l, v, v->measure, all)) {
        return false;
    }
    for (const plan_measure *m = v->table->measure; m != NULL; m = m->source->measure) {
        if (!keyless_of(l, v, m, all)) {
            return false;
        }
    }
    return true;
}
