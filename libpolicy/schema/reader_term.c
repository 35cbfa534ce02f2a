/*
 * School years, terms and weekdays.
 *
 *     2021-2022  2021—2022学年  2021-22学年  2021学年                          → "2021-2022"
 *     2021-2022-1  2021-2022学年第一学期  2021年秋季学期  上学期 (year known)  → "2021-2022-1"
 *     星期五  周五  礼拜五  五  5  Friday                                      → 5 (7 is Sunday)
 *
 * A bare 2021 is not read as a school year: some write its first year, others its last. A bare 0 is no weekday: some
 * count Sunday as 0, others Monday. Spelling: a start year (0: not said), b term.
 */
#include "schema/readers.h"

bool take_school_year(cursor *c, int32_t *start)
{
    cursor at = *c;
    int32_t end;
    if (!take_digits(&at, 4, 4, start) || *start < 1950 || *start > 2199)
        return false;
    static const char *const between[] = {"--", "-", "~", "/", "至"};
    cursor after = at;
    take(&after, STR("年"));
    if (TAKE_ANY(&after, between, NULL)) {
        size_t digits = digits_ahead(&after);
        if ((digits != 4 && digits != 2) || !take_digits(&after, digits, digits, &end))
            return false;
        if (end != (digits == 4 ? *start + 1 : (*start + 1) % 100))
            return false;
        take(&after, STR("年"));
        if (!take(&after, STR("学年度")))
            take(&after, STR("学年"));
        *c = after;
        return true;
    }
    if (!take(&at, STR("学年度")) && !take(&at, STR("学年")))
        return false;
    *c = at;
    return true;
}

bool spell_school_year(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    cursor c = cursor_of(folded);
    out->form = 1;
    return take_school_year(&c, &out->a) && cursor_done(&c);
}

static bool take_term(cursor *c, int32_t *term)
{
    static const char *const first[] = {"第一学期", "第1学期", "上学期", "秋季学期", "秋学期", "秋季", "秋", "上", "1"};
    static const char *const second[] = {"第二学期", "第2学期", "下学期", "春季学期", "春学期",
                                         "春季",     "春",      "下",     "2"};
    if (TAKE_ANY(c, first, NULL))
        *term = 1;
    else if (TAKE_ANY(c, second, NULL))
        *term = 2;
    else
        return false;
    return true;
}

bool spell_term(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    cursor c = cursor_of(folded);
    out->form = 1;
    if (take_school_year(&c, &out->a)) {
        take(&c, STR("-"));
        take(&c, STR("("));
        bool fits = take_term(&c, &out->b);
        take(&c, STR(")"));
        return fits && cursor_done(&c);
    }
    c = cursor_of(folded);
    int32_t year;
    if (take_digits(&c, 4, 4, &year) && year >= 1950 && year <= 2199) { /* 2021年秋季, 2022年春: a calendar year */
        take(&c, STR("年"));
        bool autumn = take(&c, STR("秋")), spring = !autumn && take(&c, STR("春"));
        if (!autumn && !spring)
            return false;
        take(&c, STR("季"));
        take(&c, STR("学期"));
        out->a = autumn ? year : year - 1;
        out->b = autumn ? 1 : 2;
        return cursor_done(&c);
    }
    c = cursor_of(folded);
    out->a = 0;
    return take_term(&c, &out->b) && cursor_done(&c);
}

static size_t write_year(char *out, int32_t start)
{
    size_t n = number_write_int(out, start);
    out[n++] = '-';
    return n + number_write_int(out + n, start + 1);
}

reader_failure value_of_school_year(const schema_field *field, const spelling *s, const reader_context *context,
                                    arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)high;
    char room[2 * NUMBER_TEXT];
    *out = value_made(scratch, (str){room, write_year(room, s->a)});
    return READER_FINE;
}

reader_failure value_of_term(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)high;
    if (field->type && field->type->kind == TYPE_INT) {
        *out = value_int(s->b);
        return READER_FINE;
    }
    int32_t start = s->a ? s->a : context->school_year;
    if (!start)
        return READER_NEEDS_DATE;
    char room[3 * NUMBER_TEXT];
    size_t n = write_year(room, start);
    room[n++] = '-';
    n += number_write_int(room + n, s->b);
    *out = value_made(scratch, (str){room, n});
    return READER_FINE;
}

bool take_weekday(cursor *c, int32_t *weekday)
{
    static const char *const english[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    cursor at = *c;
    bool bracket = take(&at, STR("("));
    for (int32_t i = 0; i < 7; i++) {
        str full = str_of(english[i]);
        if (take(&at, full) || take(&at, str_slice(full, 0, 3))) {
            *weekday = i + 1;
            goto found;
        }
    }
    if (!take(&at, STR("星期")) && !take(&at, STR("礼拜")) && !take(&at, STR("周")))
        return false;
    if (take(&at, STR("日")) || take(&at, STR("天"))) {
        *weekday = 7;
    } else if (digits_ahead(&at) == 1) {
        if (!take_digits(&at, 1, 1, weekday))
            return false;
    } else {
        uint32_t next = utf8_next(at.text, &at.at);
        *weekday = chinese_digit(next);
    }
    if (*weekday < 1 || *weekday > 7)
        return false;
found:
    if (bracket && !take(&at, STR(")")))
        return false;
    *c = at;
    return true;
}

bool spell_weekday(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    cursor c = cursor_of(folded);
    out->form = 1;
    if (take_weekday(&c, &out->a) && cursor_done(&c))
        return true;
    if (str_equal(folded, STR("日")) || str_equal(folded, STR("天"))) {
        out->a = 7;
        return true;
    }
    c = cursor_of(folded);
    return take_numeral(&c, &out->a) && cursor_done(&c) && out->a >= 1 && out->a <= 7;
}

reader_failure value_of_weekday(const schema_field *field, const spelling *s, const reader_context *context,
                                arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)scratch, (void)high;
    *out = value_int(s->a);
    return READER_FINE;
}
