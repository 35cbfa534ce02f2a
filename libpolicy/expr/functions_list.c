/*
 * sum(), min() and max() of lists.
 *
 * The items of one list are of one kind (all overloads of a name share one function, which looks at the items: a list
 * whose type is dyn may hold anything). The sum of nothing is 0 of the list's type; the least of nothing is an error.
 */
#include "expr/functions.h"

static bool add_int(int64_t a, int64_t b, int64_t *out)
{
    if ((b > 0 && a > INT64_MAX - b) || (b < 0 && a < INT64_MIN - b))
        return false;
    *out = a + b;
    return true;
}

/* `sum` and `item` are of one kind. */
static value add(evaluation *ev, value sum, value item)
{
    switch (sum.kind) {
    case VALUE_INT:
        if (!add_int(sum.as.i, item.as.i, &sum.as.i))
            return fail_text(ev, MESSAGE_EXPR_OVERFLOW, STR("sum"));
        return sum;
    case VALUE_UINT:
        if (sum.as.u > UINT64_MAX - item.as.u)
            return fail_text(ev, MESSAGE_EXPR_OVERFLOW, STR("sum"));
        sum.as.u += item.as.u;
        return sum;
    case VALUE_DOUBLE:
        sum.as.d += item.as.d;
        return sum;
    default: /* a duration's seconds are far from overflow */
        return evaluation_duration(ev, sum.as.i + item.as.i, (int64_t)value_nanoseconds(sum) + value_nanoseconds(item));
    }
}

static bool is_summed(value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE || v.kind == VALUE_DURATION;
}

static value sum(evaluation *ev, const value_list *list, value zero)
{
    if (!evaluation_charge(ev, list->count))
        return evaluation_exhausted(ev);
    if (!list->count)
        return zero;
    value total = list->items[0];
    for (size_t i = 0; i < list->count; i++) {
        if (!is_summed(list->items[i]) || list->items[i].kind != total.kind)
            return fail_value(ev, MESSAGE_EXPR_LIST_ITEM, "sum", list->items[i]);
        if (i)
            total = add(ev, total, list->items[i]);
        if (total.kind == VALUE_ERROR)
            return total;
    }
    return total;
}

static value sum_ints(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return sum(ev, arguments[0].as.list, value_int(0));
}

static value sum_uints(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return sum(ev, arguments[0].as.list, value_uint(0));
}

static value sum_doubles(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return sum(ev, arguments[0].as.list, value_double(0));
}

static value sum_durations(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return sum(ev, arguments[0].as.list, value_duration(0, 0));
}

/* `wanted` is 1 for the greatest, -1 for the least. NaN compares with nothing, so it is returned when met. */
static value extreme(evaluation *ev, const char *name, const value_list *list, int wanted)
{
    uint64_t work = list->count;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].kind == VALUE_STRING || list->items[i].kind == VALUE_BYTES)
            work += list->items[i].size / 16;
    if (!evaluation_charge(ev, work))
        return evaluation_exhausted(ev);
    if (!list->count)
        return fail_text(ev, MESSAGE_EXPR_EMPTY_LIST, str_of(name));
    value best = list->items[0];
    for (size_t i = 0; i < list->count; i++) {
        value item = list->items[i];
        bool is_nan = item.kind == VALUE_DOUBLE && item.as.d != item.as.d;
        if (is_nan)
            return item;
        int order = value_compare(item, best);
        if (order == 2)
            return fail_value(ev, MESSAGE_EXPR_LIST_ITEM, name, item);
        if (order == wanted)
            best = item;
    }
    return best;
}

static value least(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return extreme(ev, "min", arguments[0].as.list, -1);
}

static value greatest(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return extreme(ev, "max", arguments[0].as.list, 1);
}

#define MEMBER(name, call, item, list)                                                                                 \
    {                                                                                                                  \
        name, OVERLOAD_MEMBER, call, &item, 1, {&list}, NULL                                                           \
    }
#define EXTREMES(name, call)                                                                                           \
    MEMBER(name, call, type_int, type_list_int), MEMBER(name, call, type_uint, type_list_uint),                        \
        MEMBER(name, call, type_double, type_list_double), MEMBER(name, call, type_string, type_list_string),          \
        MEMBER(name, call, type_bool, type_list_bool), MEMBER(name, call, type_date, type_list_date),                  \
        MEMBER(name, call, type_duration, type_list_duration), MEMBER(name, call, type_timestamp, type_list_timestamp)

static const overload overloads[] = {
    MEMBER("sum", sum_ints, type_int, type_list_int),
    MEMBER("sum", sum_uints, type_uint, type_list_uint),
    MEMBER("sum", sum_doubles, type_double, type_list_double),
    MEMBER("sum", sum_durations, type_duration, type_list_duration),
    EXTREMES("min", least),
    EXTREMES("max", greatest),
};

const function_library functions_list = {"list", overloads, sizeof overloads / sizeof *overloads};
