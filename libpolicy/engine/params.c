/*
 * Parameters: their values typed, constants of every environment, or, where versions follow each other, variables whose
 * value the row's own date chooses.
 */
#include "engine/planner.h"
#include "pack/literal.h"

bool plan_params(planner *p)
{
    policy_engine *e = p->engine;
    const ruleset *r = e->rules;
    e->params = plan_array(p, r->param_count + 1, sizeof *e->params);
    if (e->params == NULL) {
        return false;
    }
    e->param_count = r->param_count;
    for (uint32_t i = 0; i < r->param_count; i++) {
        plan_param *param = &e->params[i];
        param->from = &r->params[i];
        uint32_t count = param->from->version_count;
        param->values = plan_array(p, count + 1, sizeof(value));
        if (param->values == NULL) {
            return false;
        }
        for (uint32_t v = 0; v < count; v++) {
            const type *t = NULL;
            param->values[v] = literal_read(param->from->versions[v].value, p->memory, &t);
            if (param->values[v].kind == VALUE_ERROR || t == NULL) {
                return plan_nomem(p);
            }
            bool empty = param->values[v].kind == VALUE_LIST && param->values[v].as.list->count == 0;
            bool were_empty = v > 0 && param->type->kind == TYPE_LIST && t->kind == TYPE_LIST &&
                              param->type->parameters[0]->kind == TYPE_DYN;
            if (empty && v > 0 && param->type->kind == TYPE_LIST) {
                continue; /* a list of nothing is of the others' type */
            }
            if (were_empty || param->type == NULL || (param->type->kind == TYPE_INT && t->kind == TYPE_DOUBLE)) {
                param->type = t;
            } else if (!type_equal(param->type, t) && !(param->type->kind == TYPE_DOUBLE && t->kind == TYPE_INT)) {
                plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                           .message = MESSAGE_ENGINE_PARAM_TYPES,
                                           .arguments = {param->from->declared->name},
                                           .at = param->from->versions[v].value->at,
                                           .other = param->from->versions[0].value->at});
            }
        }
        if (param->type == NULL) {
            param->type = &type_dyn;
        }
        if (param->type->kind == TYPE_DOUBLE) {
            for (uint32_t v = 0; v < count; v++) {
                if (param->values[v].kind == VALUE_INT) {
                    param->values[v] = value_double((double)param->values[v].as.i);
                }
            }
        }
        const date_range *only = count == 1 ? &param->from->versions[0].in_force : NULL;
        param->dated = only && !only->has_from && !only->has_until ? -1 : (int)e->dated_count++;
    }
    return true;
}

bool plan_add_params(planner *p, env *e, const plan_table *t)
{
    const policy_engine *engine = p->engine;
    int source = -1;
    for (uint32_t i = 0; i < engine->param_count; i++) {
        const plan_param *param = &engine->params[i];
        str parts[2] = {STR("params."), param->from->declared->name};
        str name = arena_join(p->memory, parts, 2);
        if (name.data == NULL) {
            return plan_nomem(p);
        }
        bool added;
        if (param->dated < 0) {
            added = env_add_constant(e, name, param->type, param->values[0]);
        } else {
            if (source < 0) {
                source = env_add_source(e, STR("params"));
            }
            added = env_add_variable(e, name, param->type, t->first_param + param->dated, source);
        }
        if (!added && !env_has(e, name)) {
            return plan_nomem(p);
        }
    }
    return true;
}

value engine_param_value(const plan_param *p, bool dated, int32_t day)
{
    uint32_t count = p->from->version_count;
    if (!dated) {
        return count > 0 ? p->values[count - 1] : value_unknown(0);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (plan_in_force(&p->from->versions[i].in_force, day)) {
            return p->values[i];
        }
    }
    return value_unknown(0);
}

const plan_param *engine_find_param(const policy_engine *e, str name)
{
    for (uint32_t i = 0; i < e->param_count; i++) {
        if (str_equal(e->params[i].from->declared->name, name)) {
            return &e->params[i];
        }
    }
    return NULL;
}
