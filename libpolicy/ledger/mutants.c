/*
 * Trying mutants: the change is made in rules that were loaded once, the rules that could notice are planned from them, and
 * the cases that name those are run up to the first that fails.
 *
 * A case with parameters of its own needs rules loaded with them: there is a `world` for each set of parameters that the
 * cases give. A change that a world does not have (the case sets that very parameter) is not tried on its cases.
 */
#include "ledger/mutants.h"

typedef struct world {
    const test_case *like; /* whose parameters these are */
    request *request;
    ruleset *rules;
    pack_text *texts;
    size_t text_count;
    policy_engine *engine; /* of the mutant that is being tried */
    mutant_edit edit;
    bool edited, planned;
} world;

typedef struct suite_mutants {
    const policy_allocator *allocator;
    arena memory;
    arena scratch; /* of one mutant */
    suite_uses uses;
    mutant_list list;
    world *worlds; /* first: no parameters */
    size_t world_count;
    size_t *world_of; /* by case */
    bool *tried;      /* by rule in the suite's engine: planned for this mutant */
} suite_mutants;

/* ---- worlds ---- */

static bool same_params(const test_case *a, const test_case *b)
{
    if (a->param_count != b->param_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->param_count; i++) {
        if (!str_equal(a->param_texts[i].name, b->param_texts[i].name) ||
            !str_equal(a->param_texts[i].text, b->param_texts[i].text)) {
            return false;
        }
    }
    return true;
}

static policy_status load_world(const policy_suite *s, world *w, policy_error **err)
{
    suite_mutants *m = s->mutants;
    w->request = suite_request(s->engine, w->like);
    if (w->request == NULL) {
        return error_nomem(err);
    }
    policy_status status = request_load(w->request, &w->rules, err);
    if (status != POLICY_OK) {
        return status;
    }
    bool same = w->rules->pack_count == s->engine->rules->pack_count;
    w->texts = same ? pack_texts(w->rules->packs[s->pack_number], &m->memory, &w->text_count) : NULL;
    if (same && w->texts == NULL) {
        return error_nomem(err);
    }
    return same && w->text_count == m->uses.text_count
               ? POLICY_OK
               : error_set(err, m->allocator,
                           &(error_spec){.status = POLICY_E_STATE, .message = MESSAGE_SUITE_CHANGED});
}

static policy_status make_worlds(policy_suite *s, policy_error **err)
{
    static const test_case plain;
    suite_mutants *m = s->mutants;
    m->worlds = arena_array(&m->memory, s->cases.count + 1, sizeof *m->worlds);
    m->world_of = arena_array(&m->memory, s->cases.count + 1, sizeof *m->world_of);
    m->tried = arena_array(&m->memory, s->engine->rule_count + 1, sizeof *m->tried);
    if (m->worlds == NULL || m->world_of == NULL || m->tried == NULL) {
        return error_nomem(err);
    }
    m->worlds[0].like = &plain;
    m->world_count = 1;
    policy_status status = load_world(s, &m->worlds[0], err);
    for (size_t i = 0; i < s->cases.count && status == POLICY_OK; i++) {
        const test_case *c = pack_cases_at(&s->cases, i);
        size_t w = 0;
        while (w < m->world_count && !same_params(m->worlds[w].like, c)) {
            w++;
        }
        if (w == m->world_count) {
            m->worlds[m->world_count++].like = c;
            status = load_world(s, &m->worlds[w], err);
        }
        m->world_of[i] = w;
    }
    return status;
}

/* ---- one mutant ---- */

/* The rules of the cases that could notice; the others are left out of the plan. */
static void choose_rules(const policy_suite *s, const mutant *m, bool *chosen, size_t *case_count)
{
    *case_count = 0;
    memset(chosen, 0, s->engine->rule_count * sizeof *chosen);
    for (size_t i = 0; i < s->cases.count; i++) {
        const test_case *c = pack_cases_at(&s->cases, i);
        if (!suite_concerns(s->engine, c, m->rules)) {
            continue;
        }
        ++*case_count;
        for (uint32_t k = 0; k < c->rule_count; k++) {
            size_t rule = suite_rule_index(s->engine, c->rules[k]);
            if (rule != SIZE_MAX) {
                chosen[rule] = true;
            }
        }
    }
}

static void leave_out(const policy_suite *s, ruleset *rules, const bool *chosen)
{
    for (uint32_t i = 0; i < rules->pack_count; i++) {
        for (uint32_t k = 0; k < rules->packs[i]->rule_count; k++) {
            pack_rule *r = &rules->packs[i]->rules[k];
            size_t number = suite_rule_index(s->engine, r->id);
            r->broken = number != SIZE_MAX && !chosen[number];
        }
    }
}

/* Out of memory is no verdict on a mutant. */
static policy_status settle(policy_status status, policy_error **found, bool *caught, policy_error **err)
{
    if (status == POLICY_E_NOMEM) {
        error_move(err, found);
        return status;
    }
    *caught = *caught || status != POLICY_OK;
    policy_error_free(*found);
    *found = NULL;
    return POLICY_OK;
}

/* Rules that cannot be planned are caught: a pack that does not load is noticed. */
static policy_status plan_world(policy_suite *s, world *w, const mutant *m, bool *caught, policy_error **err)
{
    suite_mutants *all = s->mutants;
    policy_error *found = NULL;
    w->planned = true;
    w->edit = (mutant_edit){
        .m = m, .rules = w->rules, .p = w->rules->packs[s->pack_number], .texts = w->texts, .memory = &all->scratch};
    if (!mutant_apply(&w->edit, &w->edited)) {
        return error_nomem(err);
    }
    if (!w->edited) {
        return POLICY_OK;
    }
    leave_out(s, w->rules, all->tried);
    policy_status status = request_plan(w->request, w->rules, false, &w->engine, &found);
    return settle(status, &found, caught, err);
}

static policy_status run_case(world *w, const test_case *c, bool *caught, policy_error **err)
{
    policy_error *found = NULL;
    policy_text *difference = NULL;
    case_run trial;
    suite_begin_with(&trial, w->engine, c, &found);
    policy_status status = suite_go(&trial, 0);
    if (status == POLICY_OK) {
        status = suite_compare(&trial, POLICY_LANGUAGE_EN, &difference);
    }
    *caught = difference != NULL;
    policy_text_free(difference);
    suite_end(&trial);
    return settle(status, &found, caught, err);
}

static void clean_worlds(suite_mutants *m)
{
    for (size_t i = 0; i < m->world_count; i++) {
        world *w = &m->worlds[i];
        policy_engine_unref(w->engine);
        w->engine = NULL;
        if (w->planned) {
            mutant_undo(&w->edit);
        }
        w->planned = w->edited = false;
    }
    arena_reset(&m->scratch);
}

static const case_reason *find_reason(const policy_suite *s, const policy_suite_mutant *m)
{
    for (size_t f = 0; f < s->cases.file_count; f++) {
        const case_suite *file = s->cases.files[f];
        for (uint32_t i = 0; i < file->reason_count; i++) {
            const case_reason *r = &file->reasons[i];
            if (str_equal(r->of, str_of(m->owner)) && str_equal(r->was, str_of(m->original)) &&
                str_equal(r->becomes, str_of(m->mutated))) {
                return r;
            }
        }
    }
    return NULL;
}

static void conclude(const policy_suite *s, mutant *m, bool caught, size_t by)
{
    policy_suite_mutant *shown = &m->shown;
    const case_reason *reason = caught ? NULL : find_reason(s, shown);
    shown->outcome = caught ? POLICY_MUTANT_CAUGHT : reason != NULL ? POLICY_MUTANT_ACCEPTED : POLICY_MUTANT_SURVIVED;
    shown->caught_by = by;
    shown->reason_zh = reason != NULL ? reason->reason.zh.data : NULL;
    shown->reason_en = reason != NULL ? reason->reason.en.data : NULL;
}

static policy_status try_mutant(policy_suite *s, mutant *m, policy_error **err)
{
    suite_mutants *all = s->mutants;
    policy_status status = POLICY_OK;
    bool caught = false;
    size_t by = SIZE_MAX;
    choose_rules(s, m, all->tried, &m->shown.case_count);
    for (size_t i = 0; i < s->cases.count && status == POLICY_OK && !caught; i++) {
        const test_case *c = pack_cases_at(&s->cases, i);
        world *w = &all->worlds[all->world_of[i]];
        if (!suite_concerns(s->engine, c, m->rules)) {
            continue;
        }
        if (!w->planned) {
            status = plan_world(s, w, m, &caught, err);
        }
        if (status == POLICY_OK && !caught && w->engine != NULL) {
            status = run_case(w, c, &caught, err);
            by = caught ? i : SIZE_MAX;
        }
    }
    clean_worlds(all);
    if (status == POLICY_OK) {
        conclude(s, m, caught, by);
    }
    return status;
}

/* ---- public ---- */

void suite_mutants_free(policy_suite *s)
{
    suite_mutants *m = s->mutants;
    if (m == NULL) {
        return;
    }
    for (size_t i = 0; i < m->world_count; i++) {
        ruleset_free(m->worlds[i].rules);
        request_unref(m->worlds[i].request);
    }
    arena_free(&m->scratch);
    arena_free(&m->memory);
    allocator_free(m->allocator, m);
    s->mutants = NULL;
}

static policy_status find(policy_suite *s, policy_error **err)
{
    suite_mutants *m = s->mutants;
    if (!suite_uses_find(&m->uses, s, &m->memory)) {
        return error_nomem(err);
    }
    policy_status status = make_worlds(s, err);
    policy_engine *planned = NULL;
    if (status == POLICY_OK) {
        status = request_plan(m->worlds[0].request, m->worlds[0].rules, false, &planned, err);
    }
    if (status == POLICY_OK && !mutants_find(&m->list, s, &m->uses, planned)) {
        status = error_nomem(err);
    }
    policy_engine_unref(planned);
    return status;
}

policy_status policy_suite_find_mutants(policy_suite *suite, policy_error **err)
{
    if (suite == NULL) {
        return error_set(
            err, &allocator_system,
            &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_NULL_ARGUMENT, .arguments = {STR("suite")}});
    }
    if (suite->mutants != NULL) {
        return POLICY_OK;
    }
    const policy_allocator *a = &suite->engine->options.allocator;
    suite_mutants *m = allocator_zero(a, 1, sizeof *m);
    if (m == NULL) {
        return error_nomem(err);
    }
    m->allocator = a;
    arena_init(&m->memory, a, 0);
    arena_init(&m->scratch, a, 0);
    m->list.memory = &m->memory;
    suite->mutants = m;
    policy_status status = find(suite, err);
    if (status != POLICY_OK) {
        suite_mutants_free(suite);
    }
    return status;
}

size_t policy_suite_mutant_count(const policy_suite *suite)
{
    return suite != NULL && suite->mutants != NULL ? suite->mutants->list.count : 0;
}

const policy_suite_mutant *policy_suite_mutant_at(const policy_suite *suite, size_t i)
{
    return i < policy_suite_mutant_count(suite) ? &suite->mutants->list.items[i].shown : NULL;
}

policy_status policy_suite_try_mutant(policy_suite *suite, size_t i, policy_error **err)
{
    if (i >= policy_suite_mutant_count(suite)) {
        return error_set(err, suite ? &suite->engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(suite == NULL ? "suite" : "mutant")}});
    }
    return try_mutant(suite, &suite->mutants->list.items[i], err);
}

/* ---- reasons ---- */

static void blame(const policy_suite *s, const case_reason *r, bool exists, policy_error **err)
{
    message_id message = exists                ? MESSAGE_SUITE_NEEDLESS_REASON
                         : r->becomes.size > 0 ? MESSAGE_SUITE_STALE_REASON
                                               : MESSAGE_SUITE_STALE_DROP;
    error_set(err, &s->engine->options.allocator,
              &(error_spec){
                  .status = POLICY_E_DATA, .message = message, .arguments = {r->of, r->was, r->becomes}, .at = r->at});
}

static bool is_needed(const policy_suite *s, const case_reason *r, bool *exists)
{
    *exists = false;
    for (size_t i = 0; i < policy_suite_mutant_count(s); i++) {
        const policy_suite_mutant *m = policy_suite_mutant_at(s, i);
        if (str_equal(r->of, str_of(m->owner)) && str_equal(r->was, str_of(m->original)) &&
            str_equal(r->becomes, str_of(m->mutated))) {
            *exists = true;
            if (m->outcome == POLICY_MUTANT_ACCEPTED) {
                return true;
            }
        }
    }
    return false;
}

policy_status policy_suite_check_reasons(const policy_suite *suite, policy_error **err)
{
    for (size_t i = 0; i < policy_suite_mutant_count(suite); i++) {
        if (policy_suite_mutant_at(suite, i)->outcome == POLICY_MUTANT_UNTRIED) {
            return error_set(err, &suite->engine->options.allocator,
                             &(error_spec){.status = POLICY_E_STATE, .message = MESSAGE_SUITE_UNTRIED});
        }
    }
    policy_status status = POLICY_OK;
    policy_error *found = NULL;
    for (size_t f = 0; suite != NULL && f < suite->cases.file_count; f++) {
        const case_suite *file = suite->cases.files[f];
        for (uint32_t i = 0; i < file->reason_count; i++) {
            bool exists;
            if (!is_needed(suite, &file->reasons[i], &exists)) {
                status = POLICY_E_DATA;
                blame(suite, &file->reasons[i], exists, &found);
            }
        }
    }
    error_move(err, &found);
    return status;
}
