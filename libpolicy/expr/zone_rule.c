/*
 * POSIX TZ rules: reading them, and what they say at an instant. See zone_rule.h.
 */
#include "expr/zone_rule.h"

#include "base/civil.h"

#define DAY 86400

/* ---- reading ---- */

typedef struct reader {
    str text;
    size_t at;
} reader;

static bool next_is(const reader *r, char c)
{
    return r->at < r->text.size && r->text.data[r->at] == c;
}

static bool accept(reader *r, char c)
{
    if (!next_is(r, c))
        return false;
    r->at++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "CST" or "<+0330>": the abbreviation, which is not kept. */
static bool skip_name(reader *r)
{
    size_t from = r->at;
    if (accept(r, '<')) {
        while (r->at < r->text.size && !next_is(r, '>'))
            r->at++;
        return accept(r, '>');
    }
    while (r->at < r->text.size && is_letter(r->text.data[r->at]))
        r->at++;
    return r->at - from >= 3;
}

static bool read_number(reader *r, int32_t low, int32_t high, int32_t *out)
{
    size_t from = r->at;
    *out = 0;
    while (r->at < r->text.size && r->at - from < 4 && r->text.data[r->at] >= '0' && r->text.data[r->at] <= '9')
        *out = *out * 10 + (r->text.data[r->at++] - '0');
    return r->at > from && *out >= low && *out <= high;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(reader *r, int32_t most_hours, int32_t *out)
{
    bool negative = next_is(r, '-');
    if (!accept(r, '-'))
        accept(r, '+');
    int32_t hours, minutes = 0, seconds = 0;
    if (!read_number(r, 0, most_hours, &hours))
        return false;
    if (accept(r, ':') && !read_number(r, 0, 59, &minutes))
        return false;
    if (accept(r, ':') && !read_number(r, 0, 59, &seconds))
        return false;
    *out = (hours * 60 + minutes) * 60 + seconds;
    if (negative)
        *out = -*out;
    return true;
}

static bool read_change(reader *r, zone_change *out)
{
    *out = (zone_change){.seconds = 2 * 3600};
    if (accept(r, 'M')) {
        out->form = ZONE_MONTH_WEEK;
        if (!read_number(r, 1, 12, &out->month) || !accept(r, '.') || !read_number(r, 1, 5, &out->week) ||
            !accept(r, '.') || !read_number(r, 0, 6, &out->weekday))
            return false;
    } else if (accept(r, 'J')) {
        out->form = ZONE_JULIAN;
        if (!read_number(r, 1, 365, &out->day))
            return false;
    } else {
        out->form = ZONE_DAY;
        if (!read_number(r, 0, 365, &out->day))
            return false;
    }
    return !accept(r, '/') || read_time(r, 167, &out->seconds);
}

bool zone_rule_read(str text, zone_rule *out)
{
    reader r = {.text = text};
    int32_t west;
    *out = (zone_rule){0};
    if (!skip_name(&r) || !read_time(&r, 24, &west))
        return false;
    out->standard = -west; /* POSIX counts westwards */
    if (r.at == text.size)
        return true;
    out->has_summer = true;
    out->summer = out->standard + 3600;
    if (!skip_name(&r))
        return false;
    if (!next_is(&r, ',')) {
        if (!read_time(&r, 24, &west))
            return false;
        out->summer = -west;
    }
    return accept(&r, ',') && read_change(&r, &out->start) && accept(&r, ',') && read_change(&r, &out->end) &&
           r.at == text.size;
}

/* ---- judging ---- */

static bool is_leap(int year)
{
    return civil_valid(year, 2, 29);
}

/* Local seconds since 1970 of a change in `year`. */
static int64_t change_time(const zone_change *c, int year)
{
    int32_t day;
    if (c->form == ZONE_MONTH_WEEK) {
        int32_t first = civil_days(year, c->month, 1);
        int32_t ahead = (c->weekday - civil_weekday(first) % 7 + 7) % 7; /* civil 7 is Sunday, here 0 */
        day = first + ahead + 7 * (c->week - 1);
        while (c->week == 5 && !civil_valid(year, c->month, day - first + 1))
            day -= 7;
    } else if (c->form == ZONE_JULIAN) {
        bool after_february = is_leap(year) && c->day >= 60;
        day = civil_days(year, 1, 1) + c->day - 1 + after_february;
    } else {
        day = civil_days(year, 1, 1) + c->day;
    }
    return (int64_t)day * DAY + c->seconds;
}

int32_t zone_rule_offset(const zone_rule *rule, int64_t seconds)
{
    if (!rule->has_summer)
        return rule->standard;
    int64_t local = seconds + rule->standard;
    int64_t days = (local >= 0 ? local : local - (DAY - 1)) / DAY;
    days = days < CIVIL_MIN ? CIVIL_MIN : days > CIVIL_MAX ? CIVIL_MAX : days;
    int year, month, day;
    civil_split((int32_t)days, &year, &month, &day);
    int64_t start = change_time(&rule->start, year) - rule->standard;
    int64_t end = change_time(&rule->end, year) - rule->summer;
    bool summer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
    return summer ? rule->summer : rule->standard;
}
