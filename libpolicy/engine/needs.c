/*
 * What plans read; see needs.h.
 */
#include "engine/needs.h"

#include "engine/walk.h"
#include "expr/env_model.h"
#include "expr/tree.h"

bool needs_init(needs *n, const policy_engine *e)
{
    *n = (needs){.engine = e};
    arena_init(&n->memory, &e->options.allocator, 0);
    size_t lets = 0;
    for (uint32_t i = 0; i < e->type_count; i++) {
        lets += e->tables[i]->let_count;
    }
    n->fields = arena_array(&n->memory, e->type_count + 1, sizeof *n->fields);
    n->types = arena_array(&n->memory, e->type_count + 1, sizeof *n->types);
    n->params = arena_array(&n->memory, e->param_count + 1, sizeof *n->params);
    n->measures = arena_array(&n->memory, e->measure_count + 1, sizeof *n->measures);
    n->called = arena_array(&n->memory, e->measure_count + 1, sizeof *n->called);
    n->lets = arena_array(&n->memory, lets + 1, sizeof *n->lets);
    if (n->memory.failed) {
        needs_free(n);
        return false;
    }
    return true;
}

void needs_free(needs *n)
{
    if (n->engine != NULL) {
        arena_free(&n->memory);
    }
    n->engine = NULL;
}

/* Has the let been seen? It has from now on. */
static bool open_let(needs *n, const plan_table *t, int let)
{
    size_t at = (size_t)let;
    for (uint32_t i = 0; i < n->engine->type_count && n->engine->tables[i] != t; i++) {
        at += n->engine->tables[i]->let_count;
    }
    bool seen = n->lets[at];
    n->lets[at] = true;
    return seen;
}

static void add_slot(needs *n, const plan_table *t, int slot)
{
    if (slot < (int)t->column_count) {
        if (t->record != NULL) {
            n->fields[t->root] |= UINT64_C(1) << slot;
            n->types[t->root] = true;
        } else {
            needs_add_measure(n, t->measure);
        }
    } else if (slot < t->first_param) {
        int let = slot - t->first_let;
        if (!open_let(n, t, let)) {
            needs_add_program(n, t, t->lets[let].program);
        }
    } else if (slot < t->record_id) {
        for (uint32_t i = 0; i < n->engine->param_count; i++) {
            n->params[i] = n->params[i] || n->engine->params[i].dated == slot - t->first_param;
        }
    }
}

static void add_constant(needs *n, str name)
{
    static const char prefix[] = "params.";
    if (!str_starts(name, STR("params."))) {
        return;
    }
    str rest = str_slice(name, sizeof prefix - 1, name.size);
    for (uint32_t i = 0; i < n->engine->param_count; i++) {
        n->params[i] = n->params[i] || str_equal(n->engine->params[i].from->declared->name, rest);
    }
}

static void visit(needs *n, const plan_table *t, const tree *x)
{
    if (x->kind == TREE_NAME && x->variable != NULL) {
        if (x->variable->slot >= 0) {
            add_slot(n, t, x->variable->slot);
        } else {
            add_constant(n, x->variable->name);
        }
    }
    if (x->kind == TREE_CALL) {
        for (uint32_t i = 0; i < x->candidate_count; i++) {
            const env_overload *own = x->candidates[i].own;
            if (own != NULL && own->call == plan_read_measure) {
                const plan_measure *m = ((const plan_reference *)own->context)->measure;
                n->called[m->number] = true;
                needs_add_measure(n, m);
            } else if (own != NULL && own->source >= 0 && !str_equal(x->name, STR("as_of"))) {
                n->calendar = true;
            }
        }
    }
    for (uint32_t i = 0; i < x->count; i++) {
        visit(n, t, x->children[i]);
    }
}

void needs_add_program(needs *n, const plan_table *t, const expr *x)
{
    const tree *top = x ? expr_tree(x) : NULL;
    if (top != NULL) {
        visit(n, t, top);
    }
}

static void add_keys(needs *n, const plan_table *t, const plan_key *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (keys[i].program != NULL) {
            needs_add_program(n, t, keys[i].program);
        } else if (keys[i].slot >= 0 && keys[i].slot != t->each) {
            add_slot(n, t, keys[i].slot);
        }
    }
}

void needs_add_measure(needs *n, const plan_measure *m)
{
    if (n->measures[m->number] || m->source == NULL) {
        return;
    }
    n->measures[m->number] = true;
    n->types[m->source->root] = true;
    needs_add_program(n, m->source, m->each.list);
    needs_add_program(n, m->source, m->when);
    for (uint32_t i = 0; i < m->also_count; i++) {
        needs_add_program(n, m->source, m->also[i].when);
    }
    add_keys(n, m->source, m->keys, m->key_count);
    for (uint32_t i = 0; i < 2; i++) {
        needs_add_program(n, m->source, m->arguments[i]);
    }
    if (m->source->measure != NULL) {
        needs_add_measure(n, m->source->measure);
    }
}

/* Dates decide which version speaks; they are needed wherever a rule begins or ends. */
static void add_own_date(needs *n, const plan_version *v)
{
    const schema_type *root = n->engine->tables[v->table->root]->record;
    if (root->dated_by >= 0 && (v->in_force.has_from || v->in_force.has_until)) {
        n->fields[v->table->root] |= UINT64_C(1) << root->dated_by;
    }
}

void needs_add_version(needs *n, const plan_version *v)
{
    if (v->table == NULL) {
        return;
    }
    n->types[v->table->root] = true;
    add_own_date(n, v);
    needs_add_program(n, v->table, v->each.list);
    needs_add_program(n, v->table, v->when);
    needs_add_program(n, v->table, v->condition);
    for (uint32_t i = 0; i < v->also_count; i++) {
        needs_add_program(n, v->table, v->also[i].when);
    }
    add_keys(n, v->table, v->keys, v->key_count);
    for (uint32_t i = 0; v->script && i < v->kept_count; i++) {
        add_slot(n, v->table, v->kept_slots[i]);
    }
    if (v->table->measure != NULL) {
        needs_add_measure(n, v->table->measure);
    }
    const plan_table *shown = v->table;
    if (v->measure != NULL) {
        needs_add_measure(n, v->measure);
        shown = v->measure->out ? v->measure->out : shown;
    }
    for (uint32_t i = 0; i < v->bound_count; i++) {
        needs_add_program(n, shown, v->bounds[i].program);
    }
    for (uint32_t i = 0; i < v->placeholder_count; i++) {
        needs_add_program(n, shown, v->placeholders[i]);
    }
}
