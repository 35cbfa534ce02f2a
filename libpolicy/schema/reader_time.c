/*
 * Times of day, as durations since midnight.
 *
 *     17:30  17：30:00  17时30分  17点半  17点一刻  下午5:30  晚上8点  5:30pm  173000  1730  0.729167 (Excel)
 *     16:00-17:30 (a field that has somewhere to put the upper end)
 *
 * A bare 5:30 is half past five in the morning, unless the context, or a range of the field that begins at noon or later,
 * says that only the afternoon can be meant; the spelling carries a note then. Spelling: form 1 one time, form 2 a range;
 * a seconds, b seconds of the upper end, c bits of which end is a bare morning.
 */
#include "schema/readers.h"

enum { TIME_ONE = 1, TIME_RANGE = 2 };

static const char *const morning[] = {"上午", "早上", "早晨", "凌晨", "清晨", "早", "am"};
static const char *const afternoon[] = {"下午", "傍晚", "晚上", "晚间", "夜间", "晚", "pm"};
static const char *const noon[] = {"中午", "正午"};

static bool take_minutes_after(cursor *c, int32_t *minutes, int32_t *seconds)
{
    *minutes = *seconds = 0;
    if (take(c, STR("半"))) {
        *minutes = 30;
    } else if (take(c, STR("一刻"))) {
        *minutes = 15;
        take(c, STR("钟"));
    } else if (take(c, STR("三刻"))) {
        *minutes = 45;
        take(c, STR("钟"));
    } else if (!take(c, STR("整"))) {
        cursor at = *c;
        take(&at, STR("过"));
        if (!take_numeral(&at, minutes)) {
            *minutes = 0;
            take(c, STR("钟"));
            return true;
        }
        if (*minutes > 59)
            return false;
        if (take(&at, STR("分"))) {
            cursor after = at;
            if (take_numeral(&after, seconds) && take(&after, STR("秒")))
                at = after;
            else
                *seconds = 0;
        }
        *c = at;
    }
    return *seconds <= 59;
}

bool take_time(cursor *c, int32_t *seconds, bool *bare_morning)
{
    cursor at = *c;
    int32_t hour, minute = 0, second = 0;
    bool is_morning = TAKE_ANY(&at, morning, NULL);
    bool is_afternoon = !is_morning && TAKE_ANY(&at, afternoon, NULL);
    bool is_noon = !is_morning && !is_afternoon && TAKE_ANY(&at, noon, NULL);
    take(&at, STR(" "));
    size_t digits = digits_ahead(&at);
    if (digits == 6 || digits == 4) { /* 173000, 1730 */
        int32_t number;
        if (!take_digits(&at, digits, digits, &number))
            return false;
        if (digits == 4)
            number *= 100;
        hour = number / 10000, minute = number / 100 % 100, second = number % 100;
    } else {
        if (!take_numeral(&at, &hour))
            return false;
        if (take(&at, STR("点")) || take(&at, STR("时"))) {
            if (!take_minutes_after(&at, &minute, &second))
                return false;
        } else if (take(&at, STR(":"))) {
            if (!take_digits(&at, 2, 2, &minute))
                return false;
            if (take(&at, STR(":")) && !take_digits(&at, 2, 2, &second))
                return false;
        } else {
            return false;
        }
    }
    cursor after = at;
    take(&after, STR(" "));
    bool suffix_am = take(&after, STR("am")) || take(&after, STR("a.m."));
    bool suffix_pm = !suffix_am && (take(&after, STR("pm")) || take(&after, STR("p.m.")));
    if (suffix_am || suffix_pm) {
        if (is_morning || is_afternoon || is_noon || hour < 1 || hour > 12)
            return false;
        is_morning = suffix_am, is_afternoon = suffix_pm;
        if (hour == 12)
            hour = suffix_am ? 0 : 12;
        at = after;
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    if (is_morning && hour > 12)
        return false;
    if (is_noon && (hour < 11 || hour > 14)) {
        if (hour < 1 || hour > 2)
            return false;
        hour += 12;
    }
    if (is_afternoon && hour < 12)
        hour += 12;
    *bare_morning = !is_morning && !is_afternoon && !is_noon && hour >= 1 && hour <= 7 && digits < 4 &&
                    !(digits == 2 && c->text.data[c->at] == '0'); /* 05:30 is written by a 24-hour clock */
    *seconds = hour * 3600 + minute * 60 + second;
    *c = at;
    return true;
}

/* A whole minute where one lies within the precision of the digits (0.729 is 17:30), else the nearest second. */
bool excel_fraction(str digits, int32_t *seconds)
{
    const char *point = digits.size ? memchr(digits.data, '.', digits.size) : NULL;
    if (!point)
        return false;
    size_t from = (size_t)(point - digits.data) + 1, count = digits.size - from;
    if (count == 0 || count > 18)
        return false;
    double fraction = 0, scale = 1;
    for (size_t i = from; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        scale /= 10;
        fraction += (digits.data[i] - '0') * scale;
    }
    double exact = fraction * 86400, slack = scale * 43200 + 0.5;
    double minute = (double)(int64_t)(exact / 60 + 0.5) * 60;
    double nearest = exact - minute > slack || minute - exact > slack ? (double)(int64_t)(exact + 0.5) : minute;
    if (nearest >= 86400)
        return false;
    *seconds = (int32_t)nearest;
    return true;
}

bool spell_time(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    fold_room room;
    str folded;
    if (!fold_cell(text, FOLD_SPACES, &room, &folded))
        return false;
    cursor c = cursor_of(folded);
    if (str_starts(folded, STR("0."))) {
        out->form = TIME_ONE;
        return excel_fraction(folded, &out->a);
    }
    bool bare;
    if (!take_time(&c, &out->a, &bare))
        return false;
    out->c = bare;
    out->form = TIME_ONE;
    if (cursor_done(&c))
        return true;
    static const char *const until[] = {"--", "-", "~~", "~", "至", "到"};
    take(&c, STR(" "));
    if (!TAKE_ANY(&c, until, NULL))
        return false;
    take(&c, STR(" "));
    if (!take_time(&c, &out->b, &bare) || !cursor_done(&c))
        return false;
    /* 下午4:00-5:30: the half of the day is said once. */
    if (bare && !(out->c & 1) && out->a >= 12 * 3600 && out->b < out->a) {
        out->b += 12 * 3600;
        bare = false;
    }
    out->c |= bare ? 2 : 0;
    out->form = TIME_RANGE;
    return out->b >= out->a || bare;
}

static value at_time(int32_t seconds, bool bare, bool shift)
{
    return value_duration(seconds + (bare && shift ? 12 * 3600 : 0), 0);
}

reader_failure value_of_time(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)scratch;
    bool shift = context->afternoon || (field->has_minimum && field->minimum.kind == VALUE_DURATION &&
                                        field->minimum.as.i >= (int64_t)12 * 3600);
    *out = at_time(s->a, s->c & 1, shift);
    if (s->form == TIME_RANGE) {
        if (field->high_field < 0)
            return READER_AMBIGUOUS; /* two times, one place */
        *high = at_time(s->b, (s->c & 2) != 0, shift);
        if (high->as.i < out->as.i)
            return READER_UNREADABLE;
    }
    return READER_FINE;
}
