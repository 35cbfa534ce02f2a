/*
 * Wordings of values; see show.h.
 */
#include "schema/show.h"

#include "base/civil.h"
#include "base/messages.h"
#include "base/number.h"

static bool show_grade(value v, policy_language language, buffer *out)
{
    static const char *const numerals[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"};
    if (v.kind != VALUE_INT || v.as.i < 1 || v.as.i > 12) {
        return false;
    }
    char digits[NUMBER_TEXT];
    str number =
        language == POLICY_LANGUAGE_ZH ? str_of(numerals[v.as.i - 1]) : (str){digits, number_write_int(digits, v.as.i)};
    message_write(out, MESSAGE_HEADROOM_GRADE, language, &number, 1);
    return true;
}

void day_show(int32_t day, policy_language language, buffer *out)
{
    char iso[16];
    int year, month, date;
    if (language == POLICY_LANGUAGE_EN) {
        buffer_put(out, (str){iso, civil_write(iso, day)});
        return;
    }
    civil_split(day, &year, &month, &date);
    buffer_put_int(out, month);
    buffer_put_c(out, "月");
    buffer_put_int(out, date);
    buffer_put_c(out, "日");
}

bool field_show(const schema_field *f, value v, policy_language language, buffer *out)
{
    if (f->reader == READER_GRADE) {
        return show_grade(v, language, out);
    }
    for (uint32_t i = 0; v.kind == VALUE_STRING && language == POLICY_LANGUAGE_ZH && i < f->value_count; i++) {
        if (str_equal(f->values[i].code, value_text(v)) && f->values[i].alias_count > 0) {
            buffer_put(out, f->values[i].aliases[0]);
            return true;
        }
    }
    return false;
}

const char *unit_word(str unit, policy_language language)
{
    static const char *const words[][3] = {{"min", "分钟", "min"}, {"h", "小时", "h"}, {"days", "天", "days"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_equal(unit, str_of(words[i][0]))) {
            return words[i][language == POLICY_LANGUAGE_ZH ? 1 : 2];
        }
    }
    return unit.data ? unit.data : "";
}

void unit_show(str unit, policy_language language, buffer *out)
{
    if (unit.size > 0) {
        buffer_put_c(out, language == POLICY_LANGUAGE_EN ? " " : "");
        buffer_put_c(out, unit_word(unit, language));
    }
}
