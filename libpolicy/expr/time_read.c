/*
 * Timestamps, durations and times of day from text. See time_read.h.
 */
#include "expr/time_read.h"

#include "base/civil.h"
#include "expr/functions.h"

enum { NANO = 1000000000 };

typedef struct reader {
    str text;
    size_t at;
} reader;

static bool next_is(const reader *r, char c)
{
    return r->at < r->text.size && r->text.data[r->at] == c;
}

static bool is_digit(const reader *r)
{
    return r->at < r->text.size && r->text.data[r->at] >= '0' && r->text.data[r->at] <= '9';
}

static bool accept(reader *r, char c)
{
    if (!next_is(r, c))
        return false;
    r->at++;
    return true;
}

static bool read_digits(reader *r, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(r))
            return false;
        *out = *out * 10 + (r->text.data[r->at++] - '0');
    }
    return true;
}

/* ".25" as nanoseconds; further digits are dropped. Nothing there is 0. */
static bool read_fraction(reader *r, int32_t *nanoseconds)
{
    *nanoseconds = 0;
    if (!accept(r, '.'))
        return true;
    if (!is_digit(r))
        return false;
    for (int32_t unit = NANO / 10; is_digit(r); unit /= 10)
        *nanoseconds += unit * (r->text.data[r->at++] - '0');
    return true;
}

/* "Z" or "+08:00", in minutes east of UTC. */
static bool read_offset(reader *r, int *minutes)
{
    *minutes = 0;
    if (accept(r, 'Z') || accept(r, 'z'))
        return true;
    bool west = next_is(r, '-');
    int hours, rest;
    if (!accept(r, '+') && !accept(r, '-'))
        return false;
    if (!read_digits(r, 2, &hours) || !accept(r, ':') || !read_digits(r, 2, &rest) || hours > 23 || rest > 59)
        return false;
    *minutes = (hours * 60 + rest) * (west ? -1 : 1);
    return true;
}

static void same_sign(int64_t *seconds, int32_t *nanoseconds)
{
    if (*seconds < 0 && *nanoseconds > 0) {
        ++*seconds;
        *nanoseconds -= NANO;
    }
}

time_read_result time_read_timestamp(str text, int64_t *seconds, int32_t *nanoseconds)
{
    reader r = {.text = text};
    int year, month, day, hour, minute, second, offset;
    if (!read_digits(&r, 4, &year) || !accept(&r, '-') || !read_digits(&r, 2, &month) || !accept(&r, '-') ||
        !read_digits(&r, 2, &day) || !(accept(&r, 'T') || accept(&r, 't')) || !read_digits(&r, 2, &hour) ||
        !accept(&r, ':') || !read_digits(&r, 2, &minute) || !accept(&r, ':') || !read_digits(&r, 2, &second) ||
        !read_fraction(&r, nanoseconds) || !read_offset(&r, &offset) || r.at != text.size)
        return TIME_READ_MALFORMED;
    if (year == 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31)
        return TIME_READ_RANGE;
    /* A leap second has no place in a count of seconds. */
    if (!civil_valid(year, month, day) || hour > 23 || minute > 59 || second > 59)
        return TIME_READ_MALFORMED;
    *seconds = (int64_t)civil_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
    if (*seconds < TIMESTAMP_MIN_SECONDS || *seconds > TIMESTAMP_MAX_SECONDS)
        return TIME_READ_RANGE;
    same_sign(seconds, nanoseconds);
    return TIME_READ_OK;
}

/* The unit at the reader, in nanoseconds; 0 when there is none. */
static int64_t read_unit(reader *r)
{
    static const struct {
        const char *name;
        int64_t nanoseconds;
    } units[] = {                                                        /* longer names first */
                 {"ns", 1},           {"us", 1000}, {"\xc2\xb5s", 1000}, /* micro sign */
                 {"\xce\xbcs", 1000},                                    /* Greek mu */
                 {"ms", 1000000},     {"s", NANO},  {"m", INT64_C(60) * NANO}, {"h", INT64_C(3600) * NANO}};
    str rest = str_slice(r->text, r->at, r->text.size);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (str_starts(rest, str_of(units[i].name))) {
            r->at += strlen(units[i].name);
            return units[i].nanoseconds;
        }
    }
    return 0;
}

/* One number with its unit, added to the sum. */
static time_read_result read_part(reader *r, int64_t *seconds, int64_t *nanoseconds)
{
    int64_t whole = 0, fraction = 0, scale = 1;
    bool any = is_digit(r), over = false;
    for (; is_digit(r); r->at++) {
        over = over || whole > (INT64_MAX - 9) / 10;
        whole = over ? 0 : whole * 10 + (r->text.data[r->at] - '0');
    }
    if (accept(r, '.')) {
        any = any || is_digit(r);
        for (; is_digit(r); r->at++) {
            if (scale < INT64_C(1000000000000000)) { /* beyond that nothing is left even of an hour */
                fraction = fraction * 10 + (r->text.data[r->at] - '0');
                scale *= 10;
            }
        }
    }
    int64_t unit = any ? read_unit(r) : 0;
    if (!unit)
        return TIME_READ_MALFORMED;
    int64_t per_second = unit < NANO ? NANO / unit : 1, seconds_each = unit < NANO ? 0 : unit / NANO;
    int64_t add = seconds_each ? whole : whole / per_second;
    int64_t rest = seconds_each ? 0 : whole % per_second * unit;
    if (over || add > DURATION_MAX_SECONDS || (seconds_each && add > DURATION_MAX_SECONDS / seconds_each))
        return TIME_READ_RANGE;
    *seconds += seconds_each ? add * seconds_each : add;
    /* fraction / scale of a unit: whole seconds of it first (an hour has many), so that nothing overflows. */
    if (seconds_each) {
        int64_t parts = fraction * seconds_each; /* < 3600 * 10^15 */
        *seconds += parts / scale;
        parts %= scale;
        for (int64_t digit = NANO / 10; digit && scale >= 10; digit /= 10, scale /= 10) {
            rest += parts / (scale / 10) * digit;
            parts %= scale / 10;
        }
    } else {
        for (int64_t digit = unit / 10; digit && scale >= 10; digit /= 10, scale /= 10) {
            rest += fraction / (scale / 10) * digit;
            fraction %= scale / 10;
        }
    }
    *nanoseconds += rest;
    *seconds += *nanoseconds / NANO;
    *nanoseconds %= NANO;
    return *seconds > DURATION_MAX_SECONDS ? TIME_READ_RANGE : TIME_READ_OK;
}

time_read_result time_read_duration(str text, int64_t *seconds, int32_t *nanoseconds)
{
    reader r = {.text = text};
    bool negative = next_is(&r, '-');
    int64_t whole = 0, rest = 0;
    if (negative || next_is(&r, '+'))
        r.at++;
    bool is_zero = r.at + 1 == text.size && next_is(&r, '0'); /* the only number that needs no unit */
    if (r.at == text.size)
        return TIME_READ_MALFORMED;
    while (!is_zero && r.at < text.size) {
        time_read_result result = read_part(&r, &whole, &rest);
        if (result != TIME_READ_OK)
            return result;
    }
    if (whole == DURATION_MAX_SECONDS && rest)
        return TIME_READ_RANGE;
    *seconds = negative ? -whole : whole;
    *nanoseconds = (int32_t)(negative ? -rest : rest);
    return TIME_READ_OK;
}

bool time_read_of_day(str text, int64_t *seconds)
{
    reader r = {.text = text};
    int hour, minute, second = 0;
    if (!read_digits(&r, 2, &hour) || !accept(&r, ':') || !read_digits(&r, 2, &minute) ||
        (accept(&r, ':') && !read_digits(&r, 2, &second)) || r.at != text.size || minute > 59 || second > 59)
        return false;
    *seconds = (int64_t)hour * 3600 + minute * 60 + second;
    return *seconds <= 86400;
}
