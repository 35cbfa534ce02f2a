/*
 * What can be seen of packs without running them; see lint.h.
 */
#include "engine/lint.h"

#include "engine/needs.h"

bool lint_looks_at(const policy_engine *e, const pack *p)
{
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        if (e->rules->packs[i] != p && pack_extends(e->rules->packs[i], p)) {
            return false;
        }
    }
    return true;
}

bool lint_note(const policy_engine *e, policy_error **notes, message_id message, str first, str second, place at,
               str rule)
{
    return error_set(notes, &e->options.allocator,
                     &(error_spec){.status = POLICY_E_DATA,
                                   .message = message,
                                   .arguments = {first, second},
                                   .at = at,
                                   .rule = rule}) != POLICY_E_NOMEM;
}

/* ---- what nobody uses ---- */

/* Lua names parameters in its own way; a script that mentions one uses it. */
static bool script_mentions(const policy_engine *e, str name)
{
    for (uint32_t i = 0; i < e->rules->script_count; i++) {
        if (str_contains(e->rules->scripts[i].text, name)) {
            return true;
        }
    }
    return false;
}

static bool lint_params(const policy_engine *e, const needs *used, policy_error **notes)
{
    const schema_systems *systems = &e->schema->systems;
    for (uint32_t i = 0; i < e->param_count; i++) {
        const pack_param *p = e->params[i].from->declared;
        if (used->params[i] || !lint_looks_at(e, e->params[i].from->declared_by) ||
            str_equal(p->name, systems->primary_param) || str_equal(p->name, systems->junior_param) ||
            script_mentions(e, p->name)) {
            continue;
        }
        if (!lint_note(e, notes, MESSAGE_LINT_UNUSED_PARAM, p->name, str_none, p->at, str_none)) {
            return false;
        }
    }
    return true;
}

static const pack *pack_of_measure(const policy_engine *e, const plan_measure *m)
{
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        const pack *p = e->rules->packs[i];
        if (m->from >= p->measures && m->from < p->measures + p->measure_count) {
            return p;
        }
    }
    return NULL;
}

static bool lint_measures(const policy_engine *e, const needs *used, policy_error **notes)
{
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_measure *m = e->measures[i];
        const pack *p = m->from ? pack_of_measure(e, m) : NULL;
        if (p == NULL || used->measures[m->number] || !lint_looks_at(e, p) || script_mentions(e, m->id)) {
            continue;
        }
        if (!lint_note(e, notes, MESSAGE_LINT_UNUSED_MEASURE, m->id, str_none, m->at, m->id)) {
            return false;
        }
    }
    return true;
}

/* What is used counts from everywhere: a base's parameter may be there for its overlays. */
static bool lint_unused(const policy_engine *e, policy_error **notes)
{
    needs used;
    if (!needs_init(&used, e)) {
        return false;
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            needs_add_version(&used, e->rule_list[i]->versions[k]);
        }
    }
    /* A parameter that only an unused measure or let reads is not blamed beside it. */
    bool fine = lint_measures(e, &used, notes);
    for (uint32_t i = 0; i < e->measure_count; i++) {
        needs_add_measure(&used, e->measures[i]);
    }
    for (uint32_t i = 0; i < e->type_count; i++) {
        for (uint32_t k = 0; k < e->tables[i]->let_count; k++) {
            needs_add_program(&used, e->tables[i], e->tables[i]->lets[k].program);
        }
    }
    fine = fine && lint_params(e, &used, notes);
    needs_free(&used);
    return fine;
}

/* ---- clauses ---- */

static const pack_clause *find_clause(const policy_engine *e, const pack *p, str id)
{
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        const pack *in = e->rules->packs[i];
        for (uint32_t k = 0; k < in->clause_count && (in == p || pack_extends(p, in)); k++) {
            if (str_equal(in->clauses[k].id, id)) {
                return &in->clauses[k];
            }
        }
    }
    return NULL;
}

/* Does the pack, or one below it, list clauses at all? */
static bool has_clauses(const policy_engine *e, const pack *p)
{
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        const pack *in = e->rules->packs[i];
        if (in->clause_count > 0 && (in == p || pack_extends(p, in))) {
            return true;
        }
    }
    return false;
}

static bool lint_rule_clause(const policy_engine *e, const plan_version *v, policy_error **notes)
{
    const pack_rule *from = v->from;
    if (from->clause.data == NULL) {
        return lint_note(e, notes, MESSAGE_LINT_NO_CLAUSE, str_none, str_none, from->at, from->id);
    }
    const pack_clause *c = find_clause(e, v->pack, from->clause);
    if (c == NULL) {
        return !has_clauses(e, v->pack) ||
               lint_note(e, notes, MESSAGE_LINT_CLAUSE_NOT_LISTED, from->clause, str_none, from->clause_at, from->id);
    }
    for (uint32_t i = 0; i < c->rule_count; i++) {
        if (str_equal(c->rules[i], from->id)) {
            return true;
        }
    }
    if (v->pack->is_script) { /* its clauses are held by the rules that name them */
        return true;
    }
    return lint_note(e, notes, MESSAGE_LINT_CLAUSE_FORGETS, from->clause, str_none, from->clause_at, from->id);
}

static bool lint_clauses(const policy_engine *e, const pack *p, policy_error **notes)
{
    for (uint32_t i = 0; i < p->clause_count; i++) {
        const pack_clause *c = &p->clauses[i];
        bool said = c->rule_count > 0 || c->attested_by.data || c->reason.zh.data || c->reason.en.data;
        for (uint32_t k = 0; k < p->rule_count && p->is_script && !said; k++) {
            said = str_equal(p->rules[k].clause, c->id);
        }
        if (!said && !lint_note(e, notes, MESSAGE_LINT_OPEN_CLAUSE, c->id, str_none, c->at, str_none)) {
            return false;
        }
    }
    return true;
}

/* ---- rules ---- */

static bool lint_language(const policy_engine *e, policy_error **notes, const localized *text, message_id what,
                          const pack_rule *rule)
{
    if ((text->zh.data != NULL) == (text->en.data != NULL)) {
        return true;
    }
    return lint_note(e, notes, MESSAGE_LINT_NO_LANGUAGE, message_argument(what),
                     message_argument(text->zh.data == NULL ? MESSAGE_LINT_CHINESE : MESSAGE_LINT_ENGLISH), rule->at,
                     rule->id);
}

static bool lint_texts(const policy_engine *e, const pack_rule *rule, policy_error **notes)
{
    if (rule->message.zh.data == NULL && rule->message.en.data == NULL && rule->check != RULE_SCRIPT &&
        !lint_note(e, notes, MESSAGE_LINT_NO_MESSAGE, str_none, str_none, rule->at, rule->id)) {
        return false;
    }
    return lint_language(e, notes, &rule->message, MESSAGE_LINT_THE_MESSAGE, rule) &&
           lint_language(e, notes, &rule->title, MESSAGE_LINT_THE_TITLE, rule);
}

static bool folds_to(const expr *x, bool wanted)
{
    value v;
    return x != NULL && expr_constant(x, &v) && v.kind == VALUE_BOOL && v.as.b == wanted;
}

/* Only what the compiler already knows: a condition that does not depend on the record. */
static bool lint_reach(const policy_engine *e, const plan_version *v, policy_error **notes)
{
    const pack_rule *rule = v->from;
    const expr *when = v->measure ? v->measure->when : v->when;
    uint32_t also = v->measure ? v->measure->also_count : v->also_count;
    if (folds_to(when, false) && also == 0 &&
        !lint_note(e, notes, MESSAGE_LINT_NEVER, str_none, str_none, rule->when.at, rule->id)) {
        return false;
    }
    if (!folds_to(v->condition, v->require)) {
        return true;
    }
    return lint_note(e, notes, MESSAGE_LINT_NEVER_FAILS, v->require ? STR("true") : STR("false"), str_none,
                     rule->condition.at, rule->id);
}

bool lint_plan(const policy_engine *e, policy_error **notes)
{
    bool fine = lint_unused(e, notes);
    for (uint32_t i = 0; i < e->rules->pack_count && fine; i++) {
        fine = !lint_looks_at(e, e->rules->packs[i]) || lint_clauses(e, e->rules->packs[i], notes);
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count && fine; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            fine = !lint_looks_at(e, v->pack) ||
                   (lint_rule_clause(e, v, notes) && lint_texts(e, v->from, notes) && lint_reach(e, v, notes));
        }
    }
    return fine;
}
