/*
 * Dates, and dates with a time, in the spellings of domain practice.
 *
 *     2021-11-19  2021/11/19  2021.11.19  2021年11月19日  20211119  二〇二一年十一月十九日  44519 (Excel)
 *     11月19日  11/19  11.19 (the year comes from the school year)   any of them with 星期五, (周五), 00:00:00
 *
 * A weekday that does not fit its date makes the cell unreadable: one of the two is wrong and nobody can say which.
 * 21-11-19 and 3/4/2021 are not read: they name different days to different people. Numbers count as Excel's days only
 * between 2000 and 2100. Spelling: a year (0: not said), b month (0: only a day was said), c day; number: seconds into the
 * day. Wall clock times stay as written; an offset is taken only when it is China's own.
 */
#include "base/civil.h"
#include "schema/readers.h"

#define EXCEL_EPOCH  (-25569) /* 1899-12-30 in days since 1970 */
#define SERIAL_FIRST 36526    /* 2000-01-01 */
#define SERIAL_LAST  73415    /* 2100-12-31 */

static void blank(cursor *c)
{
    take(c, STR(" "));
}

static bool take_month_and_day(cursor *c, int32_t *month, int32_t *day)
{
    cursor at = *c;
    blank(&at);
    if (!take_numeral(&at, month) || *month < 1 || *month > 12)
        return false;
    blank(&at);
    if (take(&at, STR("月"))) {
        blank(&at);
        if (!take_numeral(&at, day))
            return false;
        blank(&at);
        if (!take(&at, STR("日")))
            take(&at, STR("号"));
    } else {
        char between = cursor_char(&at);
        if (between != '-' && between != '/' && between != '.')
            return false;
        at.at++;
        if (!take_digits(&at, 1, 2, day))
            return false;
    }
    if (*day < 1 || *day > 31)
        return false;
    *c = at;
    return true;
}

bool take_date(cursor *c, int32_t *year, int32_t *month, int32_t *day)
{
    cursor at = *c;
    int32_t number;
    *year = *month = 0;
    if (digits_ahead(&at) == 8) { /* 20211119 */
        if (!take_digits(&at, 8, 8, &number))
            return false;
        *year = number / 10000, *month = number / 100 % 100, *day = number % 100;
        if (!civil_valid(*year, *month, *day) || *year < 1900 || *year > 2200)
            return false;
        *c = at;
        return true;
    }
    if (take_numeral(&at, year) && *year >= 1900 && *year <= 2200) {
        cursor after = at;
        blank(&after);
        char between = cursor_char(&after);
        if (take(&after, STR("年"))) {
            if (!take_month_and_day(&after, month, day))
                return false;
        } else if (between == '-' || between == '/' || between == '.') {
            after.at++;
            if (!take_digits(&after, 1, 2, month) || cursor_char(&after) != between)
                return false;
            after.at++;
            if (!take_digits(&after, 1, 2, day))
                return false;
            take(&after, STR("日"));
        } else {
            return false;
        }
        if (!civil_valid(*year, *month, *day))
            return false;
        *c = after;
        return true;
    }
    at = *c;
    *year = 0;
    if (take_month_and_day(&at, month, day)) {
        if (!civil_valid(2000, *month, *day)) /* a leap year: 2月29日 may yet find its year */
            return false;
        cursor after = at;
        if (take(&after, STR("/")) || take(&after, STR("-")) || take(&after, STR("."))) {
            /* 11/19/2021: taken when only one reading is a date. */
            if (!take_digits(&after, 4, 4, year) || *year < 1900 || *year > 2200)
                return false;
            if (*day <= 12 && *day != *month)
                return false;
            if (!civil_valid(*year, *month, *day))
                return false;
            at = after;
        }
        *c = at;
        return true;
    }
    at = *c;
    if (take_numeral(&at, day) && *day >= 1 && *day <= 31 && (take(&at, STR("日")) || take(&at, STR("号")))) {
        *month = 0;
        *c = at;
        return true;
    }
    return false;
}

/* Days of a serial number, with its fraction in seconds. */
static bool take_serial(cursor *c, spelling *out)
{
    cursor at = *c;
    int32_t serial, year = 0, seconds = 0;
    if (!take_digits(&at, 5, 5, &serial) || serial < SERIAL_FIRST || serial > SERIAL_LAST)
        return false;
    if (cursor_char(&at) == '.') {
        str fraction = cursor_rest(&at);
        if (!excel_fraction(fraction, &seconds))
            return false;
        at.at = at.text.size;
    }
    if (!cursor_done(&at))
        return false;
    int month, day, whole_year;
    civil_split(serial + EXCEL_EPOCH, &whole_year, &month, &day);
    year = whole_year;
    out->form = 1;
    out->a = year, out->b = month, out->c = day;
    out->number = seconds;
    *c = at;
    return true;
}

/* What may stand after a date: a weekday, a time, China's offset. */
static bool take_rest(cursor *c, spelling *out, int32_t *weekday, bool *timed)
{
    int32_t seconds;
    bool bare;
    *weekday = 0;
    *timed = false;
    for (int i = 0; i < 2 && !cursor_done(c); i++) {
        blank(c);
        take(c, STR(","));
        blank(c);
        if (!*weekday && take_weekday(c, weekday))
            continue;
        take(c, STR("t"));
        if (*timed || !take_time(c, &seconds, &bare))
            break;
        *timed = true;
        out->number = seconds;
        if (cursor_char(c) == '.') { /* fractions of a second */
            c->at++;
            size_t n = digits_ahead(c);
            if (n == 0 || n > 9)
                return false;
            c->at += n;
        }
        if (!take(c, STR("+08:00")))
            take(c, STR("+0800"));
    }
    return cursor_done(c);
}

static bool spell(str text, spelling *out)
{
    fold_room room;
    str folded;
    if (!fold_cell(text, FOLD_SPACES, &room, &folded))
        return false;
    cursor c = cursor_of(folded);
    out->number = 0;
    if (take_serial(&c, out))
        return true;
    int32_t weekday, before = 0;
    bool timed;
    c = cursor_of(folded);
    if (take_weekday(&c, &before))
        blank(&c);
    if (!take_date(&c, &out->a, &out->b, &out->c) || !take_rest(&c, out, &weekday, &timed))
        return false;
    if (before && weekday)
        return false;
    weekday = weekday ? weekday : before;
    if (weekday && out->a && civil_weekday(civil_days(out->a, out->b, out->c)) != weekday)
        return false;
    out->form = (uint8_t)(1 + weekday); /* 1: none said */
    return true;
}

bool spell_date(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    return spell(text, out);
}

bool spell_date_time(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    return spell(text, out);
}

/* The year of a month in a school year: September to December belong to its first. August could be the end of one school
 * year or the start of the next, so it has none. */
static reader_failure find_day(const spelling *s, const reader_context *context, int32_t *days)
{
    int year = s->a;
    if (s->b == 0)
        return READER_NEEDS_DATE;
    if (!year && context->school_year) {
        if (s->b == 8)
            return READER_NEEDS_DATE;
        year = s->b >= 9 ? context->school_year : context->school_year + 1;
    }
    if (!year)
        year = context->default_year;
    if (!year)
        return READER_NEEDS_DATE;
    if (!civil_valid(year, s->b, s->c))
        return READER_UNREADABLE;
    *days = civil_days(year, s->b, s->c);
    if (s->form > 1 && civil_weekday(*days) != s->form - 1)
        return READER_UNREADABLE;
    return READER_FINE;
}

reader_failure value_of_date(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)field, (void)scratch, (void)high;
    int32_t days;
    reader_failure failure = find_day(s, context, &days);
    if (failure == READER_FINE)
        *out = value_date(days);
    return failure;
}

reader_failure value_of_date_time(const schema_field *field, const spelling *s, const reader_context *context,
                                  arena *scratch, value *out, value *high)
{
    (void)field, (void)scratch, (void)high;
    int32_t days;
    reader_failure failure = find_day(s, context, &days);
    if (failure == READER_FINE)
        *out = (value){.kind = VALUE_TIMESTAMP, .as.i = (int64_t)days * 86400 + (int64_t)s->number};
    return failure;
}
