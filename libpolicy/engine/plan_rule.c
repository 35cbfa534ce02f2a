/*
 * Rules: versions under one id, each with its check compiled in the environment of its table.
 *
 * A predicate over a record type is judged when the record is posted, unless its check or message reads a measure: then
 * it is `late`, and the values it needs are kept until findings are asked for. A limit owns an anonymous measure; its
 * bounds see keys, params and measures, its messages `value` and `limit` too.
 */
#include "base/map.h"
#include "engine/planner.h"
#include "engine/walk.h"

static bool refuse_types(planner *p, const expr_text *text, const type *bound, const type *measured)
{
    buffer a, b;
    buffer_init(&a, p->allocator, 0);
    buffer_init(&b, p->allocator, 0);
    type_write(&a, bound);
    type_write(&b, measured);
    plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                               .message = MESSAGE_ENGINE_BOUND_TYPE,
                               .arguments = {buffer_text(&a), buffer_text(&b)},
                               .at = text->at,
                               .rule = text->rule});
    buffer_free(&a);
    buffer_free(&b);
    return false;
}

static int type_family(const type *t)
{
    switch (t->kind) {
    case TYPE_INT:
    case TYPE_UINT:
    case TYPE_DOUBLE:
        return 1;
    case TYPE_TIME:
    case TYPE_DURATION:
        return 2;
    case TYPE_DYN:
    case TYPE_ERROR:
        return 0;
    default:
        return 100 + (int)t->kind;
    }
}

typedef struct slot_search {
    int slot;
    bool found;
} slot_search;

static void find_slot(void *context, int slot)
{
    slot_search *s = context;
    s->found = s->found || s->slot == slot;
}

static bool add_bound(planner *p, plan_version *v, bound_kind kind, const expr_text *text, const pack *overlay)
{
    if (text->text.data == NULL) {
        return true;
    }
    const plan_table *t = v->measure->out;
    expr *x = plan_compile(p, t->env, text, NULL);
    if (x == NULL) {
        return !p->nomem;
    }
    slot_search search = {(int)t->column_count - 1, false};
    walk_program(x, &(walk){.context = &search, .slot = find_slot});
    if (search.found) {
        return plan_fail(p, &(error_spec){.status = POLICY_E_NAME,
                                          .message = MESSAGE_ENGINE_BOUND_VALUE,
                                          .arguments = {STR("value")},
                                          .at = text->at,
                                          .rule = text->rule}) ||
               true;
    }
    int a = type_family(expr_type(x)), b = type_family(v->measure->value_type);
    if (a != 0 && b != 0 && a != b) {
        refuse_types(p, text, expr_type(x), v->measure->value_type);
    }
    v->bounds[v->bound_count++] =
        (plan_bound){kind, x, overlay, overlay ? overlay->in_force : (date_range){0}, text->at};
    return true;
}

/* Both ends known at load: the warning must lie on the soft side. */
static void check_warning(planner *p, const plan_version *v)
{
    for (uint32_t i = 0; i < v->bound_count; i++) {
        const plan_bound *warn = &v->bounds[i];
        if (warn->kind != BOUND_WARN_ABOVE && warn->kind != BOUND_WARN_BELOW) {
            continue;
        }
        for (uint32_t k = 0; k < v->bound_count; k++) {
            const plan_bound *hard = &v->bounds[k];
            value soft, limit;
            if (hard->kind != (warn->kind == BOUND_WARN_ABOVE ? BOUND_AT_MOST : BOUND_AT_LEAST) ||
                !expr_constant(warn->program, &soft) || !expr_constant(hard->program, &limit)) {
                continue;
            }
            int order = value_compare(soft, limit);
            if (order == (warn->kind == BOUND_WARN_ABOVE ? 1 : -1)) {
                plan_fail(p, &(error_spec){.status = POLICY_E_DATA,
                                           .message = MESSAGE_ENGINE_WARN_SIDE,
                                           .at = warn->at,
                                           .rule = v->from->id,
                                           .other = hard->at});
            }
        }
    }
}

/* What overlays say of this version: counted first, then compiled. */
typedef bool (*tighten_visit)(planner *p, plan_version *v, const pack *overlay, const pack_tighten *t);

static bool each_tighten(planner *p, plan_version *v, tighten_visit visit)
{
    const ruleset *r = p->engine->rules;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->tighten_count; k++) {
            const pack_tighten *t = &r->packs[i]->tightens[k];
            if (str_equal(t->rule, v->from->id) && (t->base == NULL || t->base == v->pack) &&
                !visit(p, v, r->packs[i], t)) {
                return false;
            }
        }
    }
    return true;
}

static bool count_tighten(planner *p, plan_version *v, const pack *overlay, const pack_tighten *t)
{
    (void)p, (void)overlay, (void)t;
    v->raise_count++;
    return true;
}

static bool add_raise(planner *p, plan_version *v, const pack *overlay, const pack_tighten *t)
{
    (void)p;
    if (t->has_severity) {
        v->raises[v->raise_count++] = (plan_raise){t->severity, overlay->in_force};
    }
    return true;
}

static bool add_also(planner *p, plan_version *v, const pack *overlay, const pack_tighten *t)
{
    if (t->also_when.text.data == NULL) {
        return true;
    }
    expr *x = plan_compile(p, v->measure ? v->measure->env : v->env, &t->also_when, &type_bool);
    if (x != NULL) {
        v->also[v->also_count++] = (plan_also){x, overlay->in_force};
    }
    return !p->nomem;
}

static bool add_tight_bounds(planner *p, plan_version *v, const pack *overlay, const pack_tighten *t)
{
    return add_bound(p, v, BOUND_AT_MOST, &t->at_most, overlay) &&
           add_bound(p, v, BOUND_AT_LEAST, &t->at_least, overlay) &&
           add_bound(p, v, BOUND_WARN_ABOVE, &t->warn_above, overlay) &&
           add_bound(p, v, BOUND_WARN_BELOW, &t->warn_below, overlay);
}

/* ---- limits ---- */

static bool plan_limit(planner *p, plan_version *v)
{
    const pack_rule *from = v->from;
    plan_measure *m = plan_measure_new(p, from->id);
    if (m == NULL) {
        return false;
    }
    m->title = from->title;
    m->at = from->at;
    m->source = v->table;
    m->in_force = &v->in_force;
    m->broken = !plan_grouping(p, m, &from->each, &from->when, from->per, from->per_count, &from->measure);
    if (p->nomem || m->keys == NULL) {
        return !p->nomem;
    }
    if (m->source->record != NULL) {
        m->account = p->engine->account_count++;
    }
    m->out = plan_measure_table(p, m);
    if (m->out == NULL) {
        return false;
    }
    v->measure = m;
    v->env = m->env;
    if (!each_tighten(p, v, add_also)) {
        return false;
    }
    m->also = v->also;
    m->also_count = v->also_count;
    if (!add_bound(p, v, BOUND_AT_MOST, &from->at_most, NULL) ||
        !add_bound(p, v, BOUND_AT_LEAST, &from->at_least, NULL) ||
        !add_bound(p, v, BOUND_EXACTLY, &from->exactly, NULL) ||
        !add_bound(p, v, BOUND_WARN_ABOVE, &from->warn_above, NULL) ||
        !add_bound(p, v, BOUND_WARN_BELOW, &from->warn_below, NULL) || !each_tighten(p, v, add_tight_bounds)) {
        return false;
    }
    check_warning(p, v);
    const type *limit = v->bound_count > 0 ? expr_type(v->bounds[0].program) : &type_dyn;
    if (!env_add_variable(m->out->env, STR("limit"), limit, m->out->limit, -1) &&
        env_variable_type(m->out->env, STR("limit")) == NULL) {
        return plan_nomem(p);
    }
    return true;
}

/* ---- predicates ---- */

static bool identity_keys(planner *p, plan_version *v)
{
    const plan_table *t = v->table;
    uint32_t count = t->record ? t->record->identity_count : t->column_count - 1;
    v->keys = plan_array(p, count + 2, sizeof *v->keys);
    if (v->keys == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t column = t->record ? t->record->identity[i] : i;
        v->keys[v->key_count++] =
            (plan_key){.name = t->columns[column], .slot = (int)column, .type = t->column_types[column]};
    }
    if (v->each.present) {
        v->keys[v->key_count++] = (plan_key){.name = v->each.name, .slot = t->each, .type = v->each.element};
    }
    return true;
}

/* The slots of what a script's check says it needs; all columns when it does not say. */
static bool plan_needs(planner *p, plan_version *v)
{
    const plan_table *t = v->table;
    const pack_rule *from = v->from;
    if (from->folds && t->record == NULL) {
        plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                   .message = MESSAGE_SCRIPT_FOLD_TABLE,
                                   .arguments = {t->name},
                                   .at = from->at,
                                   .rule = from->id});
    }
    uint32_t names = t->column_count + t->let_count;
    str *known = plan_array(p, (size_t)names + 1, sizeof *known);
    v->kept_slots = plan_array(p, (size_t)names + 1, sizeof *v->kept_slots);
    if (known == NULL || v->kept_slots == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < names; i++) {
        known[i] = i < t->column_count ? t->columns[i] : t->lets[i - t->column_count].from->name;
        bool needed = from->need_count == 0 && i < t->column_count;
        for (uint32_t k = 0; k < from->need_count; k++) {
            needed = needed || str_equal(from->needs[k], known[i]);
        }
        if (needed) {
            v->kept_slots[v->kept_count++] = (int)i; /* lets follow the columns, as slots do */
        }
    }
    for (uint32_t k = 0; k < from->need_count; k++) {
        bool found = false;
        for (uint32_t i = 0; i < names; i++) {
            found = found || str_equal(from->needs[k], known[i]);
        }
        if (!found) {
            plan_fail(p, &(error_spec){.status = POLICY_E_NAME,
                                       .message = MESSAGE_ENGINE_UNKNOWN_NAME,
                                       .arguments = {from->needs[k]},
                                       .at = from->at,
                                       .rule = from->id,
                                       .nearest = str_nearest(from->needs[k], known, names)});
        }
    }
    return true;
}

static bool plan_predicate(planner *p, plan_version *v)
{
    const pack_rule *from = v->from;
    plan_each_compile(p, v->table, &from->each, &v->each, &v->env);
    if (p->nomem || v->env == NULL) {
        return !p->nomem;
    }
    if (from->when.text.data != NULL) {
        v->when = plan_compile(p, v->env, &from->when, &type_bool);
    }
    v->require = from->check == RULE_REQUIRE;
    v->script = from->check == RULE_SCRIPT;
    if (v->script ? !plan_needs(p, v)
                  : (v->condition = plan_compile(p, v->env, &from->condition, &type_bool)) == NULL) {
        if (p->nomem) {
            return false;
        }
    }
    if (p->nomem || !each_tighten(p, v, add_also)) {
        return false;
    }
    if (from->per_count == 0) {
        return identity_keys(p, v);
    }
    v->key_count = from->per_count;
    plan_keys_compile(p, v->env, v->table, from->per, from->per_count, &v->keys, from->id);
    return !p->nomem;
}

/* ---- messages ---- */

/* {value} and {limit} of what a check answers, and the keys of a group: a fold's message knows nothing else. False when the
 * text is an expression over the record; PLAN_NONE when it is refused. */
static bool answer_part(planner *p, const plan_version *v, const env *e, const template_part *part, uint32_t *out)
{
    str text = str_trim(part->expression.text);
    str *known = plan_array(p, (size_t)v->key_count + 2, sizeof *known);
    *out = PLAN_NONE;
    if (known == NULL) {
        return true;
    }
    for (uint32_t i = 0; v->from->folds && i < v->key_count; i++) {
        known[i] = v->keys[i].name;
        if (str_equal(text, known[i])) {
            *out = PLAN_PART_KEY - i;
            return true;
        }
    }
    bool is_value = str_equal(text, STR("value")), is_limit = str_equal(text, STR("limit"));
    if ((is_value || is_limit) && (v->from->folds || env_variable_type(e, text) == NULL)) {
        *out = is_value ? PLAN_PART_VALUE : PLAN_PART_LIMIT;
        return true;
    }
    if (!v->from->folds) {
        return false;
    }
    known[v->key_count] = STR("value");
    known[v->key_count + 1] = STR("limit");
    plan_fail(p, &(error_spec){.status = POLICY_E_NAME,
                               .message = MESSAGE_ENGINE_UNKNOWN_NAME,
                               .arguments = {text},
                               .at = part->expression.at,
                               .rule = v->from->id,
                               .nearest = str_nearest(text, known, v->key_count + 2)});
    return true;
}

static bool plan_message_of(planner *p, plan_version *v, const env *e, const message_template *from, plan_message *out)
{
    out->parts = plan_array(p, from->count + 1, sizeof *out->parts);
    if (out->parts == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < from->count; i++) {
        const template_part *part = &from->parts[i];
        if (part->literal.data != NULL) {
            out->parts[out->count++] = (plan_part){.literal = part->literal};
            continue;
        }
        if (str_equal(str_trim(part->expression.text), STR("clause")) && !env_variable_type(e, STR("clause"))) {
            out->parts[out->count++] = (plan_part){.literal = v->from->clause.data ? v->from->clause : STR("")};
            continue;
        }
        uint32_t special;
        if (v->script && answer_part(p, v, e, part, &special)) {
            if (special != PLAN_NONE) {
                out->parts[out->count++] = (plan_part){.number = special};
            }
            continue;
        }
        expr *x = NULL;
        uint32_t number = 0; /* the same text in both languages is one placeholder */
        for (; number < v->placeholder_count; number++) {
            if (str_equal(expr_source_text(v->placeholders[number]), part->expression.text)) {
                x = v->placeholders[number];
                break;
            }
        }
        if (x == NULL) {
            x = plan_compile(p, e, &part->expression, NULL);
            if (x == NULL) {
                if (p->nomem) {
                    return false;
                }
                continue;
            }
            v->placeholders[v->placeholder_count++] = x;
        }
        out->parts[out->count++] = (plan_part){.number = number};
    }
    return !p->nomem;
}

static bool plan_messages(planner *p, plan_version *v)
{
    const env *e = v->measure ? v->measure->out->env : v->env;
    const message_template *zh = &v->from->message_zh, *en = &v->from->message_en;
    v->placeholders = plan_array(p, (size_t)zh->count + en->count + 1, sizeof *v->placeholders);
    return v->placeholders != NULL && plan_message_of(p, v, e, zh, &v->message[POLICY_LANGUAGE_ZH]) &&
           plan_message_of(p, v, e, en, &v->message[POLICY_LANGUAGE_EN]);
}

/* ---- late checks ---- */

typedef struct slot_set {
    bool *is;
    int count;
} slot_set;

static void keep_slot(void *context, int slot)
{
    slot_set *s = context;
    if (slot < s->count) {
        s->is[slot] = true;
    }
}

static bool find_late(planner *p, plan_version *v)
{
    if (v->measure != NULL || v->table->record == NULL || v->condition == NULL) {
        return true;
    }
    v->late = walk_calls_measure(v->condition);
    for (uint32_t i = 0; i < v->placeholder_count; i++) {
        v->late = v->late || walk_calls_measure(v->placeholders[i]);
    }
    if (!v->late) {
        return true;
    }
    slot_set s = {plan_array(p, (size_t)v->table->slot_count, sizeof(bool)), v->table->slot_count};
    v->kept_slots = plan_array(p, (size_t)v->table->slot_count, sizeof(int));
    if (s.is == NULL || v->kept_slots == NULL) {
        return false;
    }
    walk w = {.context = &s, .slot = keep_slot};
    walk_program(v->condition, &w);
    for (uint32_t i = 0; i < v->placeholder_count; i++) {
        walk_program(v->placeholders[i], &w);
    }
    for (int i = 0; i < s.count; i++) {
        if (s.is[i]) {
            v->kept_slots[v->kept_count++] = i;
        }
    }
    return true;
}

/* ---- versions and ids ---- */

static bool plan_version_of(planner *p, plan_version *v)
{
    const pack_rule *from = v->from;
    v->table = plan_find_table(p, from->table, from->at, from->id);
    if (v->table == NULL) {
        return !p->nomem;
    }
    (void)each_tighten(p, v, count_tighten);
    uint32_t overlays = v->raise_count;
    v->raise_count = 0;
    v->raises = plan_array(p, overlays + 1, sizeof *v->raises);
    v->also = plan_array(p, overlays + 1, sizeof *v->also);
    v->bounds = plan_array(p, (size_t)overlays * 4 + 5, sizeof *v->bounds);
    if (v->raises == NULL || v->also == NULL || v->bounds == NULL || !each_tighten(p, v, add_raise)) {
        return false;
    }
    if (from->check == RULE_LIMIT) {
        if (!plan_limit(p, v) || v->measure == NULL) {
            return !p->nomem;
        }
    } else if (!plan_predicate(p, v) || v->env == NULL) {
        return !p->nomem;
    }
    if (!plan_messages(p, v) || !find_late(p, v)) {
        return false;
    }
    if (v->rule->versions[0] == v) {
        v->rule->root = v->table->root;
    } else if (v->rule->root != v->table->root) {
        plan_fail(p, &(error_spec){.status = POLICY_E_TYPE,
                                   .message = MESSAGE_ENGINE_TABLE_CHANGES,
                                   .at = from->at,
                                   .rule = from->id,
                                   .other = v->rule->versions[0]->from->at});
    }
    return true;
}

bool plan_rules(planner *p)
{
    policy_engine *e = p->engine;
    const ruleset *r = e->rules;
    size_t count = 0;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        count += r->packs[i]->rule_count;
    }
    e->rule_list = plan_array(p, count + 1, sizeof(plan_rule *));
    if (e->rule_list == NULL) {
        return false;
    }
    map ids;
    map_init(&ids, p->allocator);
    bool fine = true;
    for (uint32_t i = 0; i < r->pack_count && fine; i++) {
        for (uint32_t k = 0; k < r->packs[i]->rule_count && fine; k++) {
            const pack_rule *from = &r->packs[i]->rules[k];
            if (from->broken) {
                continue; /* reported already */
            }
            uint32_t known = map_get(&ids, from->id);
            plan_rule *rule = known == MAP_NONE ? plan_new(p, sizeof *rule) : e->rule_list[known];
            plan_version *v = plan_new(p, sizeof *v);
            if (rule == NULL || v == NULL) {
                fine = false;
                break;
            }
            if (known == MAP_NONE) {
                rule->id = from->id;
                rule->number = e->rule_count;
                fine = map_put(&ids, from->id, e->rule_count) || plan_nomem(p);
                e->rule_list[e->rule_count++] = rule;
            }
            plan_version **more = plan_array(p, rule->version_count + 1, sizeof *more);
            if (more == NULL) {
                fine = false;
                break;
            }
            for (uint32_t n = 0; n < rule->version_count; n++) {
                more[n] = rule->versions[n];
            }
            *v = (plan_version){.rule = rule,
                                .from = from,
                                .pack = r->packs[i],
                                .in_force = from->in_force,
                                .number = e->version_count++,
                                .severity = from->severity};
            more[rule->version_count++] = v;
            rule->versions = more;
            fine = fine && plan_version_of(p, v);
        }
    }
    map_free(&ids);
    return fine && !p->nomem;
}
