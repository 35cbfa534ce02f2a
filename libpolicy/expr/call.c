/*
 * Calls: arguments looked at, the overload chosen, the function run.
 */
#include "expr/program.h"

static bool fits(value v, const type *t)
{
    switch (t->kind) {
    case TYPE_NULL:
        return v.kind == VALUE_NULL;
    case TYPE_BOOL:
        return v.kind == VALUE_BOOL;
    case TYPE_INT:
        return v.kind == VALUE_INT;
    case TYPE_UINT:
        return v.kind == VALUE_UINT;
    case TYPE_DOUBLE:
        return v.kind == VALUE_DOUBLE;
    case TYPE_STRING:
        return v.kind == VALUE_STRING;
    case TYPE_BYTES:
        return v.kind == VALUE_BYTES;
    case TYPE_LIST:
        return v.kind == VALUE_LIST;
    case TYPE_MAP:
        return v.kind == VALUE_MAP;
    case TYPE_TYPE:
        return v.kind == VALUE_TYPE;
    case TYPE_TIMESTAMP:
        return v.kind == VALUE_TIMESTAMP;
    case TYPE_DURATION:
    case TYPE_TIME:
        return v.kind == VALUE_DURATION;
    case TYPE_DATE:
        return v.kind == VALUE_DATE;
    default:
        return true;
    }
}

static unsigned flags_of(const tree_candidate *c)
{
    return c->library ? c->library->flags : c->own->flags;
}

static bool takes(const tree_candidate *c, const value *arguments, size_t count)
{
    const type *const *parameters = c->library ? c->library->parameters : c->own->parameters;
    size_t declared = c->library ? c->library->count : c->own->count;
    for (size_t i = 0; i < count; i++) {
        /* An argument the function wants to see although it is missing fits any parameter. */
        if (arguments[i].kind < VALUE_INTERVAL && !fits(arguments[i], parameters[i < declared ? i : declared - 1])) {
            return false;
        }
    }
    return true;
}

/* Settle intervals; true when a missing argument or an error decides the result. */
static bool decided(value *arguments, size_t count, bool sees_missing, value *out)
{
    value trouble = value_null();
    for (size_t i = 0; i < count; i++) {
        if (arguments[i].kind < VALUE_INTERVAL) {
            continue;
        }
        if (!sees_missing) {
            arguments[i] = operator_settle(arguments[i]);
        }
        if (arguments[i].kind == VALUE_ERROR || (!sees_missing && arguments[i].kind > VALUE_INTERVAL)) {
            trouble = operator_merge(trouble, arguments[i]);
        }
    }
    *out = trouble;
    return trouble.kind != VALUE_NULL;
}

static value checked_result(value v)
{
    /* A pending value is for slots only; a function that returns one is broken. */
    return v.kind == VALUE_PENDING ? value_unknown(0) : v;
}

value call_run(evaluation *ev, const call_site *site, value *arguments, bool dynamic)
{
    const tree_candidate *c = site->candidates;
    value out;
    if (decided(arguments, site->count, (flags_of(c) & ENV_SEES_MISSING) != 0, &out)) {
        return out;
    }
    if (dynamic) {
        const tree_candidate *end = c + site->candidate_count;
        while (c < end && !takes(c, arguments, site->count)) {
            c++;
        }
        if (c == end) {
            return fail_overload(ev, site->name, arguments, site->count);
        }
    }
    if (evaluation_over(ev)) {
        return evaluation_exhausted(ev);
    }
    ev->prepared = site->prepared;
    return c->library ? c->library->call(ev, arguments, site->count)
                      : checked_result(c->own->call(c->own->context, ev, arguments, site->count));
}

bool call_prepare(expr *x, call_site *site, size_t argument, value constant, preparation_failure *why)
{
    const preparation *p = site->candidates->library ? site->candidates->library->prepare : NULL;
    if (!p || p->argument != argument || site->candidate_count != 1 || site->prepared) {
        return true;
    }
    *why = (preparation_failure){0};
    void *made = p->make(x->options, x->allocator, constant, why);
    if (!made) {
        return false;
    }
    site->prepare = p;
    site->prepared = made;
    site->next = x->prepared;
    x->prepared = site;
    return true;
}
