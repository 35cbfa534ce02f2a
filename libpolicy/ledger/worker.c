/*
 * Making and freeing workers; see worker.h.
 */
#include "ledger/worker.h"

#include "columns/columns.h"
#include "script/checks.h"

policy_ledger *worker_new(const policy_ledger *l)
{
    const policy_allocator *a = l->allocator;
    const policy_engine *e = l->engine;
    policy_ledger *w = allocator_zero(a, 1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    /* Borrowed: settings, the state, what is lost, the names of sources, lists of work. */
    *w = (policy_ledger){.engine = policy_engine_ref(l->engine),
                         .allocator = a,
                         .run = l->run,
                         .state = l->state,
                         .work = l->work,
                         .source_map = l->source_map,
                         .sources = l->sources,
                         .source_count = l->source_count,
                         .lost_accounts = l->lost_accounts,
                         .lost_rules = l->lost_rules,
                         .evidence_mode = l->evidence_mode,
                         .evidence_rows = l->evidence_rows,
                         .reported = l->reported,
                         .started = l->started,
                         .frame_count = FRAMES_MAX};
    arena_init(&w->memory, a, 0);
    notices_init(&w->not_supplied, a);
    w->frames = allocator_zero(a, FRAMES_MAX, sizeof *w->frames);
    w->stacked = allocator_zero(a, e->measure_count + 1, sizeof *w->stacked);
    w->problems = allocator_zero(a, SCHEMA_FIELDS_MAX + 4, sizeof *w->problems);
    w->killed = allocator_zero(a, e->rule_count + 1, sizeof *w->killed);
    w->checks = l->checks ? checks_new(e) : NULL;
    if (w->frames == NULL || w->stacked == NULL || w->problems == NULL || w->killed == NULL ||
        (l->checks != NULL && w->checks == NULL) || !state_init(&w->delta, e, &l->state)) {
        worker_free(w);
        return NULL;
    }
    memcpy(w->killed, l->killed, e->rule_count * sizeof *w->killed);
    return w;
}

void worker_free(policy_ledger *w)
{
    if (w == NULL) {
        return;
    }
    const policy_allocator *a = w->allocator;
    policy_engine *e = w->engine;
    for (uint32_t i = 0; w->frames != NULL && i < w->frame_count; i++) {
        evaluation_free(w->frames[i].ev);
        allocator_free(a, w->frames[i].slots);
    }
    allocator_free(a, w->frames);
    for (uint32_t i = 0; w->stacked != NULL && i < e->measure_count; i++) {
        stacked_forget(&w->stacked[i], a);
    }
    allocator_free(a, w->stacked);
    allocator_free(a, w->problems);
    allocator_free(a, w->killed);
    checks_free(w->checks);
    columns_free(w);
    notices_free(&w->not_supplied);
    state_free(&w->delta);
    arena_free(&w->memory);
    allocator_free(a, w);
    policy_engine_unref(e);
}

bool worker_learn(policy_ledger *worker, const policy_ledger *l)
{
    const noted_defaults *known = &l->delta.defaults;
    if (!noted_reserve(&worker->delta.defaults, known->count, worker->allocator)) {
        return false;
    }
    for (size_t i = 0; i < known->count; i++) {
        noted_add(&worker->delta.defaults, known->items[i].source, known->items[i].type_at, known->items[i].fields);
    }
    return true;
}
