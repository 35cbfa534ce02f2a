/*
 * Following the plan's texts; see reach.h.
 */
#include "ledger/reach.h"

#include "engine/walk.h"
#include "expr/env_model.h"
#include "expr/tree.h"

typedef struct gathering {
    reach *r;
    const plan_table *table; /* whose row the text reads */
    read_sites *into;
    size_t capacity;
    bool failed;
} gathering;

static void gather_call(gathering *g, const plan_measure *m, const tree *call)
{
    int *slots = arena_array(&g->r->memory, (size_t)m->key_count + 1, sizeof *slots);
    if (g->into->count == g->capacity) {
        size_t more = g->capacity ? g->capacity * 2 : 4;
        read_site *items =
            arena_resize(&g->r->memory, g->into->items, g->capacity * sizeof *items, more * sizeof *items);
        g->failed = g->failed || items == NULL;
        g->into->items = items ? items : g->into->items;
        g->capacity = items ? more : g->capacity;
    }
    g->failed = g->failed || slots == NULL;
    if (g->failed) {
        return;
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        const tree *key = i < call->count ? call->children[i] : NULL;
        bool plain = key != NULL && key->kind == TREE_NAME && key->variable != NULL && key->variable->slot >= 0 &&
                     key->variable->slot < g->table->record_id;
        slots[i] = plain ? key->variable->slot : -1;
    }
    g->into->items[g->into->count++] = (read_site){m, slots};
}

static void gather_tree(gathering *g, const tree *t)
{
    if (t->kind == TREE_CALL) {
        for (uint32_t i = 0; i < t->candidate_count; i++) {
            const env_overload *own = t->candidates[i].own;
            if (own != NULL && own->call == plan_read_measure) {
                gather_call(g, ((const plan_reference *)own->context)->measure, t);
            }
        }
    }
    for (uint32_t i = 0; i < t->count; i++) {
        gather_tree(g, t->children[i]);
    }
}

static void gather(gathering *g, const expr *x)
{
    const tree *t = x ? expr_tree(x) : NULL;
    if (t != NULL) {
        gather_tree(g, t);
    }
}

static bool gather_measure(reach *r, const plan_measure *m)
{
    gathering g = {.r = r, .table = m->source, .into = &r->measures[m->number]};
    if (m->source == NULL || m->source->record != NULL) {
        return true; /* what its rows read was there before them */
    }
    gather(&g, m->each.list);
    gather(&g, m->when);
    for (uint32_t i = 0; i < m->also_count; i++) {
        gather(&g, m->also[i].when);
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        gather(&g, m->keys[i].program);
    }
    for (uint32_t i = 0; i < 2; i++) {
        gather(&g, m->arguments[i]);
    }
    return !g.failed;
}

static bool gather_version(reach *r, const plan_version *v)
{
    gathering g = {.r = r, .table = v->table, .into = &r->versions[v->number]};
    bool record = v->table->record != NULL;
    if (v->measure != NULL) {
        g.table = v->measure->out;
        for (uint32_t i = 0; i < v->bound_count; i++) {
            gather(&g, v->bounds[i].program);
        }
    } else if (!record) {
        gather(&g, v->each.list);
        gather(&g, v->when);
        for (uint32_t i = 0; i < v->also_count; i++) {
            gather(&g, v->also[i].when);
        }
        for (uint32_t i = 0; i < v->key_count; i++) {
            gather(&g, v->keys[i].program);
        }
    }
    if (v->measure == NULL && (!record || v->late)) {
        gather(&g, v->condition);
    }
    gathering when = {.r = r, .table = v->table, .into = &r->whens[v->number]};
    if (!record) {
        gather(&when, v->measure ? v->measure->when : v->when);
        for (uint32_t i = 0; i < v->also_count; i++) {
            gather(&when, v->also[i].when);
        }
    }
    return !g.failed && !when.failed;
}

static bool reads_any(const read_sites *sites, const bool *reached)
{
    for (uint32_t i = 0; i < sites->count; i++) {
        if (reached[sites->items[i].measure->number]) {
            return true;
        }
    }
    return false;
}

static bool gather_type(reach *r, const policy_engine *e, uint32_t type_at, bool *reached)
{
    type_reach *t = &r->types[type_at];
    t->measures = arena_array(&r->memory, (size_t)e->measure_count + 1, sizeof(const plan_measure *));
    t->versions = arena_array(&r->memory, (size_t)e->version_count + 1, sizeof(const plan_version *));
    if (t->measures == NULL || t->versions == NULL) {
        return false;
    }
    /* Numbers are given in the order in which measures build on each other. */
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_measure *m = e->measures[i];
        reached[i] = m->source->record != NULL
                         ? m->source->root == type_at
                         : reached[m->source->measure->number] || reads_any(&r->measures[i], reached);
        if (reached[i]) {
            t->measures[t->measure_count++] = m;
        }
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            const plan_measure *below = v->measure ? v->measure : v->table->measure;
            bool folds = v->script && v->from->folds && v->table->root == type_at;
            if ((below != NULL && reached[below->number]) || reads_any(&r->versions[v->number], reached) || folds ||
                (v->late && v->table->root == type_at)) {
                t->versions[t->version_count++] = v;
            }
        }
    }
    return true;
}

reach *reach_new(const policy_engine *e)
{
    const policy_allocator *a = &e->options.allocator;
    reach *r = allocator_zero(a, 1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    arena_init(&r->memory, a, 0);
    r->measures = arena_array(&r->memory, (size_t)e->measure_count + 1, sizeof *r->measures);
    r->versions = arena_array(&r->memory, (size_t)e->version_count + 1, sizeof *r->versions);
    r->whens = arena_array(&r->memory, (size_t)e->version_count + 1, sizeof *r->whens);
    r->types = arena_array(&r->memory, (size_t)e->type_count + 1, sizeof *r->types);
    bool *reached = arena_array(&r->memory, (size_t)e->measure_count + 1, sizeof *reached);
    bool fine = !r->memory.failed;
    for (uint32_t i = 0; fine && i < e->measure_count; i++) {
        fine = gather_measure(r, e->measures[i]);
    }
    for (uint32_t i = 0; fine && i < e->rule_count; i++) {
        for (uint32_t k = 0; fine && k < e->rule_list[i]->version_count; k++) {
            fine = gather_version(r, e->rule_list[i]->versions[k]);
        }
    }
    for (uint32_t i = 0; fine && i < e->type_count; i++) {
        fine = gather_type(r, e, i, reached);
    }
    if (!fine) {
        reach_free(r, a);
        return NULL;
    }
    return r;
}

void reach_free(reach *r, const policy_allocator *a)
{
    if (r != NULL) {
        arena_free(&r->memory);
        allocator_free(a, r);
    }
}
