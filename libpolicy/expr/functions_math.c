/*
 * The math extension: math.greatest() and math.least() over any mix of numbers, rounding, signs, bits.
 *
 * Greatest and least give the number as it is, so the kind of the result is that of the winner; of equal ones the first
 * wins, and NaN wins always, so that it cannot hide. Bits of an int are those of its two's complement.
 */
#include <math.h>

#include "base/number.h"
#include "expr/functions.h"

/* ---- greatest, least ---- */

static bool is_number(value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE;
}

static bool is_nan(value v)
{
    return v.kind == VALUE_DOUBLE && isnan(v.as.d);
}

/* `wanted` is 1 for the greatest, -1 for the least. */
static value extreme(evaluation *ev, const char *name, const value *items, size_t count, int wanted)
{
    if (!evaluation_charge(ev, count))
        return evaluation_exhausted(ev);
    if (!count)
        return fail_text(ev, MESSAGE_EXPR_EMPTY_LIST, str_of(name));
    value best = items[0];
    for (size_t i = 0; i < count; i++) {
        if (!is_number(items[i]))
            return fail_value(ev, MESSAGE_EXPR_LIST_ITEM, name, items[i]);
        if (is_nan(items[i]) || (!is_nan(best) && value_compare(items[i], best) == wanted))
            best = items[i];
    }
    return best;
}

static value greatest(evaluation *ev, const value *arguments, size_t count)
{
    return extreme(ev, "math.greatest", arguments, count, 1);
}

static value greatest_of_list(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return extreme(ev, "math.greatest", arguments[0].as.list->items, arguments[0].as.list->count, 1);
}

static value least(evaluation *ev, const value *arguments, size_t count)
{
    return extreme(ev, "math.least", arguments, count, -1);
}

static value least_of_list(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return extreme(ev, "math.least", arguments[0].as.list->items, arguments[0].as.list->count, -1);
}

/* ---- doubles ---- */

#define OF_DOUBLE(name, make)                                                                                          \
    static value name(evaluation *ev, const value *arguments, size_t count)                                            \
    {                                                                                                                  \
        double number = arguments[0].as.d;                                                                             \
        (void)ev;                                                                                                      \
        (void)count;                                                                                                   \
        return make;                                                                                                   \
    }

OF_DOUBLE(ceil_double, value_double(ceil(number)))
OF_DOUBLE(floor_double, value_double(floor(number)))
OF_DOUBLE(round_double, value_double(round(number)))
OF_DOUBLE(trunc_double, value_double(trunc(number)))
OF_DOUBLE(abs_double, value_double(fabs(number)))
OF_DOUBLE(sign_double, value_double(number > 0 ? 1 : number < 0 ? -1 : number))
OF_DOUBLE(is_nan_double, value_bool(isnan(number)))
OF_DOUBLE(is_inf_double, value_bool(isinf(number)))
OF_DOUBLE(is_finite_double, value_bool(isfinite(number)))
OF_DOUBLE(sqrt_double, value_double(sqrt(number)))

static value sqrt_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_double(sqrt((double)arguments[0].as.i));
}

static value sqrt_uint(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_double(sqrt((double)arguments[0].as.u));
}

/* ---- integers ---- */

static value abs_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t number = arguments[0].as.i;
    if (number == INT64_MIN)
        return fail_text(ev, MESSAGE_EXPR_OVERFLOW, STR("math.abs"));
    return value_int(number < 0 ? -number : number);
}

static value abs_uint(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return arguments[0];
}

static value sign_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int((arguments[0].as.i > 0) - (arguments[0].as.i < 0));
}

static value sign_uint(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_uint(arguments[0].as.u > 0);
}

/* ---- bits ---- */

/* int and uint share their bits, so one function serves both: the result has the kind of the first argument. */
static value with_bits(value like, uint64_t bits)
{
    like.as.u = bits;
    return like;
}

static value bit_and(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return with_bits(arguments[0], arguments[0].as.u & arguments[1].as.u);
}

static value bit_or(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return with_bits(arguments[0], arguments[0].as.u | arguments[1].as.u);
}

static value bit_xor(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return with_bits(arguments[0], arguments[0].as.u ^ arguments[1].as.u);
}

static value bit_not(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return with_bits(arguments[0], ~arguments[0].as.u);
}

static value bad_shift(evaluation *ev, int64_t bits)
{
    char text[NUMBER_TEXT];
    return fail_text(ev, MESSAGE_EXPR_NEGATIVE_SHIFT, (str){text, number_write_int(text, bits)});
}

static value shift_left(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t bits = arguments[1].as.i;
    if (bits < 0)
        return bad_shift(ev, bits);
    return with_bits(arguments[0], bits < 64 ? arguments[0].as.u << bits : 0);
}

/* Zeros come in from the left, for an int too. */
static value shift_right(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t bits = arguments[1].as.i;
    if (bits < 0)
        return bad_shift(ev, bits);
    return with_bits(arguments[0], bits < 64 ? arguments[0].as.u >> bits : 0);
}

/* ---- the table ---- */

/* Two numbers of different kinds are spelt out, so that the checker refuses what is no number; from three arguments on
 * a mix is looked at when it runs. */
#define EXTREME(name, call, call_of_list)                                                                              \
    {name, OVERLOAD_VARIADIC, call, &type_int, 1, {&type_int}, NULL},                                                  \
        {name, OVERLOAD_VARIADIC, call, &type_uint, 1, {&type_uint}, NULL},                                            \
        {name, OVERLOAD_VARIADIC, call, &type_double, 1, {&type_double}, NULL},                                        \
        {name, 0, call_of_list, &type_int, 1, {&type_list_int}, NULL},                                                 \
        {name, 0, call_of_list, &type_uint, 1, {&type_list_uint}, NULL},                                               \
        {name, 0, call_of_list, &type_double, 1, {&type_list_double}, NULL},                                           \
        {name, 0, call_of_list, &type_dyn, 1, {&type_list_dyn}, NULL},                                                 \
        {name, 0, call, &type_dyn, 2, {&type_int, &type_uint}, NULL},                                                  \
        {name, 0, call, &type_dyn, 2, {&type_int, &type_double}, NULL},                                                \
        {name, 0, call, &type_dyn, 2, {&type_uint, &type_int}, NULL},                                                  \
        {name, 0, call, &type_dyn, 2, {&type_uint, &type_double}, NULL},                                               \
        {name, 0, call, &type_dyn, 2, {&type_double, &type_int}, NULL},                                                \
        {name, 0, call, &type_dyn, 2, {&type_double, &type_uint}, NULL},                                               \
    {                                                                                                                  \
        name, OVERLOAD_VARIADIC, call, &type_dyn, 3, {&type_dyn, &type_dyn, &type_dyn}, NULL                           \
    }

#define UNARY(name, call, kind)                                                                                        \
    {                                                                                                                  \
        name, 0, call, &kind, 1, {&kind}, NULL                                                                         \
    }
#define ASKS(name, call)                                                                                               \
    {                                                                                                                  \
        name, 0, call, &type_bool, 1, {&type_double}, NULL                                                             \
    }
#define BINARY(name, call, kind, second)                                                                               \
    {                                                                                                                  \
        name, 0, call, &kind, 2, {&kind, &second}, NULL                                                                \
    }

static const overload overloads[] = {
    EXTREME("math.greatest", greatest, greatest_of_list),
    EXTREME("math.least", least, least_of_list),
    UNARY("math.ceil", ceil_double, type_double),
    UNARY("math.floor", floor_double, type_double),
    UNARY("math.round", round_double, type_double),
    UNARY("math.trunc", trunc_double, type_double),
    UNARY("math.abs", abs_int, type_int),
    UNARY("math.abs", abs_uint, type_uint),
    UNARY("math.abs", abs_double, type_double),
    UNARY("math.sign", sign_int, type_int),
    UNARY("math.sign", sign_uint, type_uint),
    UNARY("math.sign", sign_double, type_double),
    ASKS("math.isNaN", is_nan_double),
    ASKS("math.isInf", is_inf_double),
    ASKS("math.isFinite", is_finite_double),
    {"math.sqrt", 0, sqrt_int, &type_double, 1, {&type_int}, NULL},
    {"math.sqrt", 0, sqrt_uint, &type_double, 1, {&type_uint}, NULL},
    UNARY("math.sqrt", sqrt_double, type_double),
    BINARY("math.bitAnd", bit_and, type_int, type_int),
    BINARY("math.bitAnd", bit_and, type_uint, type_uint),
    BINARY("math.bitOr", bit_or, type_int, type_int),
    BINARY("math.bitOr", bit_or, type_uint, type_uint),
    BINARY("math.bitXor", bit_xor, type_int, type_int),
    BINARY("math.bitXor", bit_xor, type_uint, type_uint),
    UNARY("math.bitNot", bit_not, type_int),
    UNARY("math.bitNot", bit_not, type_uint),
    BINARY("math.bitShiftLeft", shift_left, type_int, type_int),
    BINARY("math.bitShiftLeft", shift_left, type_uint, type_int),
    BINARY("math.bitShiftRight", shift_right, type_int, type_int),
    BINARY("math.bitShiftRight", shift_right, type_uint, type_int),
};

const function_library functions_math = {"math", overloads, sizeof overloads / sizeof *overloads};
