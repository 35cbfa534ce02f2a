/*
 * Rules over single records of a saved ledger, and its rows: those that are findings, those that wait for their check, and
 * those that join no group. See restore.h.
 */
#include "ledger/restore.h"

#include <string.h>

static bool judges_records(const plan_rule *rule)
{
    for (uint32_t i = 0; i < rule->version_count; i++) {
        const plan_version *v = rule->versions[i];
        if (v->table->record != NULL && v->measure == NULL) {
            return true;
        }
    }
    return false;
}

void restore_rules(restorer *r)
{
    policy_ledger *l = r->ledger;
    const policy_engine *e = l->engine;
    size_t count = restore_count(r);
    str *gone = restore_list(r, count, sizeof *gone);
    bool *taken = restore_list(r, e->rule_count, sizeof *taken), *known = restore_list(r, e->rule_count, sizeof *known);
    size_t gone_count = 0;
    engine_signatures own = {0};
    r->nomem = r->nomem || !signatures_of(l->engine, &own);
    r->rules = restore_list(r, count, sizeof *r->rules);
    r->rule_count = count;
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        signature is;
        str name = restore_name(r);
        restore_signature(r, &is);
        bool lost = restore_bool(r);
        int64_t verdicts[VERDICTS];
        for (int k = 0; k < VERDICTS; k++) {
            verdicts[k] = restore_tally(r, 0);
        }
        const plan_rule *rule = NULL;
        for (uint32_t k = 0; k < e->rule_count && rule == NULL && !restore_broken(r); k++) {
            rule = str_equal(e->rule_list[k]->id, name) ? e->rule_list[k] : NULL;
        }
        if (rule == NULL) {
            gone[gone_count++] = name;
            continue;
        }
        known[rule->number] = true;
        r->bad = r->bad || taken[rule->number];
        if (!restore_broken(r) && memcmp(is.bytes, own.rules[rule->number].bytes, sizeof is.bytes) == 0) {
            taken[rule->number] = true;
            r->rules[i] = lost ? NULL : rule;
            l->lost_rules[rule->number] = lost;
            memcpy(&l->state.verdicts[(size_t)rule->number * VERDICTS], verdicts, sizeof verdicts);
        }
    }
    for (uint32_t i = 0; i < e->rule_count && !restore_broken(r); i++) {
        const plan_rule *rule = e->rule_list[i];
        if (!judges_records(rule)) {
            memset(&l->state.verdicts[(size_t)i * VERDICTS], 0, VERDICTS * sizeof *l->state.verdicts);
            l->lost_rules[i] = false;
            continue;
        }
        if (!taken[i]) {
            l->lost_rules[i] = l->state.records[rule->root] > 0;
        }
        restore_say(r, rule->id, POLICY_CARRY_RULE,
                    !l->lost_rules[i] ? POLICY_CARRIED
                    : known[i]        ? POLICY_CARRIED_CHANGED
                                      : POLICY_CARRIED_NEW);
    }
    for (size_t i = 0; i < gone_count && !restore_broken(r); i++) {
        restore_say(r, gone[i], POLICY_CARRY_RULE, POLICY_CARRIED_GONE);
    }
}

static int slot_named(const plan_version *v, str name)
{
    for (uint32_t i = 0; i < v->kept_count; i++) {
        if (str_equal(saved_slot_name(v->table, v->kept_slots[i]), name)) {
            return (int)i;
        }
    }
    return -1;
}

/* Of a slot whose value waits with a row; NULL: any. */
static const type *slot_type(const plan_version *v, int slot)
{
    const plan_table *t = v->table;
    if (slot < (int)t->column_count) {
        return t->column_types[slot];
    }
    if (slot >= t->first_let && slot < t->first_let + (int)t->let_count) {
        return t->lets[slot - t->first_let].type;
    }
    return slot == t->record_id ? &type_string : slot == t->each ? v->each.element : NULL;
}

/* What a finding of the row shows, as judging leaves it. */
static void expect_shown(restorer *r, const kept_row *row, const value *held)
{
    const plan_version *v = row->version;
    uint32_t own = v->script ? CHECK_SHOWN : 0;
    bool said = v->script && row->value_count >= own &&
                (held[CHECK_SHOWN_ZH].kind == VALUE_STRING || held[CHECK_SHOWN_EN].kind == VALUE_STRING);
    bool filled = row->verdict == POLICY_FAIL && !said && !(v->script && v->from->folds);
    r->bad = r->bad || row->value_count != own + (filled ? v->placeholder_count : 0);
    for (uint32_t i = own; i < row->value_count && !r->bad; i++) {
        restore_expect(r, expr_type(v->placeholders[i - own]), held[i]);
    }
}

/* The values of a row that waits, each under the name of its slot. */
static void take_waiting(restorer *r, const kept_row *row, const env *e, size_t count, value *held)
{
    const plan_version *v = row->version;
    bool *given = arena_array(&r->scratch, count + 1, sizeof *given);
    r->nomem = r->nomem || given == NULL;
    r->bad = r->bad || (v != NULL && count != v->kept_count);
    for (size_t k = 0; k < count && !restore_broken(r); k++) {
        str name = restore_name(r);
        int at = v != NULL ? slot_named(v, name) : (int)k;
        r->bad = r->bad || at < 0 || given[at];
        value held_there = restore_value(r, e);
        if (!restore_broken(r)) {
            restore_expect(r, v != NULL ? slot_type(v, v->kept_slots[at]) : NULL, held_there);
            given[at] = true;
            held[at] = held_there;
        }
    }
}

/* Which rule or measure it is of; false when broken. What is not carried has neither. */
static bool take_owner(restorer *r, row_list list, kept_row *row)
{
    bool of_rule = restore_bool(r);
    uint64_t number = restore_uint(r), version = of_rule ? restore_uint(r) : 0;
    r->bad = r->bad || of_rule == (list == ROWS_KEYLESS) || number >= (of_rule ? r->rule_count : r->measure_count);
    if (restore_broken(r)) {
        return false;
    }
    const plan_rule *rule = of_rule ? r->rules[number] : NULL;
    row->measure = of_rule ? NULL : r->measures[number];
    r->bad = rule != NULL && version >= rule->version_count;
    if (rule != NULL && !r->bad) {
        const plan_version *v = row->version = rule->versions[version];
        bool waits = v->script ? v->from->folds : v->late;
        r->bad = v->table->record == NULL || v->measure != NULL || (list == ROWS_LATE && !waits);
    }
    return !r->bad;
}

static void take_row(restorer *r, row_list list, kept_rows *into)
{
    kept_row like = {0};
    arena_reset(&r->scratch);
    if (!take_owner(r, list, &like)) {
        return;
    }
    const plan_version *v = like.version;
    const plan_measure *m = like.measure;
    const env *e = v != NULL ? v->env : m != NULL ? m->env : NULL;
    like.source = restore_source(r);
    like.row = restore_uint(r);
    like.verdict = (policy_verdict)restore_between(r, 0, VERDICTS - 1);
    uint64_t flags = restore_uint(r);
    like.maybe = (flags & 1) != 0;
    like.killed = (flags & 2) != 0;
    like.dated = (flags & 4) != 0;
    like.day = restore_day(r);
    like.missing = restore_missing(r, e);
    size_t keys = restore_count(r);
    value *key_values = restore_values(r, e, restore_broken(r) ? 0 : keys);
    size_t values = restore_count(r);
    value *held = arena_array(&r->scratch, values + 1, sizeof(value));
    r->nomem = r->nomem || held == NULL;
    like.key_count = (uint32_t)keys;
    like.value_count = (uint32_t)values;
    if (list == ROWS_LATE && !restore_broken(r)) {
        take_waiting(r, &like, e, values, held);
    }
    for (size_t k = 0; list != ROWS_LATE && k < values && !restore_broken(r); k++) {
        held[k] = restore_value(r, e);
    }
    like.error = restore_value(r, e);
    r->bad = r->bad || (like.error.kind != VALUE_ERROR && like.error.kind != VALUE_NULL) ||
             (v != NULL && keys != v->key_count) || (m != NULL && keys != m->key_count);
    for (size_t k = 0; k < keys && (v != NULL || m != NULL) && !restore_broken(r); k++) {
        restore_expect(r, v != NULL ? v->keys[k].type : m->keys[k].type, key_values[k]);
    }
    if (list == ROWS_KEPT && v != NULL && !restore_broken(r)) {
        expect_shown(r, &like, held);
    }
    bool carried = v != NULL || (m != NULL && !r->ledger->lost_accounts[m->account]);
    if (carried && !restore_broken(r)) {
        r->nomem = !kept_rows_add(into, kept_row_new(&like, key_values, held, r->allocator), r->allocator);
    }
}

void restore_rows(restorer *r, row_list list)
{
    state *st = &r->ledger->state;
    kept_rows *into = list == ROWS_KEPT ? &st->kept : list == ROWS_LATE ? &st->late : &st->keyless;
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        take_row(r, list, into);
    }
}
