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
            verdicts[k] = restore_between(r, 0, INT64_MAX);
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

void restore_rows(restorer *r, kept_rows *into, bool waiting)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        arena_reset(&r->scratch);
        kept_row like = {0};
        bool of_rule = restore_bool(r);
        uint64_t number = restore_uint(r), version = of_rule ? restore_uint(r) : 0;
        r->bad = r->bad || number >= (of_rule ? r->rule_count : r->measure_count);
        if (restore_broken(r)) {
            return;
        }
        const plan_rule *rule = of_rule ? r->rules[number] : NULL;
        like.measure = of_rule ? NULL : r->measures[number];
        r->bad = r->bad || (rule != NULL && version >= rule->version_count) || (waiting && !of_rule);
        like.version = rule != NULL && !r->bad ? rule->versions[version] : NULL;
        bool carried =
            like.version != NULL || (like.measure != NULL && !r->ledger->lost_accounts[like.measure->account]);
        const env *e = like.version != NULL ? like.version->env : like.measure != NULL ? like.measure->env : NULL;
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
        size_t expected = values;
        if (waiting && like.version != NULL && !restore_broken(r)) {
            r->bad = values != like.version->kept_count;
        }
        for (size_t k = 0; k < values && !restore_broken(r); k++) {
            size_t spot = k;
            if (waiting) {
                str name = restore_name(r);
                int slot = like.version != NULL ? slot_named(like.version, name) : (int)k;
                r->bad = r->bad || slot < 0;
                spot = r->bad ? 0 : (size_t)slot;
            }
            value v = restore_value(r, e);
            if (!restore_broken(r)) {
                held[spot] = v;
            }
        }
        like.error = restore_value(r, e);
        r->bad = r->bad || (like.error.kind != VALUE_ERROR && like.error.kind != VALUE_NULL) ||
                 (like.version != NULL && keys != like.version->key_count) ||
                 (like.measure != NULL && keys != like.measure->key_count);
        if (!carried || restore_broken(r)) {
            continue;
        }
        like.key_count = (uint32_t)keys;
        like.value_count = (uint32_t)expected;
        r->nomem = !kept_rows_add(into, kept_row_new(&like, key_values, held, r->allocator), r->allocator);
    }
}
