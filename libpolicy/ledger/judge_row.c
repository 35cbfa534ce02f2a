/*
 * Row rules: one record against one version of a rule.
 *
 *   not in force?  when?  check?      when and bad: fail; not bad: pass; when false: not applicable; else unknown
 *
 * What a rule's own dates make of a record comes first. A record without a known own date is unknown wherever the date
 * could matter, unless the rule does not speak of it anyway.
 */
#include "expr/functions.h"
#include "ledger/state.h"

force version_force(const plan_version *v, bool dated, int32_t day)
{
    const plan_rule *rule = v->rule;
    if (!dated) {
        bool always = rule->version_count == 1 && !v->in_force.has_from && !v->in_force.has_until;
        return always ? FORCE_HERE : rule->versions[0] == v ? FORCE_UNKNOWN : FORCE_ELSEWHERE;
    }
    if (plan_in_force(&v->in_force, day)) {
        return FORCE_HERE;
    }
    for (uint32_t i = 0; i < rule->version_count; i++) {
        if (plan_in_force(&rule->versions[i]->in_force, day)) {
            return FORCE_ELSEWHERE;
        }
    }
    return rule->versions[0] == v ? FORCE_NOWHERE : FORCE_ELSEWHERE;
}

policy_severity version_severity(const plan_version *v, bool dated, int32_t day)
{
    policy_severity severity = v->severity;
    for (uint32_t i = 0; i < v->raise_count; i++) {
        bool bounded = v->raises[i].in_force.has_from || v->raises[i].in_force.has_until;
        if ((dated ? plan_in_force(&v->raises[i].in_force, day) : !bounded) && v->raises[i].severity > severity) {
            severity = v->raises[i].severity;
        }
    }
    return severity;
}

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

row_verdict judge_condition(frame *f, const plan_version *v, value when)
{
    uint64_t missing = when.kind == VALUE_UNKNOWN ? when.as.missing : 0;
    value check = frame_evaluate(f, v->condition);
    switch (check.kind) {
    case VALUE_BOOL: {
        bool bad = v->require ? !check.as.b : check.as.b;
        if (!bad) {
            return (row_verdict){POLICY_PASS, 0, NULL};
        }
        return when.kind == VALUE_BOOL ? (row_verdict){POLICY_FAIL, 0, NULL}
                                       : (row_verdict){POLICY_UNKNOWN, missing, NULL};
    }
    case VALUE_ERROR:
        if (when.kind != VALUE_BOOL && check.as.error->status != POLICY_E_NOMEM) { /* unknown beats error */
            return (row_verdict){POLICY_UNKNOWN, missing, NULL};
        }
        return (row_verdict){POLICY_ERROR, 0, check.as.error};
    case VALUE_INTERVAL:
        return (row_verdict){POLICY_UNKNOWN, missing | check.as.interval->missing, NULL};
    case VALUE_NONE:
    case VALUE_UNKNOWN:
        return (row_verdict){POLICY_UNKNOWN, missing | check.as.missing, NULL};
    default: /* a dyn check that is no condition */
        check = value_fail(f->ev, POLICY_E_EVALUATE, MESSAGE_LEDGER_NOT_BOOL, NULL, 0);
        return (row_verdict){POLICY_ERROR, 0, check.as.error};
    }
}

/* Keep what a finding of this row will show. */
static bool keep(frame *f, const plan_version *v, state *into, const row_verdict *r, bool late, bool maybe)
{
    const policy_allocator *a = into->allocator;
    arena *scratch = evaluation_scratch(f->ev);
    uint32_t values = late ? v->kept_count : r->verdict == POLICY_FAIL ? v->placeholder_count : 0;
    value *keys = arena_array(scratch, v->key_count + 1, sizeof(value));
    value *kept = arena_array(scratch, values + 1, sizeof(value));
    if (keys == NULL || kept == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < v->key_count; i++) {
        const plan_key *key = &v->keys[i];
        value k = f->slots[key->slot >= 0 ? key->slot : 0];
        if (key->program != NULL) {
            k = frame_evaluate(f, key->program);
        }
        keys[i] = k.kind >= VALUE_INTERVAL ? value_null() : k;
    }
    for (uint32_t i = 0; i < values; i++) {
        if (!late) {
            kept[i] = frame_evaluate(f, v->placeholders[i]);
            continue;
        }
        int slot = v->kept_slots[i];
        if (f->slots[slot].kind == VALUE_PENDING && slot != f->table->each) {
            (void)f->activation.resolve(f, f->ev, slot);
        }
        kept[i] = f->slots[slot];
    }
    kept_row like = {.version = v,
                     .verdict = r->verdict,
                     .maybe = maybe,
                     .dated = f->dated,
                     .day = f->day,
                     .source = f->source,
                     .row = f->row,
                     .missing = r->missing,
                     .key_count = v->key_count,
                     .value_count = values};
    if (r->error != NULL) {
        like.error = (value){.kind = VALUE_ERROR, .as.error = r->error};
    }
    return kept_rows_add(late ? &into->late : &into->kept, kept_row_new(&like, keys, kept, a), a);
}

static bool judge_one(frame *f, const plan_version *v, state *into)
{
    if (v->script) {
        return judge_script_row(f, v, into);
    }
    int64_t *counts = &into->verdicts[(size_t)v->rule->number * VERDICTS];
    uint32_t reported = f->ledger->reported;
    row_verdict r = {POLICY_NOT_IN_FORCE, 0, NULL};
    force where = version_force(v, f->dated, f->day);
    if (where == FORCE_ELSEWHERE) {
        return true;
    }
    if (where != FORCE_NOWHERE) {
        value when = frame_when(f, v->when, v->also, v->also_count);
        if (ran_out(when)) {
            return false;
        }
        if (when.kind == VALUE_BOOL && !when.as.b) {
            r.verdict = POLICY_NOT_APPLICABLE;
        } else if (where == FORCE_UNKNOWN) {
            r = (row_verdict){POLICY_UNKNOWN, f->day_missing | (when.kind == VALUE_UNKNOWN ? when.as.missing : 0),
                              NULL};
        } else if (when.kind == VALUE_ERROR) {
            r = (row_verdict){POLICY_ERROR, 0, when.as.error};
        } else if (v->late) {
            row_verdict waiting = {POLICY_PASS, when.kind == VALUE_UNKNOWN ? when.as.missing : 0, NULL};
            return keep(f, v, into, &waiting, true, when.kind == VALUE_UNKNOWN);
        } else {
            r = judge_condition(f, v, when);
            if (r.error != NULL && r.error->status == POLICY_E_NOMEM) {
                return false;
            }
        }
    }
    counts[r.verdict]++;
    return !(reported & (1u << r.verdict)) || keep(f, v, into, &r, false, false);
}

bool judge_failed(frame *f, const plan_version *v, state *into)
{
    const date_range *outer = f->ledger->run.in_force;
    f->ledger->run.in_force = &v->in_force;
    row_verdict r = {POLICY_FAIL, 0, NULL};
    into->verdicts[(size_t)v->rule->number * VERDICTS + POLICY_FAIL]++;
    bool fine = !(f->ledger->reported & (1u << POLICY_FAIL)) || keep(f, v, into, &r, false, false);
    f->ledger->run.in_force = outer;
    return fine;
}

/* Most rules say nothing of a record, as one look at its condition shows (expr_surely_false). */
static bool is_settled(frame *f, const plan_version *v, policy_verdict *verdict)
{
    if (v->each.present || v->script || v->also_count > 0 || version_force(v, f->dated, f->day) != FORCE_HERE) {
        return false;
    }
    *verdict = v->when != NULL ? POLICY_NOT_APPLICABLE : POLICY_PASS;
    bool settled = v->when != NULL ? expr_surely_false(v->when, f->slots)
                                   : !v->late && !v->require && expr_surely_false(v->condition, f->slots);
    return settled && !(f->ledger->reported & (1u << *verdict));
}

bool judge_row(frame *f, const plan_version *v, state *into)
{
    policy_verdict settled;
    if (is_settled(f, v, &settled)) {
        into->verdicts[(size_t)v->rule->number * VERDICTS + settled]++;
        return true;
    }
    const date_range *outer = f->ledger->run.in_force;
    f->ledger->run.in_force = &v->in_force;
    bool fine = true;
    if (!v->each.present) {
        fine = judge_one(f, v, into);
    } else {
        int slot = f->table->each;
        value list = frame_evaluate(f, v->each.list);
        if (list.kind == VALUE_LIST) {
            for (size_t i = 0; i < list.as.list->count && fine; i++) {
                f->slots[slot] = list.as.list->items[i];
                fine = judge_one(f, v, into);
            }
        } else if (list.kind == VALUE_ERROR) {
            row_verdict r = {POLICY_ERROR, 0, list.as.error};
            fine = !ran_out(list);
            f->slots[slot] = value_unknown(0);
            if (fine) {
                into->verdicts[(size_t)v->rule->number * VERDICTS + POLICY_ERROR]++;
                fine = !(f->ledger->reported & (1u << POLICY_ERROR)) || keep(f, v, into, &r, false, false);
            }
        } else { /* which rows it stands for is not known */
            uint64_t missing = value_is_missing(list) ? list.as.missing : 0;
            f->slots[slot] = value_unknown(missing);
            force where = version_force(v, f->dated, f->day);
            value when = frame_when(f, v->when, v->also, v->also_count);
            policy_verdict verdict = where == FORCE_NOWHERE                  ? POLICY_NOT_IN_FORCE
                                     : when.kind == VALUE_BOOL && !when.as.b ? POLICY_NOT_APPLICABLE
                                                                             : POLICY_UNKNOWN;
            if (where != FORCE_ELSEWHERE) {
                row_verdict r = {verdict, verdict == POLICY_UNKNOWN ? missing : 0, NULL};
                into->verdicts[(size_t)v->rule->number * VERDICTS + verdict]++;
                fine = !(f->ledger->reported & (1u << verdict)) || keep(f, v, into, &r, false, false);
            }
        }
        f->slots[slot] = (value){.kind = VALUE_PENDING};
    }
    f->ledger->run.in_force = outer;
    return fine;
}
