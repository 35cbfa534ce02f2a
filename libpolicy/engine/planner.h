/*
 * The planner: what the parts of planning share while an engine is made. See plan.c for the order of work.
 */
#ifndef POLICY_ENGINE_PLANNER_H
#define POLICY_ENGINE_PLANNER_H

#include "engine/engine.h"

#define PLANNER_ERRORS_MAX 100

typedef struct planner_env { /* an environment and the table it belongs to */
    env *env;
    plan_table *table;
} planner_env;

typedef struct planner {
    policy_engine *engine;
    arena *memory;
    const policy_allocator *allocator;
    policy_error **err;
    policy_status status; /* of the first error */
    size_t errors;
    bool nomem;
    planner_env *envs; /* parallel to engine->envs */
    size_t env_count, env_capacity;
} planner;

/* Report; false, so that callers can return it. */
bool plan_fail(planner *p, const error_spec *spec);
bool plan_nomem(planner *p);
void *plan_new(planner *p, size_t size); /* NULL with nomem set */
void *plan_array(planner *p, size_t count, size_t size);

/* Compile a text; `expected` NULL for any type. NULL when it failed (reported). Freed with the engine. */
expr *plan_compile(planner *p, const env *e, const expr_text *text, const type *expected);

/* Is `name` among the names that `text` reads or, when `calls`, calls? Texts in quotes and names after a dot do not count. */
bool plan_mentions(str text, str name, bool calls);

/* params.c */
bool plan_params(planner *p);
bool plan_add_params(planner *p, env *e, const plan_table *t);

/* plan_table.c */
bool plan_record_tables(planner *p);
/* The table that a measure is; the measure's keys and value type are known. */
plan_table *plan_measure_table(planner *p, plan_measure *m);
/* A new environment for rows of `t`, with everything that is ready by now; `each` NULL for none. */
env *plan_env(planner *p, plan_table *t, const plan_each *each);
/* Make a let usable in its table; `compile` false: it was refused already, its name agrees with everything. */
bool plan_let_compile(planner *p, plan_table *t, plan_let *let, bool compile);
plan_table *plan_find_table(planner *p, str name, place at, str rule);

/* plan_measure.c */
/* Compile what groups a table: each, when, keys, aggregate. False when something failed (reported). */
bool plan_grouping(planner *p, plan_measure *m, const pack_each *each, const expr_text *when, const pack_key *keys,
                   uint32_t key_count, const expr_text *measure);
bool plan_each_compile(planner *p, plan_table *t, const pack_each *from, plan_each *out, env **e);
bool plan_keys_compile(planner *p, const env *e, const plan_table *t, const pack_key *from, uint32_t count,
                       plan_key **out, str owner);
plan_measure *plan_measure_new(planner *p, str id);
bool plan_measure_named(planner *p, plan_measure *m);
/* Make M(k1, ...) callable in every environment made so far. */
bool plan_measure_publish(planner *p, plan_measure *m);
bool plan_add_measure(planner *p, env *e, plan_measure *m);

/* plan_rule.c */
bool plan_rules(planner *p);

/* plan_share.c: the plan is complete; make what its row programs have in common parts. */
bool plan_share(planner *p);

/* gate.c: can every parameter with a direction be followed? Refused otherwise. */
bool plan_gate(planner *p);

/* levels.c: which record types must be posted before which; cycles are errors. */
bool plan_levels(planner *p);

#endif
