/*
 * What depends on what: which rules a text or a parameter of the suite's pack can change.
 *
 * So a case counts only for what it is about, and a mutant is tried only on the cases that could notice.
 */
#include "engine/needs.h"
#include "ledger/suite.h"

static bool reads_let(const policy_engine *e, const needs *n, const pack_let *let)
{
    size_t at = 0;
    for (uint32_t i = 0; i < e->type_count; i++) {
        for (uint32_t k = 0; k < e->tables[i]->let_count; k++, at++) {
            if (e->tables[i]->lets[k].from == let && n->lets[at]) {
                return true;
            }
        }
    }
    return false;
}

static bool reads_measure(const policy_engine *e, const needs *n, const pack_measure *m)
{
    for (uint32_t i = 0; i < e->measure_count; i++) {
        if (e->measures[i]->from == m && n->measures[i]) {
            return true;
        }
    }
    return false;
}

static bool reads_text(const policy_engine *e, const needs *n, const pack *p, const pack_text *t, const plan_rule *rule)
{
    switch (t->owner) {
    case TEXT_OF_LET:
        return reads_let(e, n, &p->lets[t->number]);
    case TEXT_OF_MEASURE:
        return reads_measure(e, n, &p->measures[t->number]);
    default:
        return str_equal(t->name, rule->id);
    }
}

/* The readers of grades look at the years of a school system, whatever the rule. */
static bool is_system(const policy_engine *e, str param)
{
    return str_equal(param, e->schema->systems.primary_param) || str_equal(param, e->schema->systems.junior_param);
}

/* Lua reads parameters in ways of its own. */
static bool is_scripted(const policy_engine *e, const plan_rule *rule, str param)
{
    for (uint32_t i = 0; i < e->rules->script_count && rule->versions[0]->script; i++) {
        if (str_contains(e->rules->scripts[i].text, param)) {
            return true;
        }
    }
    return false;
}

bool suite_uses_find(suite_uses *u, const policy_suite *s, arena *memory)
{
    const policy_engine *e = s->engine;
    pack *p = e->rules->packs[s->pack_number];
    *u = (suite_uses){.rule_count = e->rule_count};
    u->texts = pack_texts(p, memory, &u->text_count);
    u->by_text = arena_array(memory, (u->text_count + 1) * (e->rule_count + 1), sizeof *u->by_text);
    u->by_param = arena_array(memory, ((size_t)e->param_count + 1) * (e->rule_count + 1), sizeof *u->by_param);
    if (u->texts == NULL || u->by_text == NULL || u->by_param == NULL) {
        return false;
    }
    for (uint32_t r = 0; r < e->rule_count; r++) {
        const plan_rule *rule = e->rule_list[r];
        needs n;
        if (!needs_init(&n, e)) {
            return false;
        }
        for (uint32_t v = 0; v < rule->version_count; v++) {
            needs_add_version(&n, rule->versions[v]);
        }
        for (size_t t = 0; t < u->text_count; t++) {
            u->by_text[t * e->rule_count + r] = reads_text(e, &n, p, &u->texts[t], rule);
        }
        for (uint32_t i = 0; i < e->param_count; i++) {
            str name = e->params[i].from->declared->name;
            u->by_param[(size_t)i * e->rule_count + r] =
                n.params[i] || is_system(e, name) || is_scripted(e, rule, name);
        }
        needs_free(&n);
    }
    return true;
}

static bool same_place(place a, place b)
{
    return a.line == b.line && a.column == b.column && str_equal(a.file, b.file);
}

/* An argument of an aggregate stands somewhere in the call's text. */
static bool holds_place(const expr_text *t, place at)
{
    if (t->at.line > at.line || !str_equal(t->at.file, at.file)) {
        return false;
    }
    for (uint32_t k = 0; k < t->text.size; k++) {
        if (same_place(expr_place(t, k), at)) {
            return true;
        }
    }
    return false;
}

size_t suite_text_of(const suite_uses *u, const expr *x)
{
    place at = expr_where(x, 0);
    for (size_t i = 0; i < u->text_count; i++) {
        if (same_place(u->texts[i].text->at, at)) {
            return i;
        }
    }
    for (size_t i = 0; i < u->text_count; i++) {
        if (u->texts[i].role == TEXT_AGGREGATE && holds_place(u->texts[i].text, at)) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool suite_concerns(const policy_engine *e, const test_case *c, const bool *rules)
{
    for (uint32_t i = 0; i < c->rule_count; i++) {
        size_t rule = suite_rule_index(e, c->rules[i]);
        if (rule != SIZE_MAX && rules[rule]) {
            return true;
        }
    }
    return false;
}
