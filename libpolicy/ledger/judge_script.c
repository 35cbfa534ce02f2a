/*
 * Rules of scripts: the same dates, `when`, counts and findings as other row rules, the check itself in the sandbox.
 *
 * A check of one record runs when it is posted. A rule that folds keeps the fields it needs of each row until findings are
 * asked for; its groups are then judged from their rows in canonical order, so no Lua state depends on order. A script
 * that had to be killed makes its rule one error for the whole run: what it said before is withdrawn.
 */
#include <string.h>

#include "base/number.h"
#include "expr/functions.h"
#include "ledger/findings.h"
#include "script/checks.h"

/* What a finding of a script shows beside its keys: kept as the row's values. A check that failed without words of its own
 * also has what the rule's message names of the record. */

static value text_or_null(str text)
{
    return text.data ? value_string(text) : value_null();
}

/* The answer's error as a value in scratch; *nomem when memory ran out. */
static const value_error *error_of(frame *f, const check_answer *a, bool *nomem)
{
    if (a->verdict != POLICY_ERROR) {
        return NULL;
    }
    char number[NUMBER_TEXT];
    str arguments[3] = {STR("?"), {number, number_write_uint(number, a->failure ? a->failure->line : 0)}, STR("?")};
    if (a->failure != NULL) {
        arguments[0] = str_of(a->failure->file);
        arguments[2] = a->failure->end == SANDBOX_KILLED_STEPS    ? message_argument(MESSAGE_SCRIPT_OVER_STEPS)
                       : a->failure->end == SANDBOX_KILLED_MEMORY ? message_argument(MESSAGE_SCRIPT_OVER_MEMORY)
                       : a->failure->end == SANDBOX_KILLED_TIME   ? message_argument(MESSAGE_SCRIPT_OVER_TIME)
                                                                  : str_of(a->failure->message);
        if (strstr(a->failure->trace, " < ") != NULL) { /* called by more than the check itself */
            str traced[4] = {arguments[2], STR(" ["), str_of(a->failure->trace), STR("]")};
            arguments[2] = arena_join(evaluation_scratch(f->ev), traced, 4);
            *nomem = *nomem || arguments[2].data == NULL;
        }
        *nomem = *nomem || a->failure->end == SANDBOX_NOMEM;
    }
    value v = value_fail(f->ev, POLICY_E_SCRIPT, MESSAGE_LEDGER_SCRIPT, arguments, 3);
    *nomem = *nomem || v.as.error->status == POLICY_E_NOMEM;
    return v.as.error;
}

/* Keys as findings show them, and shown values. NULL out of memory. */
static bool key_values(frame *f, const plan_version *v, value *keys)
{
    for (uint32_t i = 0; i < v->key_count; i++) {
        const plan_key *key = &v->keys[i];
        value k = key->program ? frame_evaluate(f, key->program) : f->slots[key->slot];
        if (k.kind == VALUE_ERROR && k.as.error->status == POLICY_E_NOMEM) {
            return false;
        }
        keys[i] = k;
    }
    return true;
}

static bool keep(frame *f, const plan_version *v, kept_rows *rows, kept_row *like, value *keys, const value *values,
                 const policy_allocator *a)
{
    for (uint32_t i = 0; i < v->key_count; i++) {
        keys[i] = keys[i].kind >= VALUE_INTERVAL ? value_null() : keys[i];
    }
    like->version = v;
    like->dated = f->dated;
    like->day = f->day;
    like->source = f->source;
    like->row = f->row;
    like->key_count = v->key_count;
    return kept_rows_add(rows, kept_row_new(like, keys, values, a), a);
}

/* The answer as a finding shows it. NULL out of memory. */
static value *show(frame *f, const plan_version *v, const check_answer *a, policy_verdict verdict, uint32_t *count)
{
    bool filled = verdict == POLICY_FAIL && a->message_zh.data == NULL && a->message_en.data == NULL;
    *count = CHECK_SHOWN + (filled && !v->from->folds ? v->placeholder_count : 0);
    value *shown = arena_array(evaluation_scratch(f->ev), *count, sizeof(value));
    if (shown == NULL) {
        return NULL;
    }
    shown[CHECK_SHOWN_MEASURED] = a->measured;
    shown[CHECK_SHOWN_LIMIT] = a->limit;
    shown[CHECK_SHOWN_ZH] = text_or_null(a->message_zh);
    shown[CHECK_SHOWN_EN] = text_or_null(a->message_en);
    for (uint32_t i = CHECK_SHOWN; i < *count; i++) {
        shown[i] = frame_evaluate(f, v->placeholders[i - CHECK_SHOWN]);
    }
    return shown;
}

bool judge_script_row(frame *f, const plan_version *v, state *into)
{
    policy_ledger *l = f->ledger;
    int64_t *counts = &into->verdicts[(size_t)v->rule->number * VERDICTS];
    force where = version_force(v, f->dated, f->day);
    if (where == FORCE_ELSEWHERE) {
        return true;
    }
    value *keys = arena_array(evaluation_scratch(f->ev), (size_t)v->key_count + 1, sizeof(value));
    if (keys == NULL || !key_values(f, v, keys)) {
        return false;
    }
    kept_row like = {.verdict = POLICY_NOT_IN_FORCE};
    value when = where == FORCE_NOWHERE ? value_bool(true) : frame_when(f, v->when, v->also, v->also_count);
    const value_error *error = when.kind == VALUE_ERROR ? when.as.error : NULL;
    const value nothing[CHECK_SHOWN] = {value_null(), value_null(), value_null(), value_null()};
    const value *shown = nothing;
    uint32_t shown_count = CHECK_SHOWN;
    if (error != NULL && error->status == POLICY_E_NOMEM) {
        return false;
    }
    if (where == FORCE_NOWHERE) {
        like.verdict = POLICY_NOT_IN_FORCE;
    } else if (when.kind == VALUE_BOOL && !when.as.b) {
        like.verdict = POLICY_NOT_APPLICABLE;
    } else if (error != NULL) {
        like.verdict = POLICY_ERROR;
    } else if (where == FORCE_UNKNOWN) {
        like.verdict = POLICY_UNKNOWN;
        like.missing = f->day_missing;
    } else if (v->from->folds) {
        for (uint32_t i = 0; i < v->key_count; i++) {
            if (keys[i].kind == VALUE_NONE || keys[i].kind == VALUE_UNKNOWN) {
                like.missing |= keys[i].as.missing;
                like.verdict = POLICY_UNKNOWN;
            } else if (keys[i].kind == VALUE_ERROR) {
                error = keys[i].as.error;
                like.verdict = POLICY_ERROR;
            }
        }
        if (like.verdict == POLICY_NOT_IN_FORCE) { /* it has its keys: wait for the others of its group */
            value *kept = arena_array(evaluation_scratch(f->ev), (size_t)v->kept_count + 1, sizeof(value));
            if (kept == NULL) {
                return false;
            }
            for (uint32_t i = 0; i < v->kept_count; i++) {
                int slot = v->kept_slots[i];
                kept[i] = f->slots[slot].kind == VALUE_PENDING ? f->activation.resolve(f, f->ev, slot) : f->slots[slot];
            }
            like.verdict = POLICY_PASS;
            like.maybe = when.kind == VALUE_UNKNOWN;
            like.missing = like.maybe ? when.as.missing : 0;
            like.value_count = v->kept_count;
            return keep(f, v, &into->late, &like, keys, kept, into->allocator);
        }
    } else {
        if (l->killed[v->rule->number]) {
            return true; /* one error for the whole run */
        }
        check_answer a = checks_row(l->checks, v, &f->activation, f->ev);
        bool nomem = false;
        error = error_of(f, &a, &nomem);
        if (nomem) {
            return false;
        }
        like.verdict = a.verdict;
        like.missing = a.missing;
        like.killed = a.killed && a.verdict == POLICY_ERROR;
        if (when.kind == VALUE_UNKNOWN && a.verdict != POLICY_PASS && !like.killed) {
            like.verdict = POLICY_UNKNOWN; /* it may not be spoken of at all */
            like.missing |= when.as.missing;
            error = NULL;
        }
        l->killed[v->rule->number] = l->killed[v->rule->number] || like.killed;
        shown = show(f, v, &a, like.verdict, &shown_count);
        if (shown == NULL) {
            return false;
        }
    }
    counts[like.verdict]++;
    if (!(l->reported & (1u << like.verdict))) {
        return true;
    }
    if (error != NULL) {
        like.error = (value){.kind = VALUE_ERROR, .as.error = error};
    }
    like.value_count = shown_count;
    return keep(f, v, &into->kept, &like, keys, shown, into->allocator);
}

/* ---- groups ---- */

static int order_values(const value *a, const value *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bool missing_a = a[i].kind >= VALUE_INTERVAL, missing_b = b[i].kind >= VALUE_INTERVAL;
        int order = missing_a || missing_b ? (missing_a ? a[i].kind : 0) - (missing_b ? b[i].kind : 0)
                                           : value_order(a[i], b[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static int order_rows(const kept_row *a, const kept_row *b)
{
    int order = group_order_keys(a->keys, b->keys, a->key_count);
    if (order == 0) {
        order = order_values(a->values, b->values, a->value_count);
    }
    return order;
}

static void sort_rows(const kept_row **rows, const kept_row **room, size_t count)
{
    if (count < 2) {
        return;
    }
    size_t half = count / 2, left = 0, right = half, at = 0;
    sort_rows(rows, room, half);
    sort_rows(rows + half, room, count - half);
    memcpy(room, rows, half * sizeof(const kept_row *));
    while (left < half) {
        rows[at++] = right == count || order_rows(room[left], rows[right]) <= 0 ? room[left++] : rows[right++];
    }
}

/* One group: the rows from `rows` on. */
static bool judge_one_group(policy_ledger *l, const plan_version *v, const kept_row **rows, size_t count,
                            policy_findings *all, bool *killed)
{
    frame *f = frame_take(l, v->table);
    if (f == NULL) {
        return false;
    }
    arena *scratch = evaluation_scratch(f->ev);
    const value **values = arena_array(scratch, count, sizeof(const value *));
    group *g = arena_new(scratch, sizeof *g);
    bool fine = values != NULL && g != NULL;
    bool maybe = false;
    uint64_t missing = 0;
    source_names names = ledger_sources(l);
    for (size_t i = 0; i < count && fine; i++) {
        values[i] = rows[i]->values;
        maybe = maybe || rows[i]->maybe;
        missing |= rows[i]->missing;
        if (rows[i]->dated && (!f->dated || rows[i]->day > f->day)) {
            f->dated = true;
            f->day = rows[i]->day;
        }
        fine =
            group_add_row(g, rows[i]->source, rows[i]->row, rows[i]->maybe, 1, l->evidence_rows, &names, l->allocator);
    }
    force where = version_force(v, f->dated, f->day);
    if (fine && where != FORCE_ELSEWHERE) {
        finding_draft d = {.version = v,
                           .severity = version_severity(v, f->dated, f->day),
                           .keys = v->keys,
                           .key_count = v->key_count,
                           .key_values = rows[0]->keys,
                           .env = v->env,
                           .rows = &g->rows,
                           .measured = value_null(),
                           .limit = value_null(),
                           .verdict = POLICY_NOT_IN_FORCE};
        if (where == FORCE_HERE && maybe) { /* whether those rows count decides what the script would see */
            d.verdict = POLICY_UNKNOWN;
            d.missing = missing;
        } else if (where != FORCE_NOWHERE) {
            check_rows in = {values, count, rows[0]->keys};
            check_answer a = checks_group(l->checks, v, &in, f->ev);
            bool nomem = false;
            d.error = error_of(f, &a, &nomem);
            fine = !nomem;
            d.killed = *killed = a.killed && a.verdict == POLICY_ERROR;
            d.verdict = a.verdict;
            d.missing = a.missing;
            d.measured = a.measured;
            d.limit = a.limit;
            d.placeholders = show(f, v, &a, a.verdict, &d.placeholder_count);
            fine = fine && d.placeholders != NULL;
        }
        if (fine) {
            all->verdicts[(size_t)v->rule->number * VERDICTS + (size_t)d.verdict]++;
            fine = !(l->reported & (1u << d.verdict)) || findings_add(all, l, &d);
        }
    }
    if (g != NULL) {
        allocator_free(l->allocator, g->rows.items);
    }
    frame_give(l, f);
    return fine;
}

bool judge_script_groups(policy_ledger *l, const plan_version *v, const value *only, policy_findings *all)
{
    size_t count = 0;
    row_walk walk = ledger_rows(l, ROWS_LATE);
    for (const kept_row *r; (r = row_walk_next(&walk)) != NULL;) {
        count += r->version == v && (only == NULL || group_order_keys(r->keys, only, v->key_count) == 0) ? 1 : 0;
    }
    if (count == 0) {
        return true;
    }
    const kept_row **rows = allocator_zero(l->allocator, count * 2, sizeof(const kept_row *));
    if (rows == NULL) {
        return false;
    }
    size_t at = 0;
    walk = ledger_rows(l, ROWS_LATE);
    for (const kept_row *r; (r = row_walk_next(&walk)) != NULL;) {
        if (r->version == v && (only == NULL || group_order_keys(r->keys, only, v->key_count) == 0)) {
            rows[at++] = r;
        }
    }
    sort_rows(rows, rows + count, count);
    bool fine = true, killed = false;
    for (size_t from = 0, until; from < count && fine && !killed; from = until) {
        until = from + 1;
        while (until < count && group_order_keys(rows[from]->keys, rows[until]->keys, v->key_count) == 0) {
            until++;
        }
        fine = judge_one_group(l, v, rows + from, until - from, all, &killed);
    }
    allocator_free(l->allocator, rows);
    return fine;
}

bool judge_script_measure_row(frame *f, const plan_version *v, value when, finding_draft *d, policy_findings *all)
{
    policy_ledger *l = f->ledger;
    check_answer a = checks_row(l->checks, v, &f->activation, f->ev);
    bool nomem = false;
    d->error = error_of(f, &a, &nomem);
    d->killed = a.killed && a.verdict == POLICY_ERROR;
    d->verdict = a.verdict;
    d->missing = a.missing;
    if (when.kind == VALUE_UNKNOWN && a.verdict != POLICY_PASS && !a.killed) {
        d->verdict = POLICY_UNKNOWN; /* it may not be spoken of at all */
        d->missing |= when.as.missing;
        d->error = NULL;
    }
    if (a.measured.kind != VALUE_NULL) { /* else the measure's own */
        d->measured = a.measured;
        d->measured_type = NULL;
    }
    d->limit = a.limit;
    d->placeholders = show(f, v, &a, d->verdict, &d->placeholder_count);
    if (nomem || d->placeholders == NULL) {
        return false;
    }
    all->verdicts[(size_t)v->rule->number * VERDICTS + (size_t)d->verdict]++;
    return !(l->reported & (1u << d->verdict)) || findings_add(all, l, d);
}
