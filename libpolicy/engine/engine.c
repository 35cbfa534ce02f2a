/*
 * The engine's handle and what it tells about itself.
 */
#include "engine/engine.h"

#include "base/error.h"

policy_engine *policy_engine_ref(policy_engine *engine)
{
    atomic_fetch_add_explicit(&engine->references, 1, memory_order_relaxed);
    return engine;
}

void policy_engine_unref(policy_engine *engine)
{
    if (engine == NULL || atomic_fetch_sub_explicit(&engine->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    policy_allocator a = engine->options.allocator;
    for (size_t i = 0; i < engine->program_count; i++) {
        expr_free(engine->programs[i]);
    }
    for (size_t i = 0; i < engine->env_count; i++) {
        env_free(engine->envs[i]);
    }
    allocator_free(&a, engine->programs);
    allocator_free(&a, engine->envs);
    allocator_free(&a, atomic_load_explicit(&engine->signatures, memory_order_relaxed));
    calendar_free(engine->calendar);
    ruleset_free(engine->borrows_rules ? NULL : engine->rules);
    request_unref(engine->request);
    arena_free(&engine->memory);
    allocator_free(&a, engine);
}

uint32_t engine_slot_count(const policy_engine *e)
{
    int most = 0;
    for (uint32_t i = 0; i < e->table_count; i++) {
        most = e->tables[i]->slot_count > most ? e->tables[i]->slot_count : most;
    }
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_table *out = e->measures[i]->out;
        most = out && out->slot_count > most ? out->slot_count : most;
    }
    return (uint32_t)most;
}

plan_table *engine_find_table(const policy_engine *e, str name)
{
    for (uint32_t i = 0; i < e->table_count; i++) {
        if (str_equal(e->tables[i]->name, name)) {
            return e->tables[i];
        }
    }
    return NULL;
}

int engine_find_type(const policy_engine *e, str name)
{
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (str_equal(e->tables[i]->name, name)) {
            return (int)i;
        }
    }
    return -1;
}

const plan_rule *engine_find_rule(const policy_engine *e, str id)
{
    for (uint32_t i = 0; i < e->rule_count; i++) {
        if (str_equal(e->rule_list[i]->id, id)) {
            return e->rule_list[i];
        }
    }
    return NULL;
}
