/*
 * Type variables: binding, following, undoing, and the two questions asked of types: does this one fit there, and which
 * type do both fit.
 *
 * dyn fits everything and everything fits dyn. A time of day fits a duration. An enum fits a string and back: what its
 * values may be is check_operator.c's business.
 */
#include "expr/check.h"

static const type *no_memory(checker *c)
{
    c->nomem = true;
    return &type_error;
}

const type *unify_fresh(checker *c)
{
    if (c->variables == c->variable_capacity) {
        size_t capacity = c->variable_capacity ? c->variable_capacity * 2 : 16;
        const type **bound =
            arena_resize(c->work, c->bound, c->variable_capacity * sizeof *bound, capacity * sizeof *bound);
        if (!bound) {
            return no_memory(c);
        }
        c->bound = bound;
        c->variable_capacity = capacity;
    }
    type *t = arena_new(c->work, sizeof *t);
    if (!t) {
        return no_memory(c);
    }
    t->kind = TYPE_VARIABLE;
    t->variable = (uint32_t)c->variables;
    c->bound[c->variables++] = NULL;
    return t;
}

const type *unify_follow(const checker *c, const type *t)
{
    while (t->kind == TYPE_VARIABLE && c->bound[t->variable]) {
        t = c->bound[t->variable];
    }
    return t;
}

static bool bind(checker *c, const type *variable, const type *to)
{
    if (c->trail_count == c->trail_capacity) {
        size_t capacity = c->trail_capacity ? c->trail_capacity * 2 : 16;
        uint32_t *trail = arena_resize(c->work, c->trail, c->trail_capacity * sizeof *trail, capacity * sizeof *trail);
        if (!trail) {
            c->nomem = true;
            return false;
        }
        c->trail = trail;
        c->trail_capacity = capacity;
    }
    c->trail[c->trail_count++] = variable->variable;
    c->bound[variable->variable] = to;
    return true;
}

size_t unify_mark(const checker *c)
{
    return c->trail_count;
}

void unify_undo(checker *c, size_t mark)
{
    while (c->trail_count > mark) {
        c->bound[c->trail[--c->trail_count]] = NULL;
    }
}

static const type *rebuilt(checker *c, const type *t, const type *first, const type *second)
{
    if (first == t->parameters[0] && second == t->parameters[1]) {
        return t;
    }
    type *made = arena_new(c->work, sizeof *made);
    if (!made) {
        return no_memory(c);
    }
    *made = *t;
    made->parameters[0] = first;
    made->parameters[1] = second;
    return made;
}

/* Types of overloads are shallow (the tables and the engine write them), so recursion is fine. */
const type *unify_instantiate(checker *c, unify_instance *in, const type *t)
{
    if (t->kind == TYPE_VARIABLE) {
        if (t->variable >= sizeof in->fresh / sizeof *in->fresh) {
            return &type_dyn;
        }
        if (!in->fresh[t->variable]) {
            in->fresh[t->variable] = unify_fresh(c);
        }
        return in->fresh[t->variable];
    }
    if (!t->parameters[0]) {
        return t;
    }
    return rebuilt(c, t, unify_instantiate(c, in, t->parameters[0]),
                   t->parameters[1] ? unify_instantiate(c, in, t->parameters[1]) : NULL);
}

const type *unify_resolve(checker *c, const type *t, bool close)
{
    t = unify_follow(c, t);
    if (t->kind == TYPE_VARIABLE) {
        return close ? &type_dyn : t;
    }
    if (!t->parameters[0]) {
        return t;
    }
    return rebuilt(c, t, unify_resolve(c, t->parameters[0], close),
                   t->parameters[1] ? unify_resolve(c, t->parameters[1], close) : NULL);
}

static bool occurs(const checker *c, const type *variable, const type *t)
{
    t = unify_follow(c, t);
    if (t == variable) {
        return true;
    }
    return (t->parameters[0] && occurs(c, variable, t->parameters[0])) ||
           (t->parameters[1] && occurs(c, variable, t->parameters[1]));
}

bool unify_fits(checker *c, const type *want, const type *have)
{
    want = unify_follow(c, want);
    have = unify_follow(c, have);
    if (want == have) {
        return true;
    }
    if (want->kind == TYPE_VARIABLE) {
        return !occurs(c, want, have) && bind(c, want, have);
    }
    if (have->kind == TYPE_VARIABLE) {
        return !occurs(c, have, want) && bind(c, have, want);
    }
    if (type_is_open(want) || type_is_open(have)) {
        return true;
    }
    if (want->kind != have->kind) {
        return want->kind == TYPE_DURATION && have->kind == TYPE_TIME;
    }
    if (want->kind == TYPE_TYPE) {
        return true;
    }
    for (int i = 0; i < 2; i++) {
        if (want->parameters[i] && have->parameters[i] && !unify_fits(c, want->parameters[i], have->parameters[i])) {
            return false;
        }
    }
    return true;
}

const type *unify_join(checker *c, const type *a, const type *b)
{
    a = unify_follow(c, a);
    b = unify_follow(c, b);
    if (a->kind == TYPE_DYN || b->kind == TYPE_DYN) {
        return &type_dyn;
    }
    if (a->kind == TYPE_VARIABLE || b->kind == TYPE_VARIABLE || a->kind == TYPE_ERROR || b->kind == TYPE_ERROR) {
        return unify_fits(c, a, b) ? unify_follow(c, a) : NULL;
    }
    if (a->kind != b->kind) {
        bool times =
            (a->kind == TYPE_TIME && b->kind == TYPE_DURATION) || (a->kind == TYPE_DURATION && b->kind == TYPE_TIME);
        return times ? &type_duration : NULL;
    }
    if (a->kind == TYPE_STRING) {
        return a->domain == b->domain ? a : &type_string;
    }
    if (a->kind == TYPE_TYPE) {
        return &type_type;
    }
    if (!a->parameters[0]) {
        return a;
    }
    const type *first = unify_join(c, a->parameters[0], b->parameters[0]);
    const type *second = a->parameters[1] ? unify_join(c, a->parameters[1], b->parameters[1]) : NULL;
    if (!first || (a->parameters[1] && !second)) {
        return NULL;
    }
    return rebuilt(c, a, first, second);
}
