/*
 * policy_engine_lint: what can be seen of the packs, and which rules their cases leave untried.
 *
 * A rule is tried by what its cases do, not by what they are called: each is run with every verdict kept, and a rule wants
 * one that passes and one that fails; a limit also one that passes exactly at its bound.
 */
#include "engine/lint.h"
#include "ledger/suite.h"

typedef struct tried { /* of one rule */
    bool named, passes, fails, boundary;
    bool only_zero; /* every limit that a case failed was 0 */
} tried;

typedef struct linting {
    policy_engine *engine;
    tried *rules; /* by number */
    policy_error **notes;
} linting;

static bool note(linting *l, message_id message, place at, str rule)
{
    return lint_note(l->engine, l->notes, message, str_none, str_none, at, rule);
}

/* Numbers and times have one spelling in findings, so equal values are equal texts. */
static bool is_at_bound(const policy_finding *f)
{
    policy_datum a = policy_finding_value(f), b = policy_finding_limit(f);
    return a.kind != POLICY_DATUM_NONE && b.kind != POLICY_DATUM_NONE && a.kind != POLICY_DATUM_RANGE &&
           a.text != NULL && b.text != NULL && str_equal(str_of(a.text), str_of(b.text));
}

/* False when out of memory. */
static bool try_case(linting *l, const test_case *c)
{
    const uint32_t all = (1u << POLICY_PASS) | (1u << POLICY_FAIL) | (1u << POLICY_UNKNOWN) | (1u << POLICY_ERROR);
    policy_error *err = NULL;
    case_run trial;
    policy_status status = suite_begin(&trial, l->engine, c, &err);
    status = status == POLICY_OK ? suite_go(&trial, all) : status;
    bool fine = status != POLICY_E_NOMEM;
    if (status != POLICY_OK) {
        fine = fine && note(l, MESSAGE_LINT_BROKEN_CASE, c->at, c->rule_count > 0 ? c->rules[0] : str_none);
        if (fine) {
            error_move(l->notes, &err);
        }
    }
    policy_error_free(err);
    for (uint32_t i = 0; i < c->rule_count && status == POLICY_OK; i++) {
        size_t rule = suite_rule_index(l->engine, c->rules[i]);
        tried *t = rule == SIZE_MAX ? NULL : &l->rules[rule];
        if (t == NULL) {
            continue;
        }
        t->named = true;
        t->passes = t->passes || policy_findings_verdicts(trial.findings, rule, POLICY_PASS) > 0;
        t->fails = t->fails || policy_findings_verdicts(trial.findings, rule, POLICY_FAIL) > 0;
        for (size_t k = 0; k < policy_findings_count(trial.findings); k++) {
            const policy_finding *f = policy_findings_at(trial.findings, k);
            if (!str_equal(str_of(policy_finding_rule(f)), c->rules[i])) {
                continue;
            }
            if (policy_finding_verdict(f) == POLICY_PASS) {
                t->boundary = t->boundary || is_at_bound(f);
            } else if (policy_finding_verdict(f) == POLICY_FAIL) {
                const char *limit = policy_finding_limit(f).text;
                t->only_zero = t->only_zero && limit != NULL && str_equal(str_of(limit), STR("0"));
            }
        }
    }
    suite_end(&trial);
    return fine;
}

/* Is a group that is there always one or more? Counts are, and sums and maxima of counts. */
static bool counts_rows(const plan_measure *m)
{
    switch (m->algebra.kind) {
    case AGGREGATE_COUNT:
    case AGGREGATE_COUNT_DISTINCT:
    case AGGREGATE_RUNS:
        return m->key_count > 0;
    case AGGREGATE_SUM:
    case AGGREGATE_MAX:
        return m->source->measure != NULL && expr_single_slot(m->arguments[0]) == (int)m->source->column_count - 1 &&
               counts_rows(m->source->measure);
    default:
        return false;
    }
}

/* "None at all" cannot pass in a group that is there; rows elsewhere make no group. Where the bound depends on keys, the
 * cases that failed tell what it was. */
bool suite_forbids_all(const plan_version *v, bool fails, bool only_zero)
{
    if (v->measure == NULL || v->measure->source == NULL || !counts_rows(v->measure)) {
        return false;
    }
    for (uint32_t i = 0; i < v->bound_count; i++) {
        value bound;
        if (v->bounds[i].kind == BOUND_AT_MOST) {
            return expr_constant(v->bounds[i].program, &bound) ? value_compare(bound, value_int(1)) == -1
                                                               : fails && only_zero;
        }
    }
    return false;
}

static bool forbids_all(const plan_version *v, const tried *t)
{
    return suite_forbids_all(v, t->fails, t->only_zero);
}

/* An exact bound has no other side, and a script states none. */
static bool wants_boundary(const plan_version *v, const tried *t)
{
    return v->from->check == RULE_LIMIT && v->from->exactly.text.data == NULL && !forbids_all(v, t);
}

static bool judge_rule(linting *l, const plan_rule *rule)
{
    const plan_version *v = rule->versions[rule->version_count - 1];
    const tried *t = &l->rules[rule->number];
    if (!lint_looks_at(l->engine, v->pack)) {
        return true;
    }
    if (!t->named) {
        return note(l, MESSAGE_LINT_NO_CASE, v->from->at, rule->id);
    }
    return (t->passes || forbids_all(v, t) || note(l, MESSAGE_LINT_NO_PASS, v->from->at, rule->id)) &&
           (t->fails || note(l, MESSAGE_LINT_NO_FAIL, v->from->at, rule->id)) &&
           (t->boundary || !wants_boundary(v, t) || note(l, MESSAGE_LINT_NO_BOUNDARY, v->from->at, rule->id));
}

static policy_status lint_cases(linting *l, policy_error **err)
{
    policy_engine *e = l->engine;
    const policy_allocator *a = &e->options.allocator;
    pack_cases cases = {0};
    policy_status status = POLICY_OK;
    l->rules = allocator_zero(a, e->rule_count + 1, sizeof *l->rules);
    if (l->rules == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < e->rules->pack_count && status == POLICY_OK; i++) {
        if (lint_looks_at(e, e->rules->packs[i])) {
            status = pack_cases_load(&cases, e, e->rules->packs[i], err);
        }
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        l->rules[i].only_zero = true;
    }
    bool fine = true;
    for (size_t i = 0; i < cases.count && status == POLICY_OK && fine; i++) {
        fine = try_case(l, pack_cases_at(&cases, i));
    }
    for (uint32_t i = 0; i < e->rule_count && status == POLICY_OK && fine; i++) {
        fine = judge_rule(l, e->rule_list[i]);
    }
    pack_cases_free(&cases, a);
    allocator_free(a, l->rules);
    return fine ? status : error_nomem(err);
}

policy_status policy_engine_lint(const policy_engine *engine, policy_error **notes, policy_error **err)
{
    if (engine == NULL || notes == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(engine == NULL ? "engine" : "notes")}});
    }
    *notes = NULL;
    /* Cases run in ledgers, which count their references to the engine; nothing else of it changes. */
    linting l = {.engine = (policy_engine *)engine, .notes = notes};
    policy_status status = lint_plan(engine, notes) ? lint_cases(&l, err) : error_nomem(err);
    if (status != POLICY_OK) {
        policy_error_free(*notes);
        *notes = NULL;
        return status;
    }
    error_sort(notes);
    return POLICY_OK;
}
