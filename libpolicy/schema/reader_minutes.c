/*
 * How long something takes, in whole minutes.
 *
 *     30  30分钟  30min  30'  半小时  1小时  一个半小时  1小时20分  1.5h  一刻钟  0:30:00  20-30分钟  半小时到1小时
 *     约20分钟  20分钟左右  ≤20  不超过20分钟  20分钟以内
 *
 * A range is its midpoint, and its upper end besides. Minutes are whole: a midpoint or a conversion that is not is
 * rounded half up (25.5 is 26), towards the longer time, so that rounding never hides a minute. 20分钟以上 has no upper
 * end and is not read, nor is anything per day, per child or with a sum in it. A number without a unit has the unit of
 * the header, else the field's, else minutes. Spelling: a minutes, b the upper end.
 */
#include "schema/readers.h"

#define MINUTES_MAX 1000000

static const char *const about_words[] = {"大约",   "大概", "约为", "约",     "预计", "左右", "不超过", "不多于",
                                          "不大于", "最多", "至多", "控制在", "<=",   "≤",    "<",      "~"};
static const char *const after_words[] = {"左右", "以内", "之内", "以下", "内", "上下"};
static const char *const minute_words[] = {"分钟", "minutes", "minute", "mins", "min", "分", "m", "'"};
static const char *const hour_words[] = {"小时", "个小时", "钟头", "个钟头", "hours", "hour", "hrs", "hr", "h"};
static const char *const half_hour_words[] = {"半个小时", "半小时", "半个钟头", "半钟头"};
static const char *const until_words[] = {"--", "-", "~", "至", "到"};

static bool take_number(cursor *c, double *out)
{
    int32_t whole;
    if (take_decimal(c, out))
        return true;
    if (digits_ahead(c) || !take_numeral(c, &whole))
        return false;
    *out = whole;
    return true;
}

/* One duration. *unit: minutes of its unit; 0 when it names none. */
static bool take_duration(cursor *c, double *minutes, double *unit)
{
    cursor at = *c;
    double number;
    *unit = 1;
    if (TAKE_ANY(&at, half_hour_words, NULL)) {
        *minutes = 30;
        *c = at;
        return true;
    }
    int32_t quarters;
    if (take_numeral(&at, &quarters) && (take(&at, STR("刻钟")) || take(&at, STR("个刻钟")))) {
        if (quarters < 1 || quarters > 3)
            return false;
        *minutes = quarters * 15;
        *c = at;
        return true;
    }
    at = *c;
    if (!take_number(&at, &number))
        return false;
    cursor after = at;
    if (take(&after, STR("个半小时")) || take(&after, STR("个半钟头")) || take(&after, STR("小时半"))) {
        *minutes = number * 60 + 30;
        *c = after;
        return true;
    }
    if (TAKE_ANY(&at, hour_words, NULL)) {
        double rest;
        *unit = 60;
        *minutes = number * 60;
        after = at;
        take(&after, STR("零"));
        take(&after, STR("又"));
        if (take(&after, STR("半"))) {
            *minutes += 30;
            at = after;
        } else if (take(&after, STR("一刻钟"))) {
            *minutes += 15;
            at = after;
        } else if (take_number(&after, &rest) && TAKE_ANY(&after, minute_words, NULL)) {
            if (rest >= 60)
                return false;
            *minutes += rest;
            at = after;
        }
        *c = at;
        return true;
    }
    if (cursor_char(&at) == ':') { /* 0:30:00, 1:20:00; 0:30 */
        int32_t minute, second = 0;
        at.at++;
        if (!take_digits(&at, 2, 2, &minute) || minute > 59)
            return false;
        bool full = take(&at, STR(":"));
        if (full && (!take_digits(&at, 2, 2, &second) || second > 59))
            return false;
        if ((!full && number > 0) || number > 23 || number != (double)(int32_t)number)
            return false; /* 1:20 is minutes and seconds to some */
        *minutes = number * 60 + minute + second / 60.0;
        *c = at;
        return true;
    }
    if (!TAKE_ANY(&at, minute_words, NULL))
        *unit = 0;
    *minutes = number;
    *c = at;
    return true;
}

static bool half_up(double minutes, int32_t *out)
{
    if (!(minutes >= 0) || minutes > MINUTES_MAX)
        return false;
    *out = (int32_t)(minutes + 0.5 + 1e-9);
    return true;
}

bool spell_minutes(const schema_field *field, str text, str unit, spelling *out)
{
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    double bare_unit = 1;
    str header_unit = unit.size ? unit : field->unit;
    if (str_equal(header_unit, STR("小时")) || str_equal(header_unit, STR("h")))
        bare_unit = 60;

    cursor c = cursor_of(folded);
    bool about = TAKE_ANY(&c, about_words, NULL);
    if (about && str_starts(folded, STR("控制在")))
        TAKE_ANY(&c, about_words, NULL);
    double low, high, low_unit, high_unit;
    if (!take_duration(&c, &low, &low_unit))
        return false;
    bool range = TAKE_ANY(&c, until_words, NULL);
    if (range) {
        if (!take_duration(&c, &high, &high_unit))
            return false;
        if (low_unit == 0 && high_unit != 0)
            low_unit = high_unit, low *= high_unit; /* 1-2小时 */
        else if (low_unit != 0 && high_unit == 0)
            return false; /* 20分钟-30: the second number may be anything */
        else if (low_unit == 0)
            low *= bare_unit, high *= bare_unit;
        if (high < low)
            return false;
    } else {
        if (low_unit == 0)
            low *= bare_unit;
        high = low;
    }
    if (TAKE_ANY(&c, after_words, NULL))
        about = true;
    if (!cursor_done(&c) || !half_up((low + high) / 2, &out->a) || !half_up(high, &out->b))
        return false;
    out->form = 1;
    out->note = range ? READER_NOTE_RANGE : about ? READER_NOTE_APPROXIMATE : READER_NOTE_NONE;
    return true;
}

reader_failure value_of_minutes(const schema_field *field, const spelling *s, const reader_context *context,
                                arena *scratch, value *out, value *high)
{
    (void)context, (void)scratch;
    if (field->type && field->type->kind == TYPE_DOUBLE) {
        *out = value_double(s->a);
        *high = value_double(s->b);
    } else {
        *out = value_int(s->a);
        *high = value_int(s->b);
    }
    return READER_FINE;
}
