/*
 * Measures: what groups a table, compiled. Named ones become callable as M(k1, ...), anonymous ones belong to limit rules.
 */
#include "engine/affine.h"
#include "engine/planner.h"
#include "engine/walk.h"
#include "expr/functions.h"

static bool is_number(const type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_UINT || t->kind == TYPE_DOUBLE || t->kind == TYPE_DYN;
}

static bool is_time(const type *t)
{
    return t->kind == TYPE_DURATION || t->kind == TYPE_TIME;
}

static bool is_scalar(const type *t)
{
    return t->kind != TYPE_LIST && t->kind != TYPE_MAP && t->kind != TYPE_TYPE && t->kind != TYPE_NULL;
}

bool plan_each_compile(planner *p, plan_table *t, const pack_each *from, plan_each *out, env **e)
{
    *e = t->env;
    if (!from->present) {
        return true;
    }
    out->present = true;
    out->name = from->name;
    out->element = &type_error;
    out->list = plan_compile(p, t->env, &from->list, NULL);
    if (out->list != NULL) {
        const type *list = expr_type(out->list);
        if (list->kind == TYPE_LIST) {
            out->element = list->parameters[0];
        } else if (list->kind == TYPE_DYN) {
            out->element = &type_dyn;
        } else if (list->kind != TYPE_ERROR) {
            buffer b;
            buffer_init(&b, p->allocator, 0);
            type_write(&b, list);
            plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                       .message = MESSAGE_ENGINE_EACH_LIST,
                                       .arguments = {buffer_text(&b)},
                                       .at = from->list.at,
                                       .rule = from->list.rule});
            buffer_free(&b);
            out->list = NULL;
        }
    }
    bool taken = false;
    for (uint32_t i = 0; i < t->column_count; i++) {
        taken = taken || str_equal(t->columns[i], from->name);
    }
    for (uint32_t i = 0; i < t->let_count; i++) {
        taken = taken || str_equal(t->lets[i].from->name, from->name);
    }
    if (taken) {
        return plan_fail(p, &(error_spec){.status = POLICY_E_DUPLICATE,
                                          .message = MESSAGE_ENGINE_NAME_TAKEN,
                                          .arguments = {from->name, t->name},
                                          .at = from->list.at,
                                          .rule = from->list.rule});
    }
    *e = plan_env(p, t, out);
    return *e != NULL && out->list != NULL;
}

static int column_slot(const plan_table *t, str name)
{
    for (uint32_t i = 0; i < t->column_count; i++) {
        if (str_equal(t->columns[i], name)) {
            return (int)i;
        }
    }
    return -1;
}

bool plan_keys_compile(planner *p, const env *e, const plan_table *t, const pack_key *from, uint32_t count,
                       plan_key **out, str owner)
{
    plan_key *keys = plan_array(p, count + 1, sizeof *keys);
    if (keys == NULL) {
        return false;
    }
    bool fine = true;
    for (uint32_t i = 0; i < count; i++) {
        plan_key *key = &keys[i];
        key->name = from[i].name;
        key->slot = from[i].is_field ? column_slot(t, from[i].name) : -1;
        key->type = &type_error;
        if (key->slot >= 0) {
            key->type = t->column_types[key->slot];
        } else {
            key->program = plan_compile(p, e, &from[i].expression, NULL);
            if (key->program == NULL) {
                fine = false;
                continue;
            }
            key->type = expr_type(key->program);
        }
        if (!is_scalar(key->type)) {
            buffer b;
            buffer_init(&b, p->allocator, 0);
            type_write(&b, key->type);
            fine = plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                              .message = MESSAGE_ENGINE_KEY_TYPE,
                                              .arguments = {key->name, buffer_text(&b)},
                                              .at = from[i].expression.at,
                                              .rule = owner});
            buffer_free(&b);
        }
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(keys[k].name, key->name)) {
                fine = plan_fail(p, &(error_spec){.status = POLICY_E_DUPLICATE,
                                                  .message = MESSAGE_ENGINE_KEY_TWICE,
                                                  .arguments = {key->name},
                                                  .at = from[i].expression.at,
                                                  .rule = owner});
            }
        }
    }
    *out = keys;
    return fine;
}

/* ---- the call of an aggregate ---- */

typedef struct aggregate_spec {
    const char *name;
    aggregate_kind kind;
    uint32_t least, most;
    const char *takes_en;
} aggregate_spec;

static const aggregate_spec aggregates[] = {
    {"sum", AGGREGATE_SUM, 1, 1, "(x)"},
    {"count", AGGREGATE_COUNT, 0, 0, "()"},
    {"count_distinct", AGGREGATE_COUNT_DISTINCT, 1, 1, "(x)"},
    {"min", AGGREGATE_MIN, 1, 1, "(x)"},
    {"max", AGGREGATE_MAX, 1, 1, "(x)"},
    {"only", AGGREGATE_ONLY, 1, 1, "(x)"},
    {"share", AGGREGATE_SHARE, 1, 2, "(p) / (p, weight)"},
    {"ratio", AGGREGATE_RATIO, 2, 2, "(a, b)"},
    {"runs", AGGREGATE_RUNS, 2, 2, "(date, n)"},
    {"collect", AGGREGATE_COLLECT, 1, 1, "(x)"},
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t skip_space(str text, size_t at)
{
    while (at < text.size && is_space(text.data[at])) {
        at++;
    }
    return at;
}

/* Past a quoted text that begins at `at`. */
static size_t skip_quoted(str text, size_t at)
{
    char quote = text.data[at++];
    while (at < text.size && text.data[at] != quote) {
        at += text.data[at] == '\\' ? 2 : 1;
    }
    return at + 1 < text.size ? at + 1 : text.size;
}

static expr_text part_of(const expr_text *whole, size_t from, size_t until)
{
    expr_text part = *whole;
    while (from < until && is_space(whole->text.data[from])) {
        from++;
    }
    while (until > from && is_space(whole->text.data[until - 1])) {
        until--;
    }
    part.text = str_slice(whole->text, from, until);
    part.at = expr_place(whole, (uint32_t)from);
    return part;
}

typedef struct aggregate_call {
    str name;
    size_t name_at;
    expr_text arguments[3];
    uint32_t count; /* 3 stands for more than two */
} aggregate_call;

/* NAME ( text , text ) and nothing after it. */
static bool split_call(const expr_text *whole, aggregate_call *out)
{
    str text = whole->text;
    size_t at = skip_space(text, 0), begin = at;
    while (at < text.size && is_word(text.data[at])) {
        at++;
    }
    out->name = str_slice(text, begin, at);
    out->name_at = begin;
    out->count = 0;
    at = skip_space(text, at);
    if (out->name.size == 0 || at >= text.size || text.data[at] != '(') {
        return false;
    }
    size_t depth = 1, from = ++at;
    while (at < text.size && depth > 0) {
        char c = text.data[at];
        if (c == '\'' || c == '"') {
            at = skip_quoted(text, at);
            continue;
        }
        if (c == '(' || c == '[' || c == '{') {
            depth++;
        } else if (c == ')' || c == ']' || c == '}') {
            depth--;
        }
        if (depth == 0 || (depth == 1 && c == ',')) {
            expr_text part = part_of(whole, from, at);
            if (part.text.size > 0 || c == ',' || out->count > 0) {
                out->arguments[out->count < 3 ? out->count : 2] = part;
                out->count += out->count < 3 ? 1 : 0;
            }
            from = at + 1;
        }
        at++;
    }
    return depth == 0 && skip_space(text, at) == text.size;
}

static bool refuse_argument(planner *p, const aggregate_call *call, uint32_t i, const type *t)
{
    buffer b;
    buffer_init(&b, p->allocator, 0);
    type_write(&b, t);
    plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                               .message = MESSAGE_ENGINE_ARGUMENT_TYPE,
                               .arguments = {call->name, buffer_text(&b)},
                               .at = call->arguments[i].at,
                               .rule = call->arguments[i].rule});
    buffer_free(&b);
    return false;
}

static bool is_ordered(const type *t)
{
    return is_number(t) || is_time(t) || t->kind == TYPE_DATE || t->kind == TYPE_TIMESTAMP || t->kind == TYPE_STRING;
}

/* Types of the arguments, and the type of the result. */
static bool type_aggregate(planner *p, plan_measure *m, const aggregate_call *call)
{
    const type *first = m->arguments[0] ? expr_type(m->arguments[0]) : NULL;
    const type *second = m->arguments[1] ? expr_type(m->arguments[1]) : NULL;
    aggregate *g = &m->algebra;
    g->units[0] = g->units[1] = UNIT_MICRO;
    switch (g->kind) {
    case AGGREGATE_COUNT:
        m->value_type = &type_int;
        return true;
    case AGGREGATE_SUM:
        if (!is_number(first) && !is_time(first)) {
            return refuse_argument(p, call, 0, first);
        }
        g->units[0] = first->kind == TYPE_INT || first->kind == TYPE_UINT ? UNIT_WHOLE : UNIT_MICRO;
        g->unsigned_result = first->kind == TYPE_UINT;
        g->durations = is_time(first);
        m->value_type = g->durations ? &type_duration : first->kind == TYPE_DYN ? &type_double : first;
        return true;
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        m->value_type = first;
        return is_ordered(first) || refuse_argument(p, call, 0, first);
    case AGGREGATE_ONLY:
        m->value_type = first;
        return is_scalar(first) || refuse_argument(p, call, 0, first);
    case AGGREGATE_COUNT_DISTINCT:
        m->value_type = &type_int;
        g->domain_size = first->domain ? first->domain->count : first->kind == TYPE_BOOL ? 2 : 0;
        return is_scalar(first) || refuse_argument(p, call, 0, first);
    case AGGREGATE_COLLECT:
        m->value_type = type_list(p->memory, first);
        if (m->value_type == NULL) {
            return plan_nomem(p);
        }
        return is_scalar(first) || refuse_argument(p, call, 0, first);
    case AGGREGATE_SHARE:
        m->value_type = &type_double;
        if (first->kind != TYPE_BOOL && first->kind != TYPE_DYN) {
            return refuse_argument(p, call, 0, first);
        }
        if (second != NULL) {
            g->weighted = true;
            if (!is_number(second) && !is_time(second)) {
                return refuse_argument(p, call, 1, second);
            }
        }
        return true;
    case AGGREGATE_RATIO:
        m->value_type = &type_double;
        for (uint32_t i = 0; i < 2; i++) {
            const type *t = i == 0 ? first : second;
            if (!is_number(t) && !is_time(t)) {
                return refuse_argument(p, call, i, t);
            }
            g->units[i] = t->kind == TYPE_INT || t->kind == TYPE_UINT ? UNIT_WHOLE : UNIT_MICRO;
        }
        return true;
    case AGGREGATE_RUNS: {
        m->value_type = &type_int;
        if (first->kind != TYPE_DATE && first->kind != TYPE_DYN) {
            return refuse_argument(p, call, 0, first);
        }
        value gap;
        if (!expr_constant(m->arguments[1], &gap) || gap.kind != VALUE_INT || gap.as.i < 0) {
            return plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                              .message = MESSAGE_ENGINE_CONSTANT,
                                              .at = call->arguments[1].at,
                                              .rule = call->arguments[1].rule});
        }
        g->gap = gap.as.i;
        m->argument_count = 1;
        return true;
    }
    }
    return true;
}

static bool compile_aggregate(planner *p, plan_measure *m, const expr_text *text)
{
    aggregate_call call = {0};
    const aggregate_spec *spec = NULL;
    bool split = split_call(text, &call);
    str names[AGGREGATE_KINDS];
    for (size_t i = 0; i < AGGREGATE_KINDS; i++) {
        names[i] = str_of(aggregates[i].name);
        if (str_equal(names[i], call.name)) {
            spec = &aggregates[i];
        }
    }
    if (!split || spec == NULL) {
        return plan_fail(p, &(error_spec){.status = spec ? POLICY_E_SYNTAX : POLICY_E_NAME,
                                          .message = MESSAGE_ENGINE_NO_AGGREGATE,
                                          .arguments = {str_trim(text->text)},
                                          .at = expr_place(text, (uint32_t)call.name_at),
                                          .rule = text->rule,
                                          .nearest = spec || call.name.size == 0
                                                         ? str_none
                                                         : str_nearest(call.name, names, AGGREGATE_KINDS)});
    }
    if (call.count < spec->least || call.count > spec->most) {
        return plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                          .message = MESSAGE_ENGINE_ARGUMENT_COUNT,
                                          .arguments = {call.name, str_of(spec->takes_en)},
                                          .at = expr_place(text, (uint32_t)call.name_at),
                                          .rule = text->rule});
    }
    m->algebra.kind = spec->kind;
    m->argument_count = call.count;
    bool fine = true;
    for (uint32_t i = 0; i < call.count; i++) {
        m->arguments[i] = plan_compile(p, m->env, &call.arguments[i], NULL);
        fine = fine && m->arguments[i] != NULL;
        if (m->arguments[i] != NULL) {
            m->affine[i] = affine_fields(m->source, m->arguments[i]);
            m->algebra.argument_sources |= expr_sources(m->arguments[i]);
        }
    }
    return fine && type_aggregate(p, m, &call);
}

bool plan_grouping(planner *p, plan_measure *m, const pack_each *each, const expr_text *when, const pack_key *keys,
                   uint32_t key_count, const expr_text *measure)
{
    m->value_type = &type_error;
    bool fine = plan_each_compile(p, m->source, each, &m->each, &m->env);
    if (m->env == NULL) {
        return false;
    }
    if (when->text.data != NULL) {
        m->when = plan_compile(p, m->env, when, &type_bool);
        fine = fine && m->when != NULL;
    }
    m->key_count = key_count;
    fine = plan_keys_compile(p, m->env, m->source, keys, key_count, &m->keys, m->id) && fine;
    return compile_aggregate(p, m, measure) && fine;
}

plan_measure *plan_measure_new(planner *p, str id)
{
    plan_measure *m = plan_new(p, sizeof *m);
    if (m == NULL) {
        return NULL;
    }
    m->id = id;
    m->number = p->engine->measure_count;
    m->account = PLAN_NONE;
    m->value_type = &type_error;
    p->engine->measures[p->engine->measure_count++] = m; /* room was counted beforehand */
    return m;
}

bool plan_measure_named(planner *p, plan_measure *m)
{
    const pack_measure *from = m->from;
    m->title = from->title;
    m->at = from->at;
    m->source = plan_find_table(p, from->table, from->at, from->id);
    if (m->source == NULL) {
        m->broken = true;
        return !p->nomem;
    }
    m->broken = !plan_grouping(p, m, &from->each, &from->when, from->per, from->per_count, &from->measure);
    if (p->nomem) {
        return false;
    }
    if (m->keys == NULL) {
        return true;
    }
    if (m->source->record != NULL) {
        m->account = p->engine->account_count++;
    }
    m->out = plan_measure_table(p, m);
    if (m->out == NULL) {
        return false;
    }
    p->engine->tables[p->engine->table_count++] = m->out;
    return plan_measure_publish(p, m);
}

/* ---- M(k1, ...) ---- */

value plan_read_measure(void *context, evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    const plan_reference *r = context;
    uint64_t source = r->source < 0 ? 0 : UINT64_C(1) << r->source;
    run *host = evaluation_host(ev);
    return host ? host->read(host, ev, r->measure, arguments, source) : value_unknown(source);
}

bool plan_add_measure(planner *p, env *e, plan_measure *m)
{
    plan_reference *r = plan_new(p, sizeof *r);
    const type **parameters = plan_array(p, m->key_count + 1, sizeof *parameters);
    if (r == NULL || parameters == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        const type *t = m->keys[i].type;
        parameters[i] = t->kind == TYPE_STRING ? &type_string : t->kind == TYPE_ERROR ? &type_dyn : t;
    }
    *r = (plan_reference){m, env_add_source(e, m->id)};
    return env_add_function(e, m->id, false, m->value_type, parameters, m->key_count, 0, plan_read_measure, r,
                            r->source) ||
           plan_nomem(p);
}

bool plan_measure_publish(planner *p, plan_measure *m)
{
    for (size_t i = 0; i < p->env_count; i++) {
        if (p->envs[i].env != NULL && p->envs[i].table != m->out && !plan_add_measure(p, p->envs[i].env, m)) {
            return false;
        }
    }
    return true;
}
