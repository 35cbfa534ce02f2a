/*
 * Making a change in a loaded ruleset, and taking it back: the same rules are planned again and again, so only what
 * differs is touched.
 */
#include "ledger/mutants.h"

static bool same_place(place a, place b)
{
    return a.line == b.line && a.column == b.column && str_equal(a.file, b.file);
}

/* ---- values of parameters ---- */

/* A copy in which the change is made; the value itself when it is not in there; NULL out of memory. */
static const node *edited(mutant_edit *e, const node *n, bool *done)
{
    const mutant *m = e->m;
    if (n->kind == NODE_SCALAR) {
        if (m->kind != MUTANT_OF_VALUE || !same_place(n->at, m->where)) {
            return n;
        }
        node *copy = arena_new(e->memory, sizeof *copy);
        if (copy != NULL) {
            *copy = *n;
            copy->scalar = copy->raw = m->changed;
            *done = true;
        }
        return copy;
    }
    for (uint32_t i = 0; i < n->count; i++) {
        bool gone = m->kind == MUTANT_OF_MEMBER && n->kind == NODE_LIST && same_place(n->items[i].at, m->where);
        const node *item = gone ? NULL : edited(e, &n->items[i], done);
        if (!gone && (item == NULL || item == &n->items[i])) {
            if (item == NULL) {
                return NULL;
            }
            continue;
        }
        node *copy = arena_new(e->memory, sizeof *copy);
        node *items = arena_array(e->memory, n->count + 1, sizeof *items);
        if (copy == NULL || items == NULL) {
            return NULL;
        }
        memcpy(items, n->items, n->count * sizeof *items);
        if (gone) {
            memmove(&items[i], &items[i + 1], (n->count - i - 1) * sizeof *items);
            *done = true;
        } else {
            items[i] = *item;
        }
        *copy = *n;
        copy->items = items;
        copy->count = n->count - (gone ? 1 : 0);
        return copy;
    }
    return n;
}

typedef struct replaced {
    struct replaced *next;
    param_version *version;
    const node *before;
} replaced;

/* A value may stand for several stretches of time. */
static bool replace_values(mutant_edit *e, bool *done)
{
    for (uint32_t i = 0; i < e->rules->param_count && !*done; i++) {
        for (uint32_t v = 0; v < e->rules->params[i].version_count; v++) {
            param_version *version = &e->rules->params[i].versions[v];
            const node *now = edited(e, version->value, done);
            replaced *one = now == NULL || now == version->value ? NULL : arena_new(e->memory, sizeof *one);
            if (now == version->value) {
                continue;
            }
            if (one == NULL) {
                return false;
            }
            *one = (replaced){e->values, version, version->value};
            e->values = one;
            version->value = now;
        }
    }
    return true;
}

/* ---- dates ---- */

typedef struct moved {
    struct moved *next;
    int32_t *day;
    int32_t before;
} moved;

static bool move_day(mutant_edit *e, int32_t *day)
{
    moved *one = arena_new(e->memory, sizeof *one);
    if (one == NULL) {
        return false;
    }
    *one = (moved){e->moves, day, *day};
    e->moves = one;
    *day += e->m->days;
    return true;
}

/* Of one rule or parameter: a range, and the one that takes over the day after. */
static bool move_range(mutant_edit *e, date_range *range, const date_range *in_family, bool same)
{
    const mutant *m = e->m;
    if (same && !m->until && range->has_from && range->from == m->day) {
        return move_day(e, &range->from);
    }
    if (same && m->until && range->has_until && range->until == m->day) {
        return move_day(e, &range->until);
    }
    bool next = m->until && in_family != NULL && range->has_from && range->from == m->day + 1;
    return !next || move_day(e, &range->from);
}

static bool move_rule(mutant_edit *e, pack_rule *rule)
{
    const date_range *family = NULL;
    for (uint32_t i = 0; i < e->p->rule_count; i++) {
        const pack_rule *other = &e->p->rules[i];
        if (str_equal(other->id, rule->id) && same_place(other->in_force.at, e->m->where)) {
            family = &other->in_force;
        }
    }
    return move_range(e, &rule->in_force, family, same_place(rule->in_force.at, e->m->where));
}

static bool move_param(mutant_edit *e, ruleset_param *param)
{
    const date_range *family = NULL;
    for (uint32_t v = 0; v < param->version_count; v++) {
        family = same_place(param->versions[v].in_force.at, e->m->where) ? &param->versions[v].in_force : family;
    }
    for (uint32_t v = 0; v < param->version_count; v++) {
        date_range *range = &param->versions[v].in_force;
        if (!move_range(e, range, family, same_place(range->at, e->m->where))) {
            return false;
        }
    }
    return true;
}

static bool move_dates(mutant_edit *e)
{
    if (!move_range(e, &e->p->in_force, NULL, same_place(e->p->in_force.at, e->m->where))) {
        return false;
    }
    for (uint32_t i = 0; i < e->p->rule_count; i++) {
        if (!move_rule(e, &e->p->rules[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < e->rules->param_count; i++) {
        if (e->rules->params[i].declared_by == e->p && !move_param(e, &e->rules->params[i])) {
            return false;
        }
    }
    return true;
}

/* ---- the change ---- */

bool mutant_apply(mutant_edit *e, bool *done)
{
    const mutant *m = e->m;
    *done = false;
    switch (m->kind) {
    case MUTANT_OF_TEXT:
        e->text_before = e->texts[m->text].text->text;
        e->texts[m->text].text->text = m->changed;
        *done = true;
        return true;
    case MUTANT_OF_VALUE:
    case MUTANT_OF_MEMBER:
        return replace_values(e, done);
    case MUTANT_OF_DATE:
        if (!move_dates(e)) {
            return false;
        }
        *done = e->moves != NULL;
        return true;
    }
    return true;
}

void mutant_undo(mutant_edit *e)
{
    if (e->text_before.data != NULL) {
        e->texts[e->m->text].text->text = e->text_before;
    }
    for (replaced *one = e->values; one != NULL; one = one->next) {
        one->version->value = one->before;
    }
    for (moved *one = e->moves; one != NULL; one = one->next) {
        *one->day = one->before;
    }
    e->text_before = str_none;
    e->values = NULL;
    e->moves = NULL;
}
