/*
 * policy_suite: the handle on a pack's cases. Finding them is suite_cases.c's, running suite_run.c's, comparing
 * suite_compare.c's.
 */
#include "ledger/suite.h"

#include "base/platform.h"

static policy_status refuse_name(const policy_engine *e, str name, policy_error **err)
{
    const policy_allocator *a = &e->options.allocator;
    str *names = allocator_zero(a, e->rules->pack_count + 1, sizeof *names);
    if (names == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        names[i] = e->rules->packs[i]->name;
    }
    policy_status status = error_set(err, a,
                                     &(error_spec){.status = POLICY_E_NOT_FOUND,
                                                   .message = MESSAGE_SUITE_NOT_FOUND,
                                                   .arguments = {name},
                                                   .nearest = str_nearest(name, names, e->rules->pack_count)});
    allocator_free(a, names);
    return status;
}

/* Cases from elsewhere are about the last pack. */
static uint32_t number_of(const ruleset *r, const pack *p)
{
    for (uint32_t i = 0; i < r->pack_count; i++) {
        if (r->packs[i] == p) {
            return i;
        }
    }
    return r->pack_count - 1;
}

policy_status policy_suite_new(policy_engine *engine, const char *pack_or_path, policy_suite **out, policy_error **err)
{
    if (engine == NULL || pack_or_path == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(engine == NULL         ? "engine"
                                                            : pack_or_path == NULL ? "pack_or_path"
                                                                                   : "out")}});
    }
    *out = NULL;
    policy_suite *s = allocator_zero(&engine->options.allocator, 1, sizeof *s);
    if (s == NULL) {
        return error_nomem(err);
    }
    s->engine = policy_engine_ref(engine);
    str name = str_of(pack_or_path);
    const pack *p = pack_cases_owner(engine, name);
    s->pack_number = number_of(engine->rules, p);
    policy_status status = p != NULL ? pack_cases_load(&s->cases, engine, p, err)
                           : platform_is_directory(pack_or_path) || platform_is_file(pack_or_path)
                               ? pack_cases_load_path(&s->cases, engine, name, err)
                               : refuse_name(engine, name, err);
    if (status != POLICY_OK) {
        policy_suite_free(s);
        return status;
    }
    *out = s;
    return POLICY_OK;
}

void policy_suite_free(policy_suite *suite)
{
    if (suite == NULL) {
        return;
    }
    policy_engine *engine = suite->engine;
    suite_coverage_free(suite);
    suite_mutants_free(suite);
    pack_cases_free(&suite->cases, &engine->options.allocator);
    allocator_free(&engine->options.allocator, suite);
    policy_engine_unref(engine);
}

static const test_case *case_at(const policy_suite *suite, size_t i)
{
    return suite ? pack_cases_at(&suite->cases, i) : NULL;
}

size_t policy_suite_count(const policy_suite *suite)
{
    return suite ? suite->cases.count : 0;
}

const char *policy_suite_case_name(const policy_suite *suite, size_t i)
{
    const test_case *c = case_at(suite, i);
    return c ? c->name.data : NULL;
}

const char *policy_suite_case_file(const policy_suite *suite, size_t i)
{
    const test_case *c = case_at(suite, i);
    return c ? c->at.file.data : NULL;
}

uint32_t policy_suite_case_line(const policy_suite *suite, size_t i)
{
    const test_case *c = case_at(suite, i);
    return c ? c->at.line : 0;
}

/* Passes are reported only where coverage wants to know of them. */
static policy_status run_case(policy_suite *suite, const test_case *c, policy_language language,
                              policy_text **difference, policy_error **err)
{
    const uint32_t all = (1u << POLICY_PASS) | (1u << POLICY_FAIL) | (1u << POLICY_UNKNOWN) | (1u << POLICY_ERROR);
    policy_engine *watched = suite_coverage_engine(suite);
    case_run trial;
    policy_status status = suite_begin(&trial, watched ? watched : suite->engine, c, err);
    if (status == POLICY_OK && watched != NULL && !suite_coverage_begin(suite, trial.engine)) {
        status = error_nomem(err);
    }
    if (status == POLICY_OK) {
        status = suite_go(&trial, watched ? all : 0);
    }
    if (status == POLICY_OK && watched != NULL && !suite_coverage_note(suite, &trial)) {
        status = error_nomem(err);
    }
    if (status == POLICY_OK) {
        status = suite_compare(&trial, language, difference);
    }
    suite_end(&trial);
    return status;
}

policy_status policy_suite_run(policy_suite *suite, size_t i, policy_language language, policy_text **difference,
                               policy_error **err)
{
    const test_case *c = case_at(suite, i);
    if (c == NULL || difference == NULL) {
        return error_set(err, suite ? &suite->engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(suite == NULL ? "suite"
                                                            : c == NULL   ? "case"
                                                                          : "difference")}});
    }
    *difference = NULL;
    policy_error *found = NULL;
    policy_status status = run_case(suite, c, language, difference, &found);
    error_move(err, &found);
    return status;
}
