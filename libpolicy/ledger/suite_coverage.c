/*
 * Coverage: what the cases saw of the pack's rules and conditions.
 *
 * The rules are planned once more with a probe at each condition. Before a case the probes forget, after it those are noted
 * that belong to the rules the case names or to measures and lets which these read: that a row about homework passes through
 * a condition on exams proves nothing. A condition is known by its place, since one `let` is compiled for several tables,
 * and the engine of a case with parameters is another one.
 */
#include <stdlib.h>

#include "base/map.h"
#include "ledger/findings.h"
#include "ledger/suite.h"

typedef struct target {
    policy_suite_target shown;
    str key;
    const plan_version *version; /* of a rule */
    bool only_zero;
} target;

typedef struct watched_probe {
    expr_probe *probe;
    size_t text; /* it stands in */
    target *target;
} watched_probe;

typedef struct probe_list { /* of one engine */
    const policy_engine *engine;
    watched_probe *items;
    size_t count, capacity;
} probe_list;

typedef struct suite_coverage {
    const policy_allocator *allocator;
    arena memory;
    request *request;
    ruleset *rules;
    policy_engine *engine; /* watched */
    suite_uses uses;
    map target_at;    /* place and size -> target */
    target **targets; /* in the order of files and lines */
    size_t target_count, target_capacity;
    probe_list own;   /* of `engine` */
    probe_list other; /* of the engine of the case that runs */
} suite_coverage;

/* ---- places ---- */

/* In the arena; data NULL when it is full. */
static str place_key(arena *memory, place at, size_t size)
{
    buffer b;
    buffer_init(&b, memory->allocator, 0);
    buffer_put_uint(&b, at.line);
    buffer_put_char(&b, ':');
    buffer_put_uint(&b, at.column);
    buffer_put_char(&b, ':');
    buffer_put_uint(&b, size);
    buffer_put_char(&b, ' ');
    buffer_put(&b, at.file);
    str key = b.failed ? str_none : arena_text(memory, buffer_text(&b));
    buffer_free(&b);
    return key;
}

/* ---- targets ---- */

static target *add_target(suite_coverage *c, str key, const policy_suite_target *shown)
{
    target *t = arena_new(&c->memory, sizeof *t);
    if (t == NULL || !allocator_grow(c->allocator, (void **)&c->targets, &c->target_capacity, c->target_count + 1,
                                     sizeof *c->targets, UINT32_MAX - 1)) {
        return NULL;
    }
    if (!map_put(&c->target_at, key, (uint32_t)c->target_count)) {
        return NULL;
    }
    *t = (target){.shown = *shown, .key = key, .only_zero = true};
    t->shown.wanted = POLICY_SEEN_TRUE | POLICY_SEEN_FALSE;
    c->targets[c->target_count++] = t;
    return t;
}

/* NULL out of memory. */
static target *condition_target(suite_coverage *c, expr *x, const expr_probe *p, size_t text)
{
    place at = expr_where(x, p->from);
    str key = place_key(&c->memory, at, p->to - p->from);
    uint32_t known = key.data ? map_get(&c->target_at, key) : MAP_NONE;
    if (known != MAP_NONE) {
        return c->targets[known];
    }
    str words = arena_text(&c->memory, str_slice(expr_source_text(x), p->from, p->to));
    str file = arena_text(&c->memory, at.file);
    str owner = arena_text(&c->memory, c->uses.texts[text].name);
    if (key.data == NULL || words.data == NULL || file.data == NULL || owner.data == NULL) {
        return NULL;
    }
    return add_target(c, key,
                      &(policy_suite_target){.kind = POLICY_TARGET_CONDITION,
                                             .file = file.data,
                                             .line = at.line,
                                             .column = at.column,
                                             .owner = owner.data,
                                             .text = words.data});
}

static bool list_probes(suite_coverage *c, const policy_engine *e, probe_list *out)
{
    out->engine = e;
    out->count = 0;
    for (size_t i = 0; i < e->program_count; i++) {
        expr *x = e->programs[i];
        size_t text = expr_probes(x) != NULL ? suite_text_of(&c->uses, x) : SIZE_MAX;
        for (expr_probe *p = text == SIZE_MAX ? NULL : expr_probes(x); p != NULL; p = p->next) {
            if (!allocator_grow(c->allocator, (void **)&out->items, &out->capacity, out->count + 1, sizeof *out->items,
                                0)) {
                return false;
            }
            target *t = condition_target(c, x, p, text);
            if (t == NULL) {
                return false;
            }
            out->items[out->count++] = (watched_probe){p, text, t};
        }
    }
    return true;
}

static int compare_targets(const void *a, const void *b)
{
    const policy_suite_target *x = &(*(target *const *)a)->shown, *y = &(*(target *const *)b)->shown;
    int files = strcmp(x->file, y->file);
    if (files != 0) {
        return files;
    }
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    if (x->column != y->column) {
        return x->column < y->column ? -1 : 1;
    }
    size_t longer = x->text ? strlen(x->text) : 0, shorter = y->text ? strlen(y->text) : 0;
    return longer == shorter ? 0 : longer > shorter ? -1 : 1;
}

static str version_key(suite_coverage *c, const plan_version *v)
{
    return place_key(&c->memory, v->from->at, SIZE_MAX);
}

static bool rule_targets(suite_coverage *c, const policy_suite *s)
{
    const policy_engine *e = c->engine;
    const pack *p = e->rules->packs[s->pack_number];
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            if (v->pack != p) {
                continue;
            }
            str key = version_key(c, v), file = arena_text(&c->memory, v->from->at.file);
            str owner = arena_text(&c->memory, v->from->id);
            if (key.data == NULL || file.data == NULL || owner.data == NULL) {
                return false;
            }
            target *t = add_target(c, key,
                                   &(policy_suite_target){.kind = POLICY_TARGET_RULE,
                                                          .file = file.data,
                                                          .line = v->from->at.line,
                                                          .column = v->from->at.column,
                                                          .owner = owner.data});
            if (t == NULL) {
                return false;
            }
            t->version = v;
        }
    }
    return true;
}

/* ---- a case ---- */

policy_engine *suite_coverage_engine(const policy_suite *s)
{
    return s->coverage ? s->coverage->engine : NULL;
}

bool suite_coverage_begin(policy_suite *s, policy_engine *run_by)
{
    suite_coverage *c = s->coverage;
    probe_list *list = run_by == c->engine ? &c->own : &c->other;
    if (list->engine != run_by && !list_probes(c, run_by, list)) {
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        list->items[i].probe->seen_true = list->items[i].probe->seen_false = false;
    }
    return true;
}

static void note_finding(suite_coverage *c, const policy_finding *f, uint32_t known)
{
    target *t = c->targets[known];
    if (f->verdict == POLICY_PASS) {
        t->shown.seen |= POLICY_SEEN_TRUE;
    } else if (f->verdict == POLICY_FAIL) {
        const char *limit = policy_finding_limit(f).text;
        t->shown.seen |= POLICY_SEEN_FALSE;
        t->only_zero = t->only_zero && limit != NULL && str_equal(str_of(limit), STR("0"));
    }
    bool forbids = suite_forbids_all(t->version, (t->shown.seen & POLICY_SEEN_FALSE) != 0, t->only_zero);
    t->shown.wanted = POLICY_SEEN_FALSE | (forbids ? 0 : POLICY_SEEN_TRUE);
}

bool suite_coverage_note(policy_suite *s, const case_run *trial)
{
    suite_coverage *c = s->coverage;
    const policy_engine *e = s->engine;
    probe_list *list = trial->engine == c->engine ? &c->own : &c->other;
    for (size_t i = 0; i < list->count; i++) {
        const watched_probe *w = &list->items[i];
        if ((w->probe->seen_true || w->probe->seen_false) &&
            suite_concerns(e, trial->c, &c->uses.by_text[w->text * e->rule_count])) {
            w->target->shown.seen |=
                (w->probe->seen_true ? POLICY_SEEN_TRUE : 0u) | (w->probe->seen_false ? POLICY_SEEN_FALSE : 0u);
        }
    }
    c->other.engine = NULL; /* its engine goes with the case */
    for (size_t i = 0; i < policy_findings_count(trial->findings); i++) {
        const policy_finding *f = policy_findings_at(trial->findings, i);
        for (uint32_t k = 0; k < trial->c->rule_count; k++) {
            if (!str_equal(trial->c->rules[k], f->version->rule->id)) {
                continue;
            }
            arena_mark mark = arena_here(&c->memory);
            str key = version_key(c, f->version);
            uint32_t known = key.data ? map_get(&c->target_at, key) : MAP_NONE;
            arena_release(&c->memory, mark);
            if (key.data == NULL) {
                return false;
            }
            if (known != MAP_NONE) {
                note_finding(c, f, known);
            }
            break;
        }
    }
    return true;
}

/* ---- the whole ---- */

void suite_coverage_free(policy_suite *s)
{
    suite_coverage *c = s->coverage;
    if (c == NULL) {
        return;
    }
    allocator_free(c->allocator, c->own.items);
    allocator_free(c->allocator, c->other.items);
    allocator_free(c->allocator, c->targets);
    map_free(&c->target_at);
    policy_engine_unref(c->engine);
    ruleset_free(c->rules);
    request_unref(c->request);
    arena_free(&c->memory);
    allocator_free(c->allocator, c);
    s->coverage = NULL;
}

static bool prepare(suite_coverage *c, const policy_suite *s)
{
    if (!suite_uses_find(&c->uses, s, &c->memory)) {
        return false;
    }
    if (!rule_targets(c, s) || !list_probes(c, c->engine, &c->own)) {
        return false;
    }
    if (c->target_count > 0) { /* a script that only tightens has no target of its own */
        qsort(c->targets, c->target_count, sizeof *c->targets, compare_targets);
    }
    for (size_t i = 0; i < c->target_count; i++) {
        if (!map_put(&c->target_at, c->targets[i]->key, (uint32_t)i)) {
            return false;
        }
    }
    return true;
}

policy_status policy_suite_watch(policy_suite *suite, policy_error **err)
{
    if (suite == NULL) {
        return error_set(
            err, &allocator_system,
            &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_NULL_ARGUMENT, .arguments = {STR("suite")}});
    }
    if (suite->coverage != NULL) {
        return POLICY_OK;
    }
    const policy_allocator *a = &suite->engine->options.allocator;
    suite_coverage *c = allocator_zero(a, 1, sizeof *c);
    if (c == NULL) {
        return error_nomem(err);
    }
    c->allocator = a;
    arena_init(&c->memory, a, 0);
    map_init(&c->target_at, a);
    suite->coverage = c;
    c->request = request_ref(suite->engine->request);
    policy_status status = request_load(c->request, &c->rules, err);
    if (status == POLICY_OK) {
        status = request_plan(c->request, c->rules, true, &c->engine, err);
    }
    if (status == POLICY_OK && c->engine->rules->pack_count != suite->engine->rules->pack_count) {
        status = error_set(err, a, &(error_spec){.status = POLICY_E_STATE, .message = MESSAGE_SUITE_CHANGED});
    }
    if (status == POLICY_OK && !prepare(c, suite)) {
        status = error_nomem(err);
    }
    if (status != POLICY_OK) {
        suite_coverage_free(suite);
    }
    return status;
}

size_t policy_suite_target_count(const policy_suite *suite)
{
    return suite != NULL && suite->coverage != NULL ? suite->coverage->target_count : 0;
}

const policy_suite_target *policy_suite_target_at(const policy_suite *suite, size_t i)
{
    return i < policy_suite_target_count(suite) ? &suite->coverage->targets[i]->shown : NULL;
}
