/*
 * Conversions: int(), uint(), double(), string(), bytes(), bool(), timestamp(), duration(), dyn(), type().
 *
 * A conversion that would change the value beyond rounding is an error: doubles out of the range of an int, texts that
 * are not wholly a number, bytes that are not UTF-8.
 */
#include "base/buffer.h"
#include "base/civil.h"
#include "base/number.h"
#include "expr/functions.h"
#include "expr/time_read.h"
#include "expr/time_text.h"

/* "'abc' cannot become int". */
static value refuse(evaluation *ev, value from, const char *to)
{
    buffer shown;
    buffer_init(&shown, evaluation_allocator(ev), 1 << 20);
    if (from.kind == VALUE_STRING)
        buffer_put_char(&shown, '\'');
    value_write(&shown, from, NULL, POLICY_LANGUAGE_EN);
    if (from.kind == VALUE_STRING)
        buffer_put_char(&shown, '\'');
    str arguments[] = {buffer_text(&shown), str_of(to)};
    bool nomem = shown.failed && !shown.full;
    value error = nomem ? evaluation_out_of_memory()
                        : value_fail(ev, POLICY_E_EVALUATE, MESSAGE_EXPR_NOT_CONVERTED, arguments, 2);
    buffer_free(&shown);
    return error;
}

/* Text made here, kept in scratch. */
static value keep(evaluation *ev, const char *text, size_t size)
{
    str kept = arena_text(evaluation_scratch(ev), (str){text, size});
    return kept.data ? value_string(kept) : evaluation_exhausted(ev);
}

static value same(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return arguments[0];
}

/* ---- int ---- */

static value int_of_uint(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    uint64_t number = arguments[0].as.u;
    return number <= INT64_MAX ? value_int((int64_t)number) : refuse(ev, arguments[0], "int");
}

static value int_of_double(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    double number = arguments[0].as.d;
    /* -2^63 itself is refused as well: a double that large stands for a range of integers, some of them outside. */
    if (!(number > -0x1p63 && number < 0x1p63))
        return refuse(ev, arguments[0], "int");
    return value_int((int64_t)number);
}

static value int_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t number;
    return number_read_int(value_text(arguments[0]), &number) ? value_int(number) : refuse(ev, arguments[0], "int");
}

static value int_of_timestamp(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int(arguments[0].as.i - (value_nanoseconds(arguments[0]) < 0));
}

/* ---- uint ---- */

static value uint_of_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t number = arguments[0].as.i;
    return number >= 0 ? value_uint((uint64_t)number) : refuse(ev, arguments[0], "uint");
}

static value uint_of_double(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    double number = arguments[0].as.d;
    if (!(number >= 0 && number < 0x1p64))
        return refuse(ev, arguments[0], "uint");
    return value_uint((uint64_t)number);
}

static value uint_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    uint64_t number;
    return number_read_uint(value_text(arguments[0]), &number) ? value_uint(number) : refuse(ev, arguments[0], "uint");
}

/* ---- double ---- */

static value double_of_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_double((double)arguments[0].as.i);
}

static value double_of_uint(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_double((double)arguments[0].as.u);
}

static value double_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    double number;
    return number_read_double(value_text(arguments[0]), true, &number) ? value_double(number)
                                                                       : refuse(ev, arguments[0], "double");
}

/* ---- string ---- */

static value string_of_bool(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_string(arguments[0].as.b ? STR("true") : STR("false"));
}

static value string_of_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    char text[NUMBER_TEXT];
    return keep(ev, text, number_write_int(text, arguments[0].as.i));
}

static value string_of_uint(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    char text[NUMBER_TEXT];
    return keep(ev, text, number_write_uint(text, arguments[0].as.u));
}

static value string_of_double(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    char text[NUMBER_TEXT];
    return keep(ev, text, number_write_double(text, arguments[0].as.d));
}

static value string_of_bytes(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str bytes = value_text(arguments[0]);
    if (!evaluation_charge(ev, bytes.size / 16))
        return evaluation_exhausted(ev);
    return utf8_valid(bytes, NULL) ? value_string(bytes) : fail(ev, MESSAGE_EXPR_BYTES_NOT_UTF8);
}

static value string_of_timestamp(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    char text[TIME_TEXT];
    return keep(ev, text, time_text_timestamp(text, arguments[0].as.i, value_nanoseconds(arguments[0])));
}

static value string_of_duration(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    char text[TIME_TEXT];
    return keep(ev, text, time_text_duration(text, arguments[0].as.i, value_nanoseconds(arguments[0])));
}

static value string_of_date(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    char text[16];
    return keep(ev, text, civil_write(text, (int32_t)arguments[0].as.i));
}

/* ---- bytes, bool ---- */

static value bytes_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    value out = arguments[0];
    out.kind = VALUE_BYTES;
    out.interned = 0;
    return out;
}

static value bool_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    static const char *const yes[] = {"1", "t", "T", "true", "True", "TRUE"};
    static const char *const no[] = {"0", "f", "F", "false", "False", "FALSE"};
    str text = value_text(arguments[0]);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (str_equal(text, str_of(yes[i])))
            return value_bool(true);
        if (str_equal(text, str_of(no[i])))
            return value_bool(false);
    }
    return refuse(ev, arguments[0], "bool");
}

/* ---- timestamp, duration ---- */

static value timestamp_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t seconds;
    int32_t nanoseconds;
    switch (time_read_timestamp(value_text(arguments[0]), &seconds, &nanoseconds)) {
    case TIME_READ_OK:
        return evaluation_timestamp(ev, seconds, nanoseconds);
    case TIME_READ_RANGE:
        return fail(ev, MESSAGE_EXPR_TIME_RANGE);
    default:
        return fail_text(ev, MESSAGE_EXPR_NO_TIMESTAMP, value_text(arguments[0]));
    }
}

static value timestamp_of_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return evaluation_timestamp(ev, arguments[0].as.i, 0);
}

static value timestamp_of_date(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return evaluation_timestamp(ev, arguments[0].as.i * 86400, 0);
}

static value duration_of_string(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t seconds;
    int32_t nanoseconds;
    switch (time_read_duration(value_text(arguments[0]), &seconds, &nanoseconds)) {
    case TIME_READ_OK:
        return evaluation_duration(ev, seconds, nanoseconds);
    case TIME_READ_RANGE:
        return fail(ev, MESSAGE_EXPR_TIME_RANGE);
    default:
        return fail_text(ev, MESSAGE_EXPR_NO_DURATION, value_text(arguments[0]));
    }
}

static value duration_of_int(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return evaluation_duration(ev, arguments[0].as.i, 0);
}

/* ---- type ---- */

static value type_of(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return (value){.kind = VALUE_TYPE, .as.type = type_of_value(arguments[0])};
}

static const overload overloads[] = {
    {"int", 0, same, &type_int, 1, {&type_int}, NULL},
    {"int", 0, int_of_uint, &type_int, 1, {&type_uint}, NULL},
    {"int", 0, int_of_double, &type_int, 1, {&type_double}, NULL},
    {"int", 0, int_of_string, &type_int, 1, {&type_string}, NULL},
    {"int", 0, int_of_timestamp, &type_int, 1, {&type_timestamp}, NULL},
    {"uint", 0, same, &type_uint, 1, {&type_uint}, NULL},
    {"uint", 0, uint_of_int, &type_uint, 1, {&type_int}, NULL},
    {"uint", 0, uint_of_double, &type_uint, 1, {&type_double}, NULL},
    {"uint", 0, uint_of_string, &type_uint, 1, {&type_string}, NULL},
    {"double", 0, same, &type_double, 1, {&type_double}, NULL},
    {"double", 0, double_of_int, &type_double, 1, {&type_int}, NULL},
    {"double", 0, double_of_uint, &type_double, 1, {&type_uint}, NULL},
    {"double", 0, double_of_string, &type_double, 1, {&type_string}, NULL},
    {"string", 0, same, &type_string, 1, {&type_string}, NULL},
    {"string", 0, string_of_bool, &type_string, 1, {&type_bool}, NULL},
    {"string", 0, string_of_int, &type_string, 1, {&type_int}, NULL},
    {"string", 0, string_of_uint, &type_string, 1, {&type_uint}, NULL},
    {"string", 0, string_of_double, &type_string, 1, {&type_double}, NULL},
    {"string", 0, string_of_bytes, &type_string, 1, {&type_bytes}, NULL},
    {"string", 0, string_of_timestamp, &type_string, 1, {&type_timestamp}, NULL},
    {"string", 0, string_of_duration, &type_string, 1, {&type_duration}, NULL},
    {"string", 0, string_of_date, &type_string, 1, {&type_date}, NULL},
    {"bytes", 0, same, &type_bytes, 1, {&type_bytes}, NULL},
    {"bytes", 0, bytes_of_string, &type_bytes, 1, {&type_string}, NULL},
    {"bool", 0, same, &type_bool, 1, {&type_bool}, NULL},
    {"bool", 0, bool_of_string, &type_bool, 1, {&type_string}, NULL},
    {"timestamp", 0, same, &type_timestamp, 1, {&type_timestamp}, NULL},
    {"timestamp", 0, timestamp_of_string, &type_timestamp, 1, {&type_string}, NULL},
    {"timestamp", 0, timestamp_of_int, &type_timestamp, 1, {&type_int}, NULL},
    {"timestamp", 0, timestamp_of_date, &type_timestamp, 1, {&type_date}, NULL},
    {"duration", 0, same, &type_duration, 1, {&type_duration}, NULL},
    {"duration", 0, duration_of_string, &type_duration, 1, {&type_string}, NULL},
    {"duration", 0, duration_of_int, &type_duration, 1, {&type_int}, NULL},
    {"dyn", 0, same, &type_dyn, 1, {&type_a}, NULL},
    {"type", 0, type_of, &type_type, 1, {&type_a}, NULL},
};

const function_library functions_convert = {"convert", overloads, sizeof overloads / sizeof *overloads};
