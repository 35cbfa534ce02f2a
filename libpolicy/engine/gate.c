/*
 * Where a moving parameter may arrive: checks, bounds, and the `when` of rules that more rows can only make fail more.
 * How it moves on the way is gate_direction.c's.
 */
#include "engine/gate.h"

#include "pack/tighten.h"

/* Refuse unless the text stays still or moves the way that is allowed. */
static void allow(gate *g, const plan_table *t, const expr *program, motion allowed)
{
    motion m = gate_program(g, t, program);
    if (m != MOTION_NONE && m != allowed) {
        gate_refuse(g, &(gate_text){t, program}, expr_tree(program));
    }
}

motion gate_measure(gate *g, const plan_measure *m)
{
    motion first = gate_program(g, m->source, m->arguments[0]);
    switch (m->algebra.kind) {
    case AGGREGATE_SUM:
    case AGGREGATE_MAX:
    case AGGREGATE_MIN:
        return first;
    case AGGREGATE_SHARE:
        allow(g, m->source, m->arguments[1], MOTION_NONE);
        return first;
    default:
        allow(g, m->source, m->arguments[0], MOTION_NONE);
        allow(g, m->source, m->arguments[1], MOTION_NONE);
        return MOTION_NONE;
    }
}

static void check_grouping(gate *g, const plan_table *t, const plan_each *each, const plan_key *keys, uint32_t count)
{
    allow(g, t, each->list, MOTION_NONE);
    for (uint32_t i = 0; i < count; i++) {
        allow(g, t, keys[i].program, MOTION_NONE);
        if (keys[i].program == NULL && keys[i].slot >= t->first_let && keys[i].slot < t->first_param) {
            allow(g, t, t->lets[keys[i].slot - t->first_let].program, MOTION_NONE);
        }
    }
}

static void check_limit(gate *g, const plan_version *v)
{
    const plan_measure *m = v->measure;
    bool caps = rule_only_grows(g->planner->engine->schema, v->from), above = false, below = false, exact = false;
    for (uint32_t i = 0; i < v->bound_count; i++) {
        bound_kind kind = v->bounds[i].kind;
        above = above || kind == BOUND_AT_MOST || kind == BOUND_WARN_ABOVE;
        below = below || kind == BOUND_AT_LEAST || kind == BOUND_WARN_BELOW;
        exact = exact || kind == BOUND_EXACTLY;
        motion allowed = kind == BOUND_EXACTLY                               ? MOTION_NONE
                         : kind == BOUND_AT_MOST || kind == BOUND_WARN_ABOVE ? MOTION_DOWN
                                                                             : MOTION_UP;
        allow(g, m->out, v->bounds[i].program, allowed);
    }
    check_grouping(g, m->source, &m->each, m->keys, m->key_count);
    motion wider = caps && above && !below && !exact ? MOTION_UP : MOTION_NONE;
    allow(g, m->source, m->when, wider);
    for (uint32_t i = 0; i < m->also_count; i++) {
        allow(g, m->source, m->also[i].when, wider);
    }
    motion moved = gate_measure(g, m);
    motion allowed = exact || (above && below) ? MOTION_NONE : above ? MOTION_UP : MOTION_DOWN;
    if (moved != MOTION_NONE && moved != allowed && m->arguments[0] != NULL) {
        gate_refuse(g, &(gate_text){m->source, m->arguments[0]}, expr_tree(m->arguments[0]));
    }
}

static void check_predicate(gate *g, const plan_version *v)
{
    check_grouping(g, v->table, &v->each, v->keys, v->key_count);
    allow(g, v->table, v->when, MOTION_UP);
    for (uint32_t i = 0; i < v->also_count; i++) {
        allow(g, v->table, v->also[i].when, MOTION_UP);
    }
    allow(g, v->table, v->condition, v->require ? MOTION_DOWN : MOTION_UP);
}

bool plan_gate(planner *p)
{
    policy_engine *e = p->engine;
    for (uint32_t i = 0; i < e->param_count && !p->nomem; i++) {
        param_direction d = e->params[i].from->declared->direction;
        if (d == PARAM_FIXED || d == PARAM_OPEN) {
            continue;
        }
        gate g = {.planner = p, .param = &e->params[i]};
        for (uint32_t k = 0; k < e->measure_count; k++) {
            const plan_measure *m = e->measures[k];
            if (m->from != NULL && m->source != NULL && !m->broken) {
                check_grouping(&g, m->source, &m->each, m->keys, m->key_count);
                allow(&g, m->source, m->when, MOTION_NONE);
            }
        }
        for (uint32_t k = 0; k < e->rule_count; k++) {
            for (uint32_t n = 0; n < e->rule_list[k]->version_count; n++) {
                const plan_version *v = e->rule_list[k]->versions[n];
                if (v->measure != NULL) {
                    check_limit(&g, v);
                } else {
                    check_predicate(&g, v);
                }
            }
        }
    }
    return p->status == POLICY_OK;
}
