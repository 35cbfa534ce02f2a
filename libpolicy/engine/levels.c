/*
 * Levels: which records must be there before which.
 *
 * What a let, each, when, per or an argument above a record type reads (measures of other records, the calendar, schools'
 * own systems) decides how its records are grouped, so it must be posted first; checks and bounds read when findings are
 * asked for. The relation is closed over measures of measures; two types that need each other are a load error.
 */
#include "engine/planner.h"
#include "engine/walk.h"

typedef struct reach {
    planner *p;
    const plan_table *table;
    uint32_t type;  /* whose records are being posted */
    bool *lets;     /* seen */
    bool *measures; /* seen */
    bool direct;    /* a measure called by the text itself counts */
    place at;
    str rule;
} reach;

static void need(reach *r, uint32_t first)
{
    policy_engine *e = r->p->engine;
    if (first == r->type && !r->p->nomem) {
        plan_fail(r->p, &(error_spec){.status = POLICY_E_NAME,
                                      .message = MESSAGE_ENGINE_FEED_SELF,
                                      .arguments = {e->tables[first]->name},
                                      .at = r->at,
                                      .rule = r->rule});
        return;
    }
    e->before[first * e->type_count + r->type] = true;
}

static void reach_program(reach *r, const expr *x, bool direct);

/* Everything a measure's value comes from, down to its record type. */
static void reach_measure(void *context, const plan_measure *m)
{
    reach *r = context;
    if (!r->direct || r->measures[m->number]) {
        return;
    }
    r->measures[m->number] = true;
    need(r, m->source->root);
    const plan_table *table = r->table;
    bool direct = r->direct;
    if (m->source->record == NULL) { /* computed when it is read: whatever its own texts read too */
        r->table = m->source;
        reach_program(r, m->each.list, true);
        reach_program(r, m->when, true);
        for (uint32_t i = 0; i < m->key_count; i++) {
            reach_program(r, m->keys[i].program, true);
        }
        for (uint32_t i = 0; i < 2; i++) {
            reach_program(r, m->arguments[i], true);
        }
        reach_measure(r, m->source->measure);
    }
    r->table = table;
    r->direct = direct;
}

static void reach_calendar(void *context)
{
    reach *r = context;
    policy_engine *e = r->p->engine;
    if (e->calendar_type >= 0 && (uint32_t)e->calendar_type != r->type) {
        need(r, (uint32_t)e->calendar_type);
    }
}

static void reach_slot(void *context, int slot)
{
    reach *r = context;
    const plan_table *t = r->table;
    int let = slot - t->first_let;
    if (t->record == NULL || let < 0 || let >= (int)t->let_count || r->lets[let]) {
        return;
    }
    r->lets[let] = true;
    bool direct = r->direct;
    reach_program(r, t->lets[let].program, true);
    r->direct = direct;
}

static void reach_program(reach *r, const expr *x, bool direct)
{
    r->direct = direct;
    walk_program(x, &(walk){.context = r, .measure = reach_measure, .calendar = reach_calendar, .slot = reach_slot});
}

static bool reach_type(planner *p, uint32_t number)
{
    policy_engine *e = p->engine;
    plan_table *t = e->tables[number];
    reach r = {.p = p, .table = t, .type = number};
    r.lets = plan_array(p, t->let_count + 1, sizeof(bool));
    r.measures = plan_array(p, e->measure_count + 1, sizeof(bool));
    if (r.lets == NULL || r.measures == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_measure *m = e->measures[i];
        if (m->source != t) {
            continue;
        }
        r.at = m->at;
        r.rule = m->id;
        reach_program(&r, m->each.list, true);
        reach_program(&r, m->when, true);
        for (uint32_t k = 0; k < m->also_count; k++) {
            reach_program(&r, m->also[k].when, true);
        }
        for (uint32_t k = 0; k < m->key_count; k++) {
            reach_program(&r, m->keys[k].program, true);
            if (m->keys[k].program == NULL) {
                reach_slot(&r, m->keys[k].slot);
            }
        }
        for (uint32_t k = 0; k < 2; k++) {
            reach_program(&r, m->arguments[k], true);
        }
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            if (v->table != t || v->measure != NULL) {
                continue;
            }
            r.at = v->from->at;
            r.rule = v->from->id;
            reach_program(&r, v->each.list, true);
            reach_program(&r, v->when, true);
            for (uint32_t n = 0; n < v->also_count; n++) {
                reach_program(&r, v->also[n].when, true);
            }
            for (uint32_t n = 0; n < v->key_count; n++) {
                reach_program(&r, v->keys[n].program, true);
            }
            for (uint32_t n = 0; v->script && n < v->kept_count; n++) {
                reach_slot(&r, v->kept_slots[n]);
            }
            reach_program(&r, v->condition, false);
            for (uint32_t n = 0; n < v->placeholder_count; n++) {
                reach_program(&r, v->placeholders[n], v->script); /* a script's are filled in when it answers */
            }
        }
    }
    return true;
}

/* Grades and stages are read under the school's own system. */
static void reach_systems(policy_engine *e)
{
    int school = e->schema->systems.table;
    for (uint32_t i = 0; school >= 0 && i < e->type_count; i++) {
        const schema_type *t = e->tables[i]->record;
        for (uint32_t f = 0; f < t->field_count && (uint32_t)school != i; f++) {
            if (t->fields[f].reader == READER_GRADE || t->fields[f].reader == READER_STAGE ||
                t->fields[f].reader == READER_CLASS) {
                e->before[(uint32_t)school * e->type_count + i] = true;
            }
        }
    }
}

static bool order_types(planner *p)
{
    policy_engine *e = p->engine;
    uint32_t n = e->type_count;
    bool *b = e->before;
    for (uint32_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; b[i * n + k] && j < n; j++) {
                b[i * n + j] = b[i * n + j] || b[k * n + j];
            }
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = i + 1; j < n; j++) {
            if (b[i * n + j] && b[j * n + i]) {
                place at = e->rules->packs[e->rules->pack_count - 1]->at;
                return plan_fail(p, &(error_spec){.status = POLICY_E_NAME,
                                                  .message = MESSAGE_ENGINE_FEED_CYCLE,
                                                  .arguments = {e->tables[i]->name, e->tables[j]->name},
                                                  .at = at});
            }
        }
    }
    bool *done = plan_array(p, n + 1, sizeof(bool));
    if (done == NULL) {
        return false;
    }
    for (uint32_t placed = 0; placed < n;) {
        for (uint32_t i = 0; i < n; i++) { /* the first whose needs are met */
            bool ready = !done[i];
            for (uint32_t k = 0; k < n && ready; k++) {
                ready = done[k] || k == i || !b[k * n + i];
            }
            if (ready) {
                done[i] = true;
                e->feed_order[placed++] = i;
                break;
            }
        }
    }
    return true;
}

bool plan_levels(planner *p)
{
    policy_engine *e = p->engine;
    e->before = plan_array(p, (size_t)e->type_count * e->type_count + 1, sizeof(bool));
    e->feed_order = plan_array(p, e->type_count + 1, sizeof(uint32_t));
    if (e->before == NULL || e->feed_order == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (!reach_type(p, i)) {
            return false;
        }
    }
    if (p->status != POLICY_OK) {
        return false;
    }
    reach_systems(e);
    return order_types(p);
}
