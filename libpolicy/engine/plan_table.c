/*
 * Tables and their environments: which names a row of a record type or of a measure offers, and where they are.
 */
#include "engine/planner.h"

static void lay_out(const planner *p, plan_table *t)
{
    t->first_let = (int)t->column_count;
    t->first_param = t->first_let + (int)t->let_count;
    t->record_id = t->first_param + (int)p->engine->dated_count;
    t->each = t->record_id + 1;
    t->limit = t->each + 1;
    t->first_part = t->limit + 1;
    t->slot_count = t->first_part;
}

static uint32_t count_lets(const ruleset *r, str table)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->let_count; k++) {
            const pack_let *let = &r->packs[i]->lets[k];
            for (uint32_t n = 0; n < let->table_count; n++) {
                count += str_equal(let->tables[n], table) ? 1 : 0;
            }
        }
    }
    return count;
}

/* The lets of a table, refusing names that are taken. */
static bool gather_lets(planner *p, plan_table *t)
{
    const ruleset *r = p->engine->rules;
    t->lets = plan_array(p, count_lets(r, t->name) + 1, sizeof *t->lets);
    if (t->lets == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->let_count; k++) {
            const pack_let *let = &r->packs[i]->lets[k];
            for (uint32_t n = 0; n < let->table_count; n++) {
                if (!str_equal(let->tables[n], t->name)) {
                    continue;
                }
                place other = {0};
                int field = t->record ? schema_find_field(t->record, let->name) : -1;
                if (field >= 0) {
                    other = t->record->fields[field].at;
                }
                bool taken = field >= 0;
                for (uint32_t l = 0; l < t->let_count && !taken; l++) {
                    taken = str_equal(t->lets[l].from->name, let->name);
                    other = t->lets[l].from->at;
                }
                if (taken) {
                    plan_fail(p, &(error_spec){.status = POLICY_E_DUPLICATE,
                                               .message = MESSAGE_ENGINE_NAME_TAKEN,
                                               .arguments = {let->name, t->name},
                                               .at = let->at,
                                               .rule = let->name,
                                               .other = other});
                    continue;
                }
                t->lets[t->let_count++] = (plan_let){.from = let, .type = &type_error};
            }
        }
    }
    return true;
}

bool plan_record_tables(planner *p)
{
    policy_engine *e = p->engine;
    const schema *s = e->schema;
    for (uint32_t i = 0; i < s->type_count; i++) {
        const schema_type *type_of = &s->types[i];
        plan_table *t = plan_new(p, sizeof *t);
        str *names = plan_array(p, type_of->field_count + 1, sizeof *names);
        const type **types = plan_array(p, type_of->field_count + 1, sizeof *types);
        if (t == NULL || names == NULL || types == NULL) {
            return false;
        }
        for (uint32_t f = 0; f < type_of->field_count; f++) {
            names[f] = type_of->fields[f].name;
            types[f] = type_of->fields[f].type;
        }
        *t = (plan_table){.name = type_of->name,
                          .record = type_of,
                          .root = i,
                          .column_count = type_of->field_count,
                          .columns = names,
                          .column_types = types};
        e->tables[e->table_count++] = t;
        if (!gather_lets(p, t)) {
            return false;
        }
        lay_out(p, t);
    }
    e->type_count = e->table_count;
    for (uint32_t i = 0; i < e->type_count; i++) {
        e->tables[i]->env = plan_env(p, e->tables[i], NULL);
        if (e->tables[i]->env == NULL) {
            return false;
        }
    }
    /* Lets of tables that do not exist. */
    const ruleset *r = e->rules;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->let_count; k++) {
            const pack_let *let = &r->packs[i]->lets[k];
            for (uint32_t n = 0; n < let->table_count; n++) {
                if (schema_find_type(s, let->tables[n]) == NULL) {
                    (void)plan_find_table(p, let->tables[n], let->at, let->name);
                }
            }
        }
    }
    return !p->nomem;
}

plan_table *plan_measure_table(planner *p, plan_measure *m)
{
    plan_table *t = plan_new(p, sizeof *t);
    str *names = plan_array(p, m->key_count + 1, sizeof *names);
    const type **types = plan_array(p, m->key_count + 1, sizeof *types);
    if (t == NULL || names == NULL || types == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        names[i] = m->keys[i].name;
        types[i] = m->keys[i].type;
    }
    names[m->key_count] = STR("value");
    types[m->key_count] = m->value_type;
    *t = (plan_table){.name = m->id,
                      .measure = m,
                      .root = m->source->root,
                      .column_count = m->key_count + 1,
                      .columns = names,
                      .column_types = types};
    lay_out(p, t);
    t->env = plan_env(p, t, NULL);
    return t->env ? t : NULL;
}

static bool add_variable(planner *p, env *e, str name, const type *t, int slot, int source)
{
    if (env_add_variable(e, name, t, slot, source)) {
        return true;
    }
    return env_variable_type(e, name) != NULL || plan_nomem(p); /* a taken name was reported where it is declared */
}

env *plan_env(planner *p, plan_table *t, const plan_each *each)
{
    policy_engine *engine = p->engine;
    if (!allocator_grow(p->allocator, (void **)&engine->envs, &engine->env_capacity, engine->env_count + 1,
                        sizeof *engine->envs, SIZE_MAX / 64) ||
        !allocator_grow(p->allocator, (void **)&p->envs, &p->env_capacity, p->env_count + 1, sizeof *p->envs,
                        SIZE_MAX / 64)) {
        plan_nomem(p);
        return NULL;
    }
    env *e = env_new(p->allocator);
    if (e == NULL) {
        plan_nomem(p);
        return NULL;
    }
    engine->envs[engine->env_count++] = e;
    p->envs[p->env_count++] = (planner_env){e, t};

    const schema_type *root = &engine->schema->types[t->root];
    for (uint32_t i = 0; i < root->field_count; i++) {
        if (env_add_source(e, root->fields[i].name) != (int)i) {
            plan_nomem(p);
            return NULL;
        }
    }
    /* The same numbers in every environment of one root, so that missing values can pass from measure to measure. */
    static const char *const shared[] = {"value", "calendar", "params", "as_of", "coverage"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        if (env_add_source(e, str_of(shared[i])) < 0 && env_source_count(e) < 64) {
            plan_nomem(p);
            return NULL;
        }
    }
    for (uint32_t i = 0; i < engine->rules->pack_count; i++) {
        const pack *k = engine->rules->packs[i];
        for (uint32_t n = 0; n < k->measure_count && env_source_count(e) < 64; n++) {
            if (env_add_source(e, k->measures[n].id) < 0) {
                plan_nomem(p);
                return NULL;
            }
        }
    }
    bool fine = true;
    for (uint32_t i = 0; i < t->column_count && fine; i++) {
        int source = t->record ? (int)i : i + 1 == t->column_count ? env_add_source(e, STR("value")) : -1;
        fine = add_variable(p, e, t->columns[i], t->column_types[i], (int)i, source);
    }
    for (uint32_t i = 0; i < t->let_count && fine; i++) {
        if (t->lets[i].ready) {
            fine = add_variable(p, e, t->lets[i].from->name, t->lets[i].type, t->first_let + (int)i, -1);
        }
    }
    fine = fine && plan_add_params(p, e, t);
    if (fine && t->record) {
        fine = add_variable(p, e, STR("record_id"), &type_string, t->record_id, -1);
    }
    if (fine && each) {
        fine = add_variable(p, e, each->name, each->element, t->each, -1);
    }
    if (fine && !calendar_functions_add(e)) {
        fine = plan_nomem(p);
    }
    for (uint32_t i = 0; i < engine->measure_count && fine; i++) {
        if (engine->measures[i]->from && engine->measures[i]->out) {
            fine = plan_add_measure(p, e, engine->measures[i]);
        }
    }
    return fine ? e : NULL;
}

bool plan_let_compile(planner *p, plan_table *t, plan_let *let, bool compile)
{
    if (compile) {
        let->program = plan_compile(p, t->env, &let->from->expression, NULL);
    }
    let->type = let->program ? expr_type(let->program) : &type_error;
    let->ready = true;
    int slot = t->first_let + (int)(let - t->lets);
    for (size_t i = 0; i < p->env_count; i++) {
        if (p->envs[i].table == t && !add_variable(p, p->envs[i].env, let->from->name, let->type, slot, -1)) {
            return false;
        }
    }
    return !p->nomem;
}

plan_table *plan_find_table(planner *p, str name, place at, str rule)
{
    plan_table *found = engine_find_table(p->engine, name);
    if (found != NULL) {
        return found;
    }
    str *names = plan_array(p, p->engine->table_count + 1, sizeof *names);
    if (names == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < p->engine->table_count; i++) {
        names[i] = p->engine->tables[i]->name;
    }
    plan_fail(p, &(error_spec){.status = POLICY_E_NAME,
                               .message = MESSAGE_ENGINE_NO_TABLE,
                               .arguments = {name},
                               .at = at,
                               .rule = rule,
                               .nearest = str_nearest(name, names, p->engine->table_count)});
    return NULL;
}
