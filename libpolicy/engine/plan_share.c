/*
 * What the programs of a record type have in common, computed once a row (expr/share.h).
 *
 * A posted record meets all measures and all rules of its type in one frame. What is evaluated elsewhere has nothing to
 * share with them: late checks and messages, bounds, and everything over measures, whose groups each rule goes through on its
 * own.
 */
#include "engine/planner.h"
#include "expr/share.h"

typedef struct user_list {
    planner *planner;
    share_user *users;
    size_t count, capacity;
} user_list;

static bool add(user_list *list, expr *x, const plan_version *v)
{
    if (x == NULL) {
        return true;
    }
    if (!allocator_grow(list->planner->allocator, (void **)&list->users, &list->capacity, list->count + 1,
                        sizeof *list->users, SIZE_MAX / 64)) {
        return plan_nomem(list->planner);
    }
    list->users[list->count++] = (share_user){x, v ? v->rule : NULL, v};
    return true;
}

/* `v`: the version that owns it; NULL for a named measure. */
static bool add_measure(user_list *list, const plan_measure *m, const plan_version *v)
{
    bool fine = add(list, m->each.list, v) && add(list, m->when, v);
    for (uint32_t i = 0; fine && i < m->also_count; i++) {
        fine = add(list, m->also[i].when, v);
    }
    for (uint32_t i = 0; fine && i < m->key_count; i++) {
        fine = add(list, m->keys[i].program, v);
    }
    for (uint32_t i = 0; fine && i < 2; i++) {
        fine = add(list, m->arguments[i], v);
    }
    return fine;
}

static bool add_version(user_list *list, const plan_version *v)
{
    if (v->measure != NULL) {
        return add_measure(list, v->measure, v);
    }
    bool fine = add(list, v->each.list, v) && add(list, v->when, v);
    for (uint32_t i = 0; fine && i < v->also_count; i++) {
        fine = add(list, v->also[i].when, v);
    }
    return fine && (v->late || add(list, v->condition, v));
}

static bool gather(user_list *list, const plan_table *t)
{
    const policy_engine *e = list->planner->engine;
    bool fine = true;
    for (uint32_t i = 0; fine && i < t->let_count; i++) {
        fine = add(list, t->lets[i].program, NULL);
    }
    for (uint32_t i = 0; fine && i < e->measure_count; i++) {
        if (e->measures[i]->from != NULL && e->measures[i]->source == t) {
            fine = add_measure(list, e->measures[i], NULL);
        }
    }
    for (uint32_t i = 0; fine && i < e->rule_count; i++) {
        for (uint32_t k = 0; fine && k < e->rule_list[i]->version_count; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            fine = v->table != t || add_version(list, v);
        }
    }
    return fine;
}

/* `each` takes one value after the other. */
static bool is_steady(const void *context, int slot)
{
    const plan_table *t = context;
    return slot < t->each;
}

static bool share_table(planner *p, plan_table *t, user_list *list)
{
    policy_engine *e = p->engine;
    expr *parts[SHARE_PARTS];
    size_t count = 0;
    list->count = 0;
    if (!gather(list, t)) {
        return false;
    }
    share_request what = {.allocator = p->allocator,
                          .users = list->users,
                          .user_count = list->count,
                          .steady = is_steady,
                          .context = t,
                          .first_slot = t->first_part};
    bool fine = expr_share(&what, parts, &count);
    t->parts = plan_array(p, count + 1, sizeof *t->parts);
    bool kept = t->parts != NULL && allocator_grow(p->allocator, (void **)&e->programs, &e->program_capacity,
                                                   e->program_count + count, sizeof(expr *), SIZE_MAX / 64);
    for (size_t i = 0; i < count; i++) {
        if (!kept) {
            expr_free(parts[i]);
            continue;
        }
        e->programs[e->program_count++] = t->parts[t->part_count++] = parts[i];
    }
    t->slot_count += (int)t->part_count;
    return (fine && kept) || plan_nomem(p);
}

bool plan_share(planner *p)
{
    user_list list = {.planner = p};
    bool fine = true;
    for (uint32_t i = 0; fine && i < p->engine->type_count; i++) {
        fine = share_table(p, p->engine->tables[i], &list);
    }
    allocator_free(p->allocator, list.users);
    return fine;
}
