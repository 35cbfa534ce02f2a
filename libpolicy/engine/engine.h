/*
 * The engine: a ruleset and its plan, immutable and shared.
 */
#ifndef POLICY_ENGINE_PRIVATE_H
#define POLICY_ENGINE_PRIVATE_H

#include <stdatomic.h>

#include "base/options.h"
#include "engine/calendar.h"
#include "engine/plan.h"
#include "engine/request.h"
#include "engine/run.h"
#include "policy/bands.h"
#include "policy/engine.h"

struct policy_engine {
    atomic_size_t references;
    policy_options options;
    arena memory;
    ruleset *rules;
    bool borrows_rules; /* they are freed by whoever planned them */
    bool is_watched;    /* conditions have probes, and nothing is shared between texts: for test runs on one thread */
    request *request;   /* what was loaded, so that a case can build the same with other parameters */
    calendar *calendar;
    const schema *schema;

    plan_param *params;
    uint32_t param_count, dated_count;
    plan_table **tables; /* record types first, in schema order; then named measures */
    uint32_t table_count, type_count;
    plan_measure **measures; /* named and anonymous */
    uint32_t measure_count, account_count;
    plan_rule **rule_list;
    uint32_t rule_count, version_count;

    bool *before;         /* before[a * type_count + b]: rows of a must be posted before rows of b */
    uint32_t *feed_order; /* record types */
    int calendar_type;    /* record type with the calendar's rows, -1 */
    int calendar_date, calendar_term, calendar_teaching; /* its fields */
    int coverage_type;                                   /* record type that says what the data covers, -1 */
    int coverage_table, coverage_school, coverage_from, coverage_until;

    struct screen *screens;                 /* by record type; see screen.h */
    _Atomic(struct signature *) signatures; /* NULL until asked for; see signature.h */

    policy_bands *schemes; /* band schemes, bases first */
    uint32_t scheme_count;

    /* What must be freed beside the arena. */
    env **envs;
    size_t env_count, env_capacity;
    expr **programs;
    size_t program_count, program_capacity;
};

/* The run's row values: slots of the largest table. */
uint32_t engine_slot_count(const policy_engine *e);
plan_table *engine_find_table(const policy_engine *e, str name);
int engine_find_type(const policy_engine *e, str name);
const plan_rule *engine_find_rule(const policy_engine *e, str id);
/* Value of a parameter on a day (`dated` false: the last version); UNKNOWN when no version is in force then. */
value engine_param_value(const plan_param *p, bool dated, int32_t day);
const plan_param *engine_find_param(const policy_engine *e, str name);

/* Plan everything of e->rules into e (plan.c). Errors are chained. */
policy_status engine_plan(policy_engine *e, policy_error **err);

#endif
