/*
 * Functions on times: the parts of timestamps (in UTC or in a zone), of dates, and of durations.
 *
 * As CEL has it, months, days of the month (getDayOfMonth) and days of the year count from 0, getDate from 1, and
 * Sunday is day 0 of the week. A duration's hours, minutes and seconds are the whole duration in that unit; its
 * milliseconds are those of the last second.
 */
#include "base/civil.h"
#include "expr/functions.h"
#include "expr/zone.h"

enum { DAY = 86400, NANO = 1000000000, ZONE_STEPS = 500 /* reading a zone's file while running */ };

/* ---- zones ---- */

static void *open_zone(const policy_options *options, const policy_allocator *a, value constant,
                       preparation_failure *why)
{
    (void)options;
    zone *z = zone_new(a, value_text(constant), &why->nomem);
    if (!z) {
        why->message = MESSAGE_EXPR_NO_ZONE;
        why->arguments[0] = value_text(constant);
    }
    return z;
}

static void close_zone(void *prepared)
{
    zone_free(prepared);
}

static const preparation zone_preparation = {1, open_zone, close_zone};

/* ---- timestamps and dates ---- */

typedef struct moment {
    int32_t days;   /* since 1970, where it is */
    int32_t second; /* of the day */
    int32_t nanosecond;
} moment;

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* VALUE_NULL when all is well, else the error. */
static value find_offset(evaluation *ev, str name, int64_t seconds, int32_t *offset)
{
    const zone *prepared = evaluation_prepared(ev);
    if (prepared) {
        *offset = zone_offset(prepared, seconds);
        return value_null();
    }
    if (!evaluation_charge(ev, ZONE_STEPS))
        return evaluation_exhausted(ev);
    bool nomem;
    zone *z = zone_new(evaluation_allocator(ev), name, &nomem);
    if (!z)
        return nomem ? evaluation_out_of_memory() : fail_text(ev, MESSAGE_EXPR_NO_ZONE, name);
    *offset = zone_offset(z, seconds);
    zone_free(z);
    return value_null();
}

/* The moment that arguments[0], in the zone arguments[1] or in UTC, names. Not VALUE_NULL: an error. */
static value find_moment(evaluation *ev, const value *arguments, size_t count, moment *out)
{
    if (arguments[0].kind == VALUE_DATE) {
        *out = (moment){.days = (int32_t)arguments[0].as.i};
        return value_null();
    }
    int64_t seconds = arguments[0].as.i;
    int32_t nanosecond = value_nanoseconds(arguments[0]);
    if (nanosecond < 0) {
        seconds--;
        nanosecond += NANO;
    }
    if (count > 1) {
        int32_t offset = 0;
        value error = find_offset(ev, value_text(arguments[1]), seconds, &offset);
        if (error.kind != VALUE_NULL)
            return error;
        seconds += offset;
    }
    int64_t days = floor_divide(seconds, DAY);
    if (days < CIVIL_MIN || days > CIVIL_MAX)
        return fail(ev, MESSAGE_EXPR_TIME_RANGE);
    *out = (moment){(int32_t)days, (int32_t)(seconds - days * DAY), nanosecond};
    return value_null();
}

static int64_t full_year(const moment *m)
{
    int year, month, day;
    civil_split(m->days, &year, &month, &day);
    return year;
}

static int64_t month(const moment *m)
{
    int year, month_of_year, day;
    civil_split(m->days, &year, &month_of_year, &day);
    return month_of_year - 1;
}

static int64_t date(const moment *m)
{
    int year, month_of_year, day;
    civil_split(m->days, &year, &month_of_year, &day);
    return day;
}

static int64_t day_of_month(const moment *m)
{
    return date(m) - 1;
}

static int64_t day_of_year(const moment *m)
{
    return civil_year_day(m->days) - 1;
}

static int64_t day_of_week(const moment *m)
{
    return civil_weekday(m->days) % 7;
}

static int64_t hours(const moment *m)
{
    return m->second / 3600;
}

static int64_t minutes(const moment *m)
{
    return m->second / 60 % 60;
}

static int64_t seconds_of(const moment *m)
{
    return m->second % 60;
}

static int64_t milliseconds(const moment *m)
{
    return m->nanosecond / 1000000;
}

#define ACCESSOR(name, part)                                                                                           \
    static value name(evaluation *ev, const value *arguments, size_t count)                                            \
    {                                                                                                                  \
        moment m = {0};                                                                                                \
        value error = find_moment(ev, arguments, count, &m);                                                           \
        return error.kind == VALUE_NULL ? value_int(part(&m)) : error;                                                 \
    }

ACCESSOR(call_full_year, full_year)
ACCESSOR(call_month, month)
ACCESSOR(call_date, date)
ACCESSOR(call_day_of_month, day_of_month)
ACCESSOR(call_day_of_year, day_of_year)
ACCESSOR(call_day_of_week, day_of_week)
ACCESSOR(call_hours, hours)
ACCESSOR(call_minutes, minutes)
ACCESSOR(call_seconds, seconds_of)
ACCESSOR(call_milliseconds, milliseconds)

/* ---- durations ---- */

static value duration_hours(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int(arguments[0].as.i / 3600);
}

static value duration_minutes(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int(arguments[0].as.i / 60);
}

static value duration_seconds(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int(arguments[0].as.i);
}

static value duration_milliseconds(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int(value_nanoseconds(arguments[0]) / 1000000);
}

/* ---- the table ---- */

#define IN_UTC(name, call)                                                                                             \
    {                                                                                                                  \
        name, OVERLOAD_MEMBER, call, &type_int, 1, {&type_timestamp}, NULL                                             \
    }
#define IN_ZONE(name, call)                                                                                            \
    {                                                                                                                  \
        name, OVERLOAD_MEMBER, call, &type_int, 2, {&type_timestamp, &type_string}, &zone_preparation                  \
    }
#define OF_DATE(name, call)                                                                                            \
    {                                                                                                                  \
        name, OVERLOAD_MEMBER, call, &type_int, 1, {&type_date}, NULL                                                  \
    }
#define OF_DURATION(name, call)                                                                                        \
    {                                                                                                                  \
        name, OVERLOAD_MEMBER, call, &type_int, 1, {&type_duration}, NULL                                              \
    }

static const overload overloads[] = {
    IN_UTC("getFullYear", call_full_year),
    OF_DATE("getFullYear", call_full_year),
    IN_ZONE("getFullYear", call_full_year),
    IN_UTC("getMonth", call_month),
    OF_DATE("getMonth", call_month),
    IN_ZONE("getMonth", call_month),
    IN_UTC("getDate", call_date),
    OF_DATE("getDate", call_date),
    IN_ZONE("getDate", call_date),
    IN_UTC("getDayOfMonth", call_day_of_month),
    OF_DATE("getDayOfMonth", call_day_of_month),
    IN_ZONE("getDayOfMonth", call_day_of_month),
    IN_UTC("getDayOfYear", call_day_of_year),
    OF_DATE("getDayOfYear", call_day_of_year),
    IN_ZONE("getDayOfYear", call_day_of_year),
    IN_UTC("getDayOfWeek", call_day_of_week),
    OF_DATE("getDayOfWeek", call_day_of_week),
    IN_ZONE("getDayOfWeek", call_day_of_week),
    IN_UTC("getHours", call_hours),
    IN_ZONE("getHours", call_hours),
    OF_DURATION("getHours", duration_hours),
    IN_UTC("getMinutes", call_minutes),
    IN_ZONE("getMinutes", call_minutes),
    OF_DURATION("getMinutes", duration_minutes),
    IN_UTC("getSeconds", call_seconds),
    IN_ZONE("getSeconds", call_seconds),
    OF_DURATION("getSeconds", duration_seconds),
    IN_UTC("getMilliseconds", call_milliseconds),
    IN_ZONE("getMilliseconds", call_milliseconds),
    OF_DURATION("getMilliseconds", duration_milliseconds),
};

const function_library functions_time = {"time", overloads, sizeof overloads / sizeof *overloads};
