/*
 * The values of the kinds that keep a multiset: min, max, count_distinct, only, collect.
 */
#include "ledger/aggregate.h"

#include <stdlib.h>

static bool ordered(value v)
{
    switch (v.kind) {
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_DATE:
    case VALUE_DURATION:
    case VALUE_TIMESTAMP:
        return true;
    default:
        return false;
    }
}

/* Is `a` further out than `b` (towards the maximum when `up`)? Unbounded ends are handled by the caller. */
static bool beyond(value a, value b, bool up)
{
    int order = value_compare(a, b);
    return order != 2 && (up ? order > 0 : order < 0);
}

/* max: low is the greatest low of the rows surely in, or, when none is, the least low of the maybe rows (one of them may
 * be the only one); high is the greatest high of all. min is its mirror image, so `near` and `far` stand for low and high. */
aggregate_result aggregate_extreme_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    bool up = g->kind == AGGREGATE_MAX;
    bool any = false, any_in = false, near_open = true, far_open = false;
    value near = value_null(), far = value_null(), lone = value_null();
    bool lone_open = false;
    for (size_t i = 0; i < s->entries.capacity; i++) {
        const entry *e = &s->entries.items[i];
        if (e->count <= 0) {
            continue;
        }
        value low = e->low, high = e->exact ? e->low : e->high;
        value inner = up ? low : high, outer = up ? high : low;
        if (outer.kind == VALUE_NULL) {
            far_open = true;
        } else if (far.kind == VALUE_NULL || beyond(outer, far, up)) {
            far = outer;
        }
        if (!e->maybe) {
            any_in = true;
            if (inner.kind != VALUE_NULL && (near_open || beyond(inner, near, up))) {
                near = inner;
                near_open = false;
            }
        } else if (inner.kind == VALUE_NULL) {
            lone_open = true;
        } else if (lone.kind == VALUE_NULL || beyond(lone, inner, up)) {
            lone = inner;
        }
        any = true;
    }
    uint64_t missing = aggregate_missing(s);
    if (!any) {
        return (aggregate_result){.v = value_none(missing)};
    }
    if (!any_in) {
        near = lone_open ? value_null() : lone;
    }
    if (far_open) {
        far = value_null();
    }
    bool absent = !any_in;
    if (near.kind != VALUE_NULL && far.kind != VALUE_NULL && value_compare(near, far) == 0) {
        return (aggregate_result){.v = near, .may_be_absent = absent};
    }
    if ((near.kind != VALUE_NULL && !ordered(near)) || (far.kind != VALUE_NULL && !ordered(far))) {
        return (aggregate_result){.v = value_unknown(missing)}; /* texts have no intervals */
    }
    return (aggregate_result){.v = aggregate_interval(ev, up ? near : far, up ? far : near, missing),
                              .may_be_absent = absent};
}

aggregate_result aggregate_distinct_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    int64_t sure = 0, possible = 0, unknown = 0;
    bool unknown_in = false;
    for (size_t i = 0; i < s->entries.capacity; i++) {
        const entry *e = &s->entries.items[i];
        if (e->count <= 0) {
            continue;
        }
        if (!e->exact) {
            unknown += e->count;
            unknown_in = unknown_in || !e->maybe;
            continue;
        }
        if (!e->maybe) {
            sure++;
            possible++;
            continue;
        }
        /* A maybe value that is also surely there was counted already. */
        bool counted = false;
        for (size_t k = 0; k < s->entries.capacity && !counted; k++) {
            const entry *other = &s->entries.items[k];
            counted = other->count > 0 && other->exact && !other->maybe && value_order(other->low, e->low) == 0;
        }
        possible += counted ? 0 : 1;
    }
    int64_t high = possible + unknown;
    if (g->domain_size > 0 && high > (int64_t)g->domain_size) {
        high = (int64_t)g->domain_size;
    }
    if (sure == 0 && unknown_in) {
        sure = 1;
    }
    return (aggregate_result){.v = aggregate_interval(ev, value_int(sure), value_int(high), aggregate_missing(s))};
}

/* The one value that all rows share. Rows that differ leave it unknown, as doubt does. */
aggregate_result aggregate_only_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    (void)ev;
    const entry *first = NULL;
    bool any_in = false, doubtful = false;
    for (size_t i = 0; i < s->entries.capacity; i++) {
        const entry *e = &s->entries.items[i];
        if (e->count <= 0) {
            continue;
        }
        any_in = any_in || !e->maybe;
        doubtful = doubtful || !e->exact || (first != NULL && first->exact && value_order(first->low, e->low) != 0);
        first = e;
    }
    if (first == NULL) {
        return (aggregate_result){.v = value_none(aggregate_missing(s) | g->argument_sources)};
    }
    if (doubtful || !any_in) {
        return (aggregate_result){.v = value_unknown(aggregate_missing(s) | g->argument_sources)};
    }
    return (aggregate_result){.v = first->low};
}

static int by_order(const void *a, const void *b)
{
    return value_order(*(const value *)a, *(const value *)b);
}

/* Every value, in canonical order, as often as it occurs. */
aggregate_result aggregate_collect_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    if (s->doubt != NULL && s->doubt->rows > 0) {
        return (aggregate_result){.v = value_unknown(aggregate_missing(s) | g->argument_sources)};
    }
    arena *scratch = evaluation_scratch(ev);
    size_t count = (size_t)s->in, at = 0;
    value_list *list = arena_new(scratch, sizeof *list);
    value *items = arena_array(scratch, count + 1, sizeof(value));
    if (list == NULL || items == NULL) {
        return (aggregate_result){.v = value_fail(ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0)};
    }
    for (size_t i = 0; i < s->entries.capacity; i++) {
        const entry *e = &s->entries.items[i];
        for (int64_t n = 0; n < e->count && at < count; n++) {
            items[at++] = e->low;
        }
    }
    qsort(items, at, sizeof(value), by_order);
    *list = (value_list){at, items};
    return (aggregate_result){.v = {.kind = VALUE_LIST, .as.list = list}};
}
