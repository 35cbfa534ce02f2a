/*
 * What the operators do, with operands of any kind.
 *
 * The dispatch loop handles the plain, frequent kinds itself and calls these for everything else. All rules about
 * missing values, errors and intervals in ordinary operators are here:
 *   an operand that is none or unknown makes the result unknown, whatever the other one is (an error too);
 *   else an operand that is an error is the result, the left one first;
 *   a comparison of an interval decides when both of its ends say the same, and is unknown otherwise;
 *   any other use of a proper interval is unknown; [x, x] is x.
 */
#include "expr/map_value.h"
#include "expr/program.h"

#include "base/number.h"

/* ---- missing operands ---- */

static uint64_t bits_of(value v)
{
    switch (v.kind) {
    case VALUE_NONE:
    case VALUE_UNKNOWN:
        return v.as.missing;
    case VALUE_INTERVAL:
        return v.as.interval->missing;
    default:
        return 0;
    }
}

value operator_settle(value a)
{
    if (a.kind != VALUE_INTERVAL) {
        return a;
    }
    const value_interval *in = a.as.interval;
    if (in->low.kind != VALUE_NULL && in->high.kind != VALUE_NULL && value_equal(in->low, in->high)) {
        return in->low;
    }
    return value_unknown(in->missing);
}

static bool is_interval(value a)
{
    return a.kind == VALUE_INTERVAL;
}

value operator_merge(value acc, value next)
{
    next = operator_settle(next);
    if (value_is_missing(next)) {
        return value_unknown(next.as.missing | (acc.kind == VALUE_UNKNOWN ? acc.as.missing : 0));
    }
    return acc.kind == VALUE_UNKNOWN || acc.kind == VALUE_ERROR ? acc : next;
}

/* Settle both; true when one of them decides the result, which is in *out. */
static bool troubled(value *a, value *b, value *out)
{
    if (a->kind < VALUE_INTERVAL && b->kind < VALUE_INTERVAL) {
        return false;
    }
    *a = operator_settle(*a);
    *b = operator_settle(*b);
    if (value_is_missing(*a) || value_is_missing(*b)) {
        *out = value_unknown(bits_of(*a) | bits_of(*b));
        return true;
    }
    if (a->kind >= VALUE_INTERVAL || b->kind >= VALUE_INTERVAL) {
        *out = a->kind >= VALUE_INTERVAL ? *a : *b;
        return true;
    }
    return false;
}

/* ---- errors ---- */

str operator_kind_name(value v)
{
    static const str names[] = {[VALUE_NULL] = STR_INIT("null"),
                                [VALUE_BOOL] = STR_INIT("bool"),
                                [VALUE_INT] = STR_INIT("int"),
                                [VALUE_UINT] = STR_INIT("uint"),
                                [VALUE_DOUBLE] = STR_INIT("double"),
                                [VALUE_STRING] = STR_INIT("string"),
                                [VALUE_BYTES] = STR_INIT("bytes"),
                                [VALUE_LIST] = STR_INIT("list"),
                                [VALUE_MAP] = STR_INIT("map"),
                                [VALUE_TYPE] = STR_INIT("type"),
                                [VALUE_TIMESTAMP] = STR_INIT("timestamp"),
                                [VALUE_DURATION] = STR_INIT("duration"),
                                [VALUE_DATE] = STR_INIT("date"),
                                [VALUE_INTERVAL] = STR_INIT("interval"),
                                [VALUE_NONE] = STR_INIT("none"),
                                [VALUE_UNKNOWN] = STR_INIT("unknown"),
                                [VALUE_ERROR] = STR_INIT("error"),
                                [VALUE_PENDING] = STR_INIT("pending")};
    return names[v.kind];
}

value fail_overload(evaluation *ev, str name, const value *arguments, size_t count)
{
    buffer kinds;
    buffer_init(&kinds, ev->allocator, 4096);
    for (size_t i = 0; i < count && i < 16; i++) {
        buffer_put_c(&kinds, i ? ", " : "");
        buffer_put(&kinds, operator_kind_name(arguments[i]));
    }
    str parts[] = {name, buffer_text(&kinds)};
    value error = value_fail(ev, POLICY_E_EVALUATE, MESSAGE_EXPR_RUN_OVERLOAD, parts, 2);
    buffer_free(&kinds);
    return error;
}

static value no_overload(evaluation *ev, str name, value a, value b)
{
    value arguments[] = {a, b};
    return fail_overload(ev, name, arguments, 2);
}

value operator_not_bool(evaluation *ev, value a)
{
    return fail_text(ev, MESSAGE_EXPR_NOT_A_BOOL, operator_kind_name(a));
}

static value overflow(evaluation *ev, tree_operator operation)
{
    return fail_text(ev, MESSAGE_EXPR_OVERFLOW, tree_operator_text(operation));
}

/* ---- comparison ---- */

/* How much there is to look at in a value, written out: about a step for 16 bytes or an element, `most` + 1 when it is
 * more than `most`. (Lists that share their parts are small in memory and can be huge to compare.) */
static uint64_t weigh(value v, uint64_t most)
{
    uint64_t weight = 0;
    switch (v.kind) {
    case VALUE_STRING:
    case VALUE_BYTES:
        return v.size < 64 ? 0 : v.size / 16;
    case VALUE_LIST:
        weight = v.as.list->count;
        for (size_t i = 0; i < v.as.list->count && weight <= most; i++) {
            weight += weigh(v.as.list->items[i], most - weight);
        }
        break;
    case VALUE_MAP:
        weight = 2 * (uint64_t)v.as.map->count;
        for (size_t i = 0; i < v.as.map->count && weight <= most; i++) {
            weight += weigh(v.as.map->keys[i], most - weight);
            weight += weight <= most ? weigh(v.as.map->values[i], most - weight) : 0;
        }
        break;
    default:
        break;
    }
    return weight <= most ? weight : most + 1;
}

static uint64_t steps_left(const evaluation *ev)
{
    return ev->step_limit > ev->steps ? ev->step_limit - ev->steps : 0;
}

static bool charge_for(evaluation *ev, value v)
{
    return v.kind < VALUE_STRING || v.kind > VALUE_MAP || evaluation_charge(ev, weigh(v, steps_left(ev)));
}

/* -1, 0, 1, or 2 for kinds that have no order. Ends of an interval may be unbounded: NULL. */
static int compare_low(value low, value other)
{
    return low.kind == VALUE_NULL ? -1 : value_compare(low, other);
}

static int compare_high(value high, value other)
{
    return high.kind == VALUE_NULL ? 1 : value_compare(high, other);
}

typedef struct range {
    value low, high; /* NULL: unbounded */
} range;

static range range_of(value v)
{
    return v.kind == VALUE_INTERVAL ? (range){v.as.interval->low, v.as.interval->high} : (range){v, v};
}

static bool rangeable(value v)
{
    switch (v.kind) {
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_DATE:
    case VALUE_DURATION:
    case VALUE_TIMESTAMP:
    case VALUE_INTERVAL:
        return true;
    default:
        return false;
    }
}

/* Is every value of `a` less than (or, with `or_equal`, at most) every value of `b`? */
static bool surely_less(range a, range b, bool or_equal)
{
    if (a.high.kind == VALUE_NULL || b.low.kind == VALUE_NULL) {
        return false;
    }
    int order = value_compare(a.high, b.low);
    return order == -1 || (or_equal && order == 0);
}

/* Do the ends have an order at all: kinds agree, no NaN? */
static bool ordered_ranges(range a, range b)
{
    value left = a.low.kind != VALUE_NULL ? a.low : a.high, right = b.low.kind != VALUE_NULL ? b.low : b.high;
    if (left.kind == VALUE_NULL || right.kind == VALUE_NULL) {
        return true; /* bounded nowhere */
    }
    return compare_low(left, right) != 2 && compare_high(left, right) != 2;
}

static value compare_ranges(evaluation *ev, tree_operator operation, value left, value right)
{
    value undecided = value_unknown(bits_of(left) | bits_of(right));
    range a = range_of(left), b = range_of(right);
    if (!rangeable(left) || !rangeable(right) || !ordered_ranges(a, b)) {
        bool equality = operation == OPERATOR_EQUAL || operation == OPERATOR_NOT_EQUAL;
        return equality ? value_bool(operation == OPERATOR_NOT_EQUAL)
                        : no_overload(ev, tree_operator_text(operation), left, right);
    }
    switch (operation) {
    case OPERATOR_LESS:
        return surely_less(a, b, false) ? value_bool(true) : surely_less(b, a, true) ? value_bool(false) : undecided;
    case OPERATOR_LESS_EQUAL:
        return surely_less(a, b, true) ? value_bool(true) : surely_less(b, a, false) ? value_bool(false) : undecided;
    case OPERATOR_GREATER:
        return surely_less(b, a, false) ? value_bool(true) : surely_less(a, b, true) ? value_bool(false) : undecided;
    case OPERATOR_GREATER_EQUAL:
        return surely_less(b, a, true) ? value_bool(true) : surely_less(a, b, false) ? value_bool(false) : undecided;
    default: {
        bool apart = surely_less(a, b, false) || surely_less(b, a, false);
        bool same = surely_less(a, b, true) && surely_less(b, a, true);
        return apart || same ? value_bool(same == (operation == OPERATOR_EQUAL)) : undecided;
    }
    }
}

value operator_compare(evaluation *ev, tree_operator operation, value a, value b)
{
    if ((is_interval(a) && (b.kind <= VALUE_INTERVAL)) || (is_interval(b) && a.kind <= VALUE_INTERVAL)) {
        return compare_ranges(ev, operation, a, b);
    }
    value out;
    if (troubled(&a, &b, &out)) {
        return out;
    }
    if (!charge_for(ev, a)) {
        return evaluation_exhausted(ev);
    }
    if (operation == OPERATOR_EQUAL || operation == OPERATOR_NOT_EQUAL) {
        return value_bool(value_equal(a, b) == (operation == OPERATOR_EQUAL));
    }
    int order = value_compare(a, b);
    if (order == 2) {
        bool numbers = (a.kind == VALUE_DOUBLE || b.kind == VALUE_DOUBLE) && a.kind >= VALUE_INT &&
                       a.kind <= VALUE_DOUBLE && b.kind >= VALUE_INT && b.kind <= VALUE_DOUBLE;
        return numbers ? value_bool(false) : no_overload(ev, tree_operator_text(operation), a, b); /* NaN */
    }
    switch (operation) {
    case OPERATOR_LESS:
        return value_bool(order < 0);
    case OPERATOR_LESS_EQUAL:
        return value_bool(order <= 0);
    case OPERATOR_GREATER:
        return value_bool(order > 0);
    default:
        return value_bool(order >= 0);
    }
}

/* ---- membership ---- */

value operator_in(evaluation *ev, value a, value b)
{
    value out;
    if (troubled(&a, &b, &out)) {
        return out;
    }
    if (b.kind == VALUE_MAP) {
        return charge_for(ev, a) ? value_bool(map_value_find(b.as.map, a) != NULL) : evaluation_exhausted(ev);
    }
    if (b.kind != VALUE_LIST) {
        return no_overload(ev, STR("in"), a, b);
    }
    /* Each look at an item is over when it differs from `a`, so it costs no more than `a` does. */
    uint64_t each = 1 + weigh(a, steps_left(ev)), count = b.as.list->count;
    if (!evaluation_charge(ev, count && each > UINT64_MAX / count ? UINT64_MAX : count * each)) {
        return evaluation_exhausted(ev);
    }
    for (size_t i = 0; i < b.as.list->count; i++) {
        if (value_equal(a, b.as.list->items[i])) {
            return value_bool(true);
        }
    }
    return value_bool(false);
}

value operator_in_set(evaluation *ev, value a, const value_map *set)
{
    a = operator_settle(a);
    if (a.kind >= VALUE_INTERVAL) {
        return a.kind == VALUE_ERROR ? a : value_unknown(bits_of(a));
    }
    return charge_for(ev, a) ? value_bool(map_value_find(set, a) != NULL) : evaluation_exhausted(ev);
}

/* ---- arithmetic ---- */

static bool add_overflows(int64_t a, int64_t b, int64_t *out)
{
    if ((b > 0 && a > INT64_MAX - b) || (b < 0 && a < INT64_MIN - b)) {
        return true;
    }
    *out = a + b;
    return false;
}

static bool subtract_overflows(int64_t a, int64_t b, int64_t *out)
{
    if ((b < 0 && a > INT64_MAX + b) || (b > 0 && a < INT64_MIN + b)) {
        return true;
    }
    *out = a - b;
    return false;
}

static bool multiply_overflows(int64_t a, int64_t b, int64_t *out)
{
    if (a > 0 ? (b > 0 ? a > INT64_MAX / b : b < INT64_MIN / a)
              : (b > 0 ? a < INT64_MIN / b : a != 0 && b < INT64_MAX / a)) {
        return true;
    }
    *out = a * b;
    return false;
}

static value whole_numbers(evaluation *ev, tree_operator operation, int64_t a, int64_t b)
{
    int64_t out = 0;
    bool over = false;
    switch (operation) {
    case OPERATOR_ADD:
        over = add_overflows(a, b, &out);
        break;
    case OPERATOR_SUBTRACT:
        over = subtract_overflows(a, b, &out);
        break;
    case OPERATOR_MULTIPLY:
        over = multiply_overflows(a, b, &out);
        break;
    default:
        if (b == 0) {
            return fail(ev, MESSAGE_EXPR_DIVIDE_BY_ZERO);
        }
        over = a == INT64_MIN && b == -1;
        if (!over) {
            out = operation == OPERATOR_DIVIDE ? a / b : a % b;
        }
        break;
    }
    return over ? overflow(ev, operation) : value_int(out);
}

static value unsigned_numbers(evaluation *ev, tree_operator operation, uint64_t a, uint64_t b)
{
    switch (operation) {
    case OPERATOR_ADD:
        return a > UINT64_MAX - b ? overflow(ev, operation) : value_uint(a + b);
    case OPERATOR_SUBTRACT:
        return b > a ? overflow(ev, operation) : value_uint(a - b);
    case OPERATOR_MULTIPLY:
        return b && a > UINT64_MAX / b ? overflow(ev, operation) : value_uint(a * b);
    default:
        if (b == 0) {
            return fail(ev, MESSAGE_EXPR_DIVIDE_BY_ZERO);
        }
        return value_uint(operation == OPERATOR_DIVIDE ? a / b : a % b);
    }
}

static value doubles(evaluation *ev, tree_operator operation, value a, value b)
{
    switch (operation) {
    case OPERATOR_ADD:
        return value_double(a.as.d + b.as.d);
    case OPERATOR_SUBTRACT:
        return value_double(a.as.d - b.as.d);
    case OPERATOR_MULTIPLY:
        return value_double(a.as.d * b.as.d);
    case OPERATOR_DIVIDE:
        return value_double(a.as.d / b.as.d);
    default:
        return no_overload(ev, tree_operator_text(operation), a, b);
    }
}

/* The operands are all plain and of one kind, STRING or BYTES. */
static value joined_texts(evaluation *ev, const value *operands, size_t count)
{
    size_t size = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        size += operands[i].size;
    }
    char *text = evaluation_charge(ev, size / 16) && size <= UINT32_MAX ? arena_new(&ev->scratch, size + 1) : NULL;
    if (!text) {
        return evaluation_exhausted(ev);
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(text + at, operands[i].as.text, operands[i].size);
        at += operands[i].size;
    }
    return (value){.kind = operands[0].kind, .size = (uint32_t)size, .as.text = text};
}

static value joined_lists(evaluation *ev, const value *operands, size_t count)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        total += operands[i].as.list->count;
    }
    value_list *list = evaluation_charge(ev, total) ? arena_new(&ev->scratch, sizeof *list) : NULL;
    value *items = list ? arena_array(&ev->scratch, total ? total : 1, sizeof *items) : NULL;
    if (!items) {
        return evaluation_exhausted(ev);
    }
    for (size_t i = 0; i < count; i++) {
        const value_list *from = operands[i].as.list;
        for (size_t k = 0; k < from->count; k++) {
            items[at++] = from->items[k];
        }
    }
    *list = (value_list){total, items};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

enum { DAY = 86400 };

/* date + d, date - d: whole days only, so that nothing is rounded away. */
static value moved_date(evaluation *ev, value date, value by, int sign)
{
    if (by.as.i % DAY != 0 || value_nanoseconds(by) != 0) {
        return fail(ev, MESSAGE_EXPR_NOT_WHOLE_DAYS);
    }
    return evaluation_date(ev, date.as.i + sign * (by.as.i / DAY));
}

/* Seconds of timestamps and durations are far from the ends of int64, so sums cannot overflow. */
static value moved_time(evaluation *ev, value time, value by, int sign)
{
    int64_t seconds = time.as.i + sign * by.as.i;
    int64_t nanoseconds = (int64_t)value_nanoseconds(time) + sign * (int64_t)value_nanoseconds(by);
    return time.kind == VALUE_TIMESTAMP ? evaluation_timestamp(ev, seconds, nanoseconds)
                                        : evaluation_duration(ev, seconds, nanoseconds);
}

static value time_between(evaluation *ev, value a, value b)
{
    return evaluation_duration(ev, a.as.i - b.as.i, (int64_t)value_nanoseconds(a) - value_nanoseconds(b));
}

/* Times and dates; kinds differ or are TIMESTAMP, DURATION, DATE. */
static value times(evaluation *ev, tree_operator operation, value a, value b)
{
    if (operation == OPERATOR_ADD) {
        if (a.kind == VALUE_DURATION && b.kind != VALUE_DURATION) {
            value swapped = a;
            a = b;
            b = swapped;
        }
        if (b.kind == VALUE_DURATION && a.kind == VALUE_DATE) {
            return moved_date(ev, a, b, 1);
        }
        if (b.kind == VALUE_DURATION && (a.kind == VALUE_TIMESTAMP || a.kind == VALUE_DURATION)) {
            return moved_time(ev, a, b, 1);
        }
    } else if (operation == OPERATOR_SUBTRACT) {
        if (a.kind == VALUE_DATE && b.kind == VALUE_DATE) {
            return evaluation_duration(ev, (a.as.i - b.as.i) * DAY, 0);
        }
        if (a.kind == VALUE_DATE && b.kind == VALUE_DURATION) {
            return moved_date(ev, a, b, -1);
        }
        if (a.kind == VALUE_TIMESTAMP && b.kind == VALUE_TIMESTAMP) {
            return time_between(ev, a, b);
        }
        if ((a.kind == VALUE_TIMESTAMP || a.kind == VALUE_DURATION) && b.kind == VALUE_DURATION) {
            return moved_time(ev, a, b, -1);
        }
    }
    return no_overload(ev, tree_operator_text(operation), a, b);
}

value operator_arithmetic(evaluation *ev, tree_operator operation, value a, value b)
{
    value out;
    if (troubled(&a, &b, &out)) {
        return out;
    }
    if (a.kind != b.kind) {
        return times(ev, operation, a, b);
    }
    switch (a.kind) {
    case VALUE_INT:
        return whole_numbers(ev, operation, a.as.i, b.as.i);
    case VALUE_UINT:
        return unsigned_numbers(ev, operation, a.as.u, b.as.u);
    case VALUE_DOUBLE:
        return doubles(ev, operation, a, b);
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_LIST: {
        value both[] = {a, b};
        if (operation != OPERATOR_ADD) {
            return no_overload(ev, tree_operator_text(operation), a, b);
        }
        return a.kind == VALUE_LIST ? joined_lists(ev, both, 2) : joined_texts(ev, both, 2);
    }
    default:
        return times(ev, operation, a, b);
    }
}

value operator_join(evaluation *ev, value *operands, size_t count)
{
    uint8_t kind = operands[0].kind;
    bool alike = kind == VALUE_STRING || kind == VALUE_BYTES || kind == VALUE_LIST;
    for (size_t i = 1; i < count; i++) {
        alike = alike && operands[i].kind == kind;
    }
    if (alike) {
        return kind == VALUE_LIST ? joined_lists(ev, operands, count) : joined_texts(ev, operands, count);
    }
    value sum = operands[0];
    for (size_t i = 1; i < count; i++) {
        sum = operator_arithmetic(ev, OPERATOR_ADD, sum, operands[i]);
    }
    return sum;
}

value operator_negate(evaluation *ev, value a)
{
    a = operator_settle(a);
    if (a.kind >= VALUE_INTERVAL) {
        return a.kind == VALUE_ERROR ? a : value_unknown(bits_of(a));
    }
    if (a.kind == VALUE_DOUBLE) {
        return value_double(-a.as.d);
    }
    if (a.kind != VALUE_INT) {
        return fail_overload(ev, STR("-"), &a, 1);
    }
    return a.as.i == INT64_MIN ? fail_text(ev, MESSAGE_EXPR_OVERFLOW, STR("-")) : value_int(-a.as.i);
}

value operator_not(evaluation *ev, value a)
{
    a = operator_settle(a);
    if (a.kind >= VALUE_INTERVAL) {
        return a.kind == VALUE_ERROR ? a : value_unknown(bits_of(a));
    }
    return a.kind == VALUE_BOOL ? value_bool(!a.as.b) : fail_overload(ev, STR("!"), &a, 1);
}

value operator_has(value a)
{
    switch (a.kind) {
    case VALUE_NONE:
        return value_bool(false);
    case VALUE_UNKNOWN:
    case VALUE_ERROR:
        return a;
    default:
        return value_bool(true);
    }
}

/* ---- fields, keys, indexes ---- */

static value no_key(evaluation *ev, value key)
{
    buffer b;
    buffer_init(&b, ev->allocator, 1 << 16);
    value_write(&b, key, NULL, POLICY_LANGUAGE_EN);
    value error = fail_text(ev, MESSAGE_EXPR_NO_KEY, buffer_text(&b));
    buffer_free(&b);
    return error;
}

static value map_entry(evaluation *ev, value of, value key, bool test)
{
    if (!charge_for(ev, key)) {
        return evaluation_exhausted(ev);
    }
    const value *found = map_value_find(of.as.map, key);
    if (test) {
        return value_bool(found != NULL);
    }
    return found ? *found : no_key(ev, key);
}

value operator_select(evaluation *ev, value a, value key, bool test)
{
    a = operator_settle(a);
    if (a.kind >= VALUE_INTERVAL) {
        return a.kind == VALUE_ERROR ? a : value_unknown(bits_of(a));
    }
    return a.kind == VALUE_MAP ? map_entry(ev, a, key, test) : no_overload(ev, STR("."), a, key);
}

/* A list index from any number that is a whole one; false when it is not. */
static bool whole_index(value v, int64_t *out)
{
    switch (v.kind) {
    case VALUE_INT:
        *out = v.as.i;
        return true;
    case VALUE_UINT:
        *out = v.as.u > INT64_MAX ? INT64_MAX : (int64_t)v.as.u;
        return true;
    case VALUE_DOUBLE:
        if (!(v.as.d > -1e15 && v.as.d < 1e15) || v.as.d != (double)(int64_t)v.as.d) {
            return false;
        }
        *out = (int64_t)v.as.d;
        return true;
    default:
        return false;
    }
}

static value list_item(evaluation *ev, value list, value index, bool test)
{
    int64_t i;
    if (!whole_index(index, &i)) {
        return no_overload(ev, STR("[]"), list, index);
    }
    bool inside = i >= 0 && (uint64_t)i < list.as.list->count;
    if (test) {
        return value_bool(inside);
    }
    if (!inside) {
        char at[NUMBER_TEXT], count[NUMBER_TEXT];
        str texts[] = {{at, number_write_int(at, i)}, {count, number_write_uint(count, list.as.list->count)}};
        return value_fail(ev, POLICY_E_EVALUATE, MESSAGE_EXPR_NO_INDEX, texts, 2);
    }
    return list.as.list->items[i];
}

value operator_index(evaluation *ev, value a, value b, bool test)
{
    value out;
    if (troubled(&a, &b, &out)) {
        return out;
    }
    if (a.kind == VALUE_MAP) {
        return map_entry(ev, a, b, test);
    }
    return a.kind == VALUE_LIST ? list_item(ev, a, b, test) : no_overload(ev, STR("[]"), a, b);
}
