/*
 * Planning: from a ruleset to what ledgers run.
 *
 *   params -> tables of record types -> lets and measures, in the order in which they need each other -> rules -> levels
 *          -> what rows' programs share
 *
 * The order of lets and measures comes from the names their texts mention: each is compiled once all it can read has a
 * type. Something that needs itself is a load error. Errors are reported and planning goes on; a name whose own text failed
 * has the error type, which agrees with everything, so one mistake is reported once.
 */
#include "engine/planner.h"
#include "engine/screen.h"

bool plan_fail(planner *p, const error_spec *spec)
{
    if (p->status == POLICY_OK) {
        p->status = spec->status;
    }
    if (p->errors++ < PLANNER_ERRORS_MAX && error_set(p->err, p->allocator, spec) == POLICY_E_NOMEM) {
        plan_nomem(p);
    }
    return false;
}

bool plan_nomem(planner *p)
{
    p->nomem = true;
    p->status = POLICY_E_NOMEM;
    return false;
}

void *plan_new(planner *p, size_t size)
{
    void *memory = arena_new(p->memory, size);
    if (memory == NULL) {
        plan_nomem(p);
    }
    return memory;
}

void *plan_array(planner *p, size_t count, size_t size)
{
    void *memory = arena_array(p->memory, count, size);
    if (memory == NULL) {
        plan_nomem(p);
    }
    return memory;
}

expr *plan_compile(planner *p, const env *e, const expr_text *text, const type *expected)
{
    policy_engine *engine = p->engine;
    if (!allocator_grow(p->allocator, (void **)&engine->programs, &engine->program_capacity, engine->program_count + 1,
                        sizeof *engine->programs, SIZE_MAX / 64)) {
        plan_nomem(p);
        return NULL;
    }
    expr_options options = {
        .options = &engine->options, .expected = expected, .keep_tree = true, .probes = engine->is_watched};
    expr *x = NULL;
    policy_error *found = NULL;
    policy_status status = expr_compile(e, text, &options, &x, &found);
    if (status == POLICY_OK) {
        engine->programs[engine->program_count++] = x;
        return x;
    }
    if (status == POLICY_E_NOMEM) {
        policy_error_free(found);
        plan_nomem(p);
        return NULL;
    }
    p->errors += error_count(found);
    if (p->status == POLICY_OK) {
        p->status = status;
    }
    if (p->err != NULL && p->errors <= PLANNER_ERRORS_MAX) {
        error_move(p->err, &found);
    }
    policy_error_free(found);
    return NULL;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool plan_mentions(str text, str name, bool calls)
{
    char before = '\0'; /* last character that is not a space */
    for (size_t i = 0; i < text.size;) {
        char c = text.data[i];
        if (c == '\'' || c == '"') {
            size_t at = i + 1;
            while (at < text.size && text.data[at] != c) {
                at += text.data[at] == '\\' ? 2 : 1;
            }
            i = at + 1;
            before = c;
            continue;
        }
        if (!is_word(c)) {
            before = c == ' ' || c == '\n' || c == '\t' || c == '\r' ? before : c;
            i++;
            continue;
        }
        size_t begin = i;
        while (i < text.size && is_word(text.data[i])) {
            i++;
        }
        if (before != '.' && str_equal(str_slice(text, begin, i), name)) {
            size_t next = i;
            while (next < text.size && (text.data[next] == ' ' || text.data[next] == '\n' || text.data[next] == '\t')) {
                next++;
            }
            if ((next < text.size && text.data[next] == '(') == calls) {
                return true;
            }
        }
        before = 'a';
    }
    return false;
}

/* ---- the order of lets and measures ---- */

typedef enum item_state { ITEM_NEW, ITEM_OPEN, ITEM_DONE } item_state;

typedef struct plan_item { /* a let of one table, or a named measure */
    plan_table *table;
    plan_let *let;
    const pack_measure *measure;
    item_state state;
} plan_item;

typedef struct item_list {
    plan_item *items;
    size_t count;
} item_list;

static bool measure_mentions(const pack_measure *m, str name, bool calls)
{
    if ((m->each.present && plan_mentions(m->each.list.text, name, calls)) ||
        (m->when.text.data && plan_mentions(m->when.text, name, calls)) ||
        plan_mentions(m->measure.text, name, calls)) {
        return true;
    }
    for (uint32_t i = 0; i < m->per_count; i++) {
        if (m->per[i].expression.text.data && plan_mentions(m->per[i].expression.text, name, calls)) {
            return true;
        }
        if (m->per[i].is_field && !calls && str_equal(m->per[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool item_needs(const plan_item *item, const plan_item *other)
{
    if (item == other) { /* a text that names itself */
        return item->let ? plan_mentions(item->let->from->expression.text, item->let->from->name, false)
                         : measure_mentions(item->measure, item->measure->id, true) ||
                               str_equal(item->measure->table, item->measure->id);
    }
    if (item->let != NULL) {
        if (other->let != NULL) {
            return other->table == item->table &&
                   plan_mentions(item->let->from->expression.text, other->let->from->name, false);
        }
        return plan_mentions(item->let->from->expression.text, other->measure->id, true);
    }
    if (other->let != NULL) {
        return str_equal(other->table->name, item->measure->table) &&
               measure_mentions(item->measure, other->let->from->name, false);
    }
    return str_equal(item->measure->table, other->measure->id) ||
           measure_mentions(item->measure, other->measure->id, true);
}

static bool do_item(planner *p, item_list *list, plan_item *item)
{
    str name = item->let ? item->let->from->name : item->measure->id;
    bool cyclic = false;
    item->state = ITEM_OPEN;
    for (size_t i = 0; i < list->count; i++) {
        plan_item *other = &list->items[i];
        if (other->state == ITEM_DONE || !item_needs(item, other)) {
            continue;
        }
        if (other->state == ITEM_OPEN) {
            cyclic = true;
            plan_fail(p, &(error_spec){.status = POLICY_E_NAME,
                                       .message = MESSAGE_ENGINE_CYCLE,
                                       .arguments = {name},
                                       .at = item->let ? item->let->from->expression.at : item->measure->at,
                                       .rule = name,
                                       .other = other->let ? other->let->from->expression.at : other->measure->at});
            continue;
        }
        if (!do_item(p, list, other)) {
            return false;
        }
    }
    item->state = ITEM_DONE;
    if (item->let != NULL) {
        return plan_let_compile(p, item->table, item->let, !cyclic);
    }
    plan_measure *m = plan_measure_new(p, item->measure->id);
    if (m == NULL) {
        return false;
    }
    m->from = item->measure;
    m->broken = cyclic;
    return cyclic || plan_measure_named(p, m);
}

static bool plan_items(planner *p)
{
    policy_engine *e = p->engine;
    size_t count = 0, at = 0;
    for (uint32_t i = 0; i < e->type_count; i++) {
        count += e->tables[i]->let_count;
    }
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        count += e->rules->packs[i]->measure_count;
    }
    item_list list = {plan_array(p, count + 1, sizeof(plan_item)), count};
    if (list.items == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < e->type_count; i++) {
        for (uint32_t k = 0; k < e->tables[i]->let_count; k++) {
            list.items[at++] = (plan_item){.table = e->tables[i], .let = &e->tables[i]->lets[k]};
        }
    }
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        for (uint32_t k = 0; k < e->rules->packs[i]->measure_count; k++) {
            list.items[at++] = (plan_item){.measure = &e->rules->packs[i]->measures[k]};
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (list.items[i].state == ITEM_NEW && !do_item(p, &list, &list.items[i])) {
            return false;
        }
    }
    return true;
}

/* ---- tables with a meaning of their own ---- */

static int field_of(const schema_type *t, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int field = schema_find_field(t, str_of(names[i]));
        if (field >= 0) {
            return field;
        }
    }
    return -1;
}

/* The calendar may come as records, and so may a list of what the data covers. */
static void find_special_types(policy_engine *e)
{
    static const char *const covered[] = {"record_type", "type", "table"};
    e->calendar_type = engine_find_type(e, STR("calendar"));
    e->coverage_type = engine_find_type(e, STR("coverage"));
    if (e->calendar_type >= 0) {
        const schema_type *t = e->tables[e->calendar_type]->record;
        e->calendar_date = schema_find_field(t, STR("date"));
        e->calendar_term = schema_find_field(t, STR("term"));
        e->calendar_teaching = schema_find_field(t, STR("teaching_day"));
        if (e->calendar_date < 0 || e->calendar_teaching < 0) {
            e->calendar_type = -1;
        }
    }
    if (e->coverage_type >= 0) {
        const schema_type *t = e->tables[e->coverage_type]->record;
        e->coverage_table = field_of(t, covered, 3);
        e->coverage_school = schema_find_field(t, STR("school"));
        e->coverage_from = schema_find_field(t, STR("from"));
        e->coverage_until = schema_find_field(t, STR("until"));
        if (e->coverage_table < 0) {
            e->coverage_type = -1;
        }
    }
}

static bool plan_calendar(planner *p)
{
    const ruleset *r = p->engine->rules;
    const pack_calendar *source = NULL;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        source = r->packs[i]->calendar.present ? &r->packs[i]->calendar : source;
    }
    p->engine->calendar = calendar_new(p->allocator, source);
    return p->engine->calendar != NULL || plan_nomem(p);
}

static bool make_room(planner *p)
{
    policy_engine *e = p->engine;
    size_t measures = 0, limits = 0;
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        const pack *k = e->rules->packs[i];
        measures += k->measure_count;
        for (uint32_t r = 0; r < k->rule_count; r++) {
            limits += k->rules[r].check == RULE_LIMIT ? 1 : 0;
        }
    }
    e->tables = plan_array(p, e->schema->type_count + measures + 1, sizeof *e->tables);
    e->measures = plan_array(p, measures + limits + 1, sizeof *e->measures);
    return e->tables != NULL && e->measures != NULL;
}

policy_status engine_plan(policy_engine *e, policy_error **err)
{
    planner p = {.engine = e, .memory = &e->memory, .allocator = &e->options.allocator, .err = err};
    (void)(make_room(&p) && plan_params(&p) && plan_record_tables(&p) && plan_items(&p) && plan_calendar(&p) &&
           plan_rules(&p));
    if (p.status == POLICY_OK) {
        find_special_types(e);
        (void)(plan_levels(&p) && plan_gate(&p) && (e->borrows_rules || e->options.unshared || plan_share(&p)));
        p.nomem = p.nomem || (p.status == POLICY_OK && !engine_make_screens(e));
    }
    allocator_free(p.allocator, p.envs);
    if (p.nomem) {
        return error_nomem(err);
    }
    return p.status;
}
