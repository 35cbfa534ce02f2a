/*
 * Readers: what each spelling means, under both school systems, and what must not be read.
 *
 * Every table row is one cell as a school wrote it and the value it must get, written canonically; "!" and a word is the
 * reason why it has none.
 */
#include "base/civil.h"
#include "base/number.h"
#include "schema/reader.h"
#include "schema/schema.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *failure_name(reader_failure f)
{
    static const char *const names[] = {"fine",           "!unreadable", "!range",    "!system",
                                        "!not-in-system", "!date",       "!ambiguous"};
    return names[f];
}

static size_t write_value(char *out, value v, const schema_field *field)
{
    int64_t s;
    switch (v.kind) {
    case VALUE_INT:
        return number_write_int(out, v.as.i);
    case VALUE_DOUBLE:
        return number_write_double(out, v.as.d);
    case VALUE_BOOL:
        return (size_t)sprintf(out, v.as.b ? "true" : "false");
    case VALUE_STRING:
        memcpy(out, v.as.text, v.size);
        return v.size;
    case VALUE_DATE:
        return civil_write(out, (int32_t)v.as.i);
    case VALUE_DURATION:
        s = v.as.i;
        return (size_t)sprintf(out, s % 60 ? "%02d:%02d:%02d" : "%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60),
                               (int)(s % 60));
    case VALUE_TIMESTAMP: {
        size_t n = civil_write(out, (int32_t)(v.as.i / 86400));
        s = v.as.i % 86400;
        return n + (size_t)sprintf(out + n, "T%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    }
    case VALUE_LIST: {
        size_t n = 0;
        for (size_t i = 0; i < v.as.list->count; i++) {
            if (i)
                out[n++] = '|';
            n += write_value(out + n, v.as.list->items[i], field);
        }
        return n;
    }
    default:
        return (size_t)sprintf(out, "kind %d", v.kind);
    }
}

static char shown[512], upper[64];

static const char *read_with(const schema_field *field, const char *text, str unit, const reader_context *context)
{
    static char memory[1];
    (void)memory;
    arena scratch;
    arena_init(&scratch, &allocator_system, 0);
    spelling s;
    value v, high;
    reader_spell(field, str_of(text), unit, &s);
    reader_failure failure = reader_value(field, &s, context, &scratch, &v, &high);
    upper[0] = '\0';
    if (failure == READER_FINE) {
        shown[write_value(shown, v, field)] = '\0';
        if (high.kind != VALUE_NULL)
            upper[write_value(upper, high, field)] = '\0';
    } else {
        strcpy(shown, failure_name(failure));
    }
    arena_free(&scratch);
    return shown;
}

static schema_field field_of(reader_kind kind)
{
    return (schema_field){.name = STR("f"), .reader = kind, .high_field = -1, .also_from = -1};
}

typedef struct row {
    const char *text, *expected;
} row;

static void check(const schema_field *field, const reader_context *context, const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = read_with(field, rows[i].text, str_none, context);
        cr_expect_str_eq(got, rows[i].expected, "[%s] gave %s, not %s", rows[i].text, got, rows[i].expected);
    }
}
#define CHECK(field, context, rows) check(&(field), &(context), rows, sizeof(rows) / sizeof *(rows))

/* --- grades ----------------------------------------------------------------------------------------------------------- */

static const reader_context five_four = {.primary_years = 5, .junior_years = 4, .school_year = 2021};
static const reader_context six_three = {.primary_years = 6, .junior_years = 3, .school_year = 2021};
static const reader_context nothing = {0};

Test(grade, means_the_same_under_both_systems_when_it_counts_from_the_first_year)
{
    static const row rows[] = {
        {"一年级", "1"},
        {"三年级", "3"},
        {"3年级", "3"},
        {"３年级", "3"},
        {" 三 年 级 ", "3"},
        {"　三年级　", "3"},
        {"六年级", "6"},
        {"七年级", "7"},
        {"九年级", "9"},
        {"7年级", "7"},
        {"十年级", "10"},
        {"1", "1"},
        {"9", "9"},
        {"09", "9"},
        {"3.0", "3"},
        {"三", "3"},
        {"６年级１班", "6"},
        {"6年级1班", "6"},
        {"六（1）班", "6"},
        {"六(1)班", "6"},
        {"六（一）班", "6"},
        {"601班", "6"},
        {"601", "6"},
        {"6.1", "6"},
        {"6-1", "6"},
        {"302", "3"},
        {"三(2)班", "3"},
        {"三（2）", "3"},
        {"三2班", "3"},
        {"三二班", "3"},
        {"六一班", "6"},
        {"三年2班", "3"},
        {"三年二班", "3"},
        {"三年级(2)", "3"},
        {"三年级二班", "3"},
        {"三年级第2班", "3"},
        {"小三", "3"},
        {"小学三年级", "3"},
        {"小学部三年级", "3"},
        {"小三(2)班", "3"},
        {"初中七年级", "7"},
        {"初中八年级3班", "8"},
        {"高一", "10"},
        {"高中三年级", "12"},
        {"1201", "!unreadable"},
        {"三年级②班", "3"},
        {"初中部九年级", "9"},
        {"12", "12"},
        {"13", "!unreadable"},
        {"0", "!unreadable"},
        {"２０２１级", "!ambiguous"},
    };
    schema_field grade = field_of(READER_GRADE);
    CHECK(grade, five_four, rows);
    CHECK(grade, six_three, rows);
}

Test(grade, of_junior_school_counts_from_the_schools_own_last_primary_year)
{
    static const row five[] = {
        {"初一", "6"},
        {"初二", "7"},
        {"初三", "8"},
        {"初四", "9"},
        {"初1", "6"},
        {"初一(2)班", "6"},
        {"初一2班", "6"},
        {"初一一班", "6"},
        {"初三十班", "8"},
        {"初中一年级", "6"},
        {"初中1年级", "6"},
        {"初中一(3)班", "6"},
        {"初中四年级", "9"},
        {"小六", "!not-in-system"},
        {"小学六年级", "!not-in-system"},
        {"预初", "6"},
        {"预备年级", "6"},
        {"初中预备班", "6"},
        {"预初(3)班", "6"},
        {"初中六年级", "6"},
        {"初中（五四制）六年级", "6"},
        {"六年级（五四学制）", "6"},
        {"初五", "!unreadable"},
        {"初一(六三制)", "!ambiguous"},
    };
    static const row six[] = {
        {"初一", "7"},
        {"初二", "8"},
        {"初三", "9"},
        {"初四", "!not-in-system"},
        {"初中一年级", "7"},
        {"初中1年级2班", "7"},
        {"小六", "6"},
        {"小学六年级", "6"},
        {"小六(2)班", "6"},
        {"预初", "!not-in-system"},
        {"初中六年级", "!not-in-system"},
        {"初一（六三制）", "7"},
        {"初一(五四制)", "!ambiguous"},
    };
    static const row unknown[] = {
        {"初一", "!system"},
        {"初三", "!system"},
        {"小六", "!system"},
        {"预初", "!system"},
        {"小三", "3"},
        {"三年级", "3"},
        {"六年级", "6"},
        {"初中七年级", "7"},
        {"初中六年级", "!system"},
        {"初一(五四制)", "6"},
        {"初一（六三学制）", "7"},
    };
    schema_field grade = field_of(READER_GRADE);
    CHECK(grade, five_four, five);
    CHECK(grade, six_three, six);
    CHECK(grade, nothing, unknown);
}

Test(grade, of_a_cohort_needs_the_school_year_and_a_stage)
{
    schema_field grade = field_of(READER_GRADE);
    reader_context primary5 = {.primary_years = 5, .junior_years = 4, .stage = 1, .school_year = 2021};
    reader_context junior5 = {.primary_years = 5, .junior_years = 4, .stage = 2, .school_year = 2021};
    reader_context junior6 = {.primary_years = 6, .junior_years = 3, .stage = 2, .school_year = 2021};
    reader_context no_year = {.primary_years = 5, .junior_years = 4, .stage = 1};
    static const row in_primary[] = {{"2021级", "1"}, {"2017级", "5"},      {"2016级", "!range"}, {"2022级", "!range"},
                                     {"21级", "1"},   {"2020级3班", "2"},   {"2020级(3)班", "2"}, {"2022届", "5"},
                                     {"2026届", "1"}, {"2027届", "!range"}, {"初中2021级", "6"},  {"小学2019级", "3"}};
    static const row in_junior5[] = {{"2021级", "6"}, {"2018级", "9"}, {"2017级", "!range"},
                                     {"2022届", "9"}, {"2025届", "6"}, {"2023届", "8"}};
    static const row in_junior6[] = {
        {"2021级", "7"}, {"2019级", "9"}, {"2018级", "!range"}, {"2022届", "9"}, {"2024届", "7"}};
    static const row undated[] = {{"2021级", "!date"}};
    static const row no_stage[] = {{"2021级", "!ambiguous"}, {"2025届", "!ambiguous"}, {"高2021级", "10"}};
    CHECK(grade, primary5, in_primary);
    CHECK(grade, junior5, in_junior5);
    CHECK(grade, junior6, in_junior6);
    CHECK(grade, no_year, undated);
    CHECK(grade, five_four, no_stage);
}

Test(grade, is_not_guessed)
{
    static const row rows[] = {
        {"2班", "!unreadable"},        {"(2)班", "!unreadable"},    {"一、二年级", "!unreadable"},
        {"3-5年级", "!unreadable"},    {"全校", "!unreadable"},     {"年级", "!unreadable"},
        {"三年", "!unreadable"},       {"六十一班", "!unreadable"}, {"2021", "!unreadable"},
        {"三年级语文", "!unreadable"}, {"十一班", "!unreadable"},   {"-3", "!unreadable"},
        {"初", "!unreadable"},         {"级", "!unreadable"},       {"13年级", "!unreadable"},
        {"", "!unreadable"},           {"301.5", "!unreadable"},    {"\xFF", "!unreadable"},
    };
    schema_field grade = field_of(READER_GRADE);
    CHECK(grade, five_four, rows);
}

Test(grade, respects_the_fields_range)
{
    schema_field grade = field_of(READER_GRADE);
    grade.has_maximum = true;
    grade.maximum = value_int(9);
    static const row rows[] = {{"九年级", "9"}, {"高一", "!range"}, {"10", "!range"}};
    CHECK(grade, five_four, rows);
}

/* --- classes ---------------------------------------------------------------------------------------------------------- */

Test(class, has_one_spelling_for_each_number)
{
    static const row rows[] = {
        {"2班", "2班"},       {"(2)班", "2班"},     {"（2）班", "2班"}, {"（２）班", "2班"},
        {"二班", "2班"},      {"2", "2班"},         {"２", "2班"},      {"02", "2班"},
        {"2.0", "2班"},       {"②", "2班"},         {"②班", "2班"},     {"⑵班", "2班"},
        {"第2班", "2班"},     {"三年级2班", "2班"}, {"三(2)班", "2班"}, {"三年级（二）班", "2班"},
        {"302", "2班"},       {"302班", "2班"},     {"六一班", "1班"},  {"十一班", "11班"},
        {"二十一班", "21班"}, {"6.1", "1班"},       {"初一2班", "2班"}, {"2021级3班", "3班"},
        {"十班", "10班"},     {"(2)", "2班"},       {"三年2班", "2班"}, {" 2 班 ", "2班"},
        {"(2班)", "2班"},
    };
    schema_field class = field_of(READER_CLASS);
    CHECK(class, five_four, rows);
}

Test(class, keeps_a_name_as_written_apart_from_width_and_space)
{
    static const row rows[] = {
        {"实验班", "实验班"},        {"2101班", "2101班"},     {"Ａ班", "A班"},
        {" 向日葵 班 ", "向日葵班"}, {"六十一班", "六十一班"}, {"三年级", "三年级"},
    };
    schema_field class = field_of(READER_CLASS);
    CHECK(class, five_four, rows);
}

/* --- dates ------------------------------------------------------------------------------------------------------------ */

Test(date, is_read_in_every_full_spelling)
{
    static const row rows[] = {
        {"2021-11-19", "2021-11-19"},
        {"2021/11/19", "2021-11-19"},
        {"2021.11.19", "2021-11-19"},
        {"2021年11月19日", "2021-11-19"},
        {"20211119", "2021-11-19"},
        {"2021-1-9", "2021-01-09"},
        {"2021/1/9", "2021-01-09"},
        {"２０２１－１１－１９", "2021-11-19"},
        {"44519", "2021-11-19"},
        {"44519.0", "2021-11-19"},
        {"44519.75", "2021-11-19"},
        {"2021-11-19 星期五", "2021-11-19"},
        {"2021-11-19(周五)", "2021-11-19"},
        {"2021年11月19日（星期五）", "2021-11-19"},
        {"2021/11/19周五", "2021-11-19"},
        {"星期五 2021-11-19", "2021-11-19"},
        {"2021-11-19 00:00:00", "2021-11-19"},
        {"2021-11-19T08:30:00", "2021-11-19"},
        {"2021/11/19 8:30", "2021-11-19"},
        {"二〇二一年十一月十九日", "2021-11-19"},
        {"2021年11月19", "2021-11-19"},
        {"2021年11月19号", "2021-11-19"},
        {"2021 年 11 月 19 日", "2021-11-19"},
        {"11/19/2021", "2021-11-19"},
        {"2020-02-29", "2020-02-29"},
        {"2021-11-19T08:30:00+08:00", "2021-11-19"},
        {"36526", "2000-01-01"},
        {"2021—11—19", "2021-11-19"},
    };
    schema_field date = field_of(READER_DATE);
    CHECK(date, nothing, rows);
}

Test(date, takes_its_year_from_the_school_year)
{
    static const row rows[] = {
        {"11月19日", "2021-11-19"},
        {"11/19", "2021-11-19"},
        {"11.19", "2021-11-19"},
        {"3月1日", "2022-03-01"},
        {"1-5", "2022-01-05"},
        {"9月1日", "2021-09-01"},
        {"11月19日星期五", "2021-11-19"},
        {"11月19日星期六", "!unreadable"},
        {"8月30日", "!date"},
        {"19日", "!date"},
        {"十一月十九日", "2021-11-19"},
        {"2月29日", "!unreadable"},
    };
    static const row yearless[] = {{"11月19日", "!date"}, {"11.19", "!date"}};
    static const row of_default[] = {{"11月19日", "2023-11-19"}, {"2月28日", "2023-02-28"}};
    schema_field date = field_of(READER_DATE);
    reader_context by_default = {.default_year = 2023};
    CHECK(date, five_four, rows);
    CHECK(date, nothing, yearless);
    CHECK(date, by_default, of_default);
}

Test(date, is_not_guessed)
{
    static const row rows[] = {
        {"2021-02-29", "!unreadable"},
        {"2021-13-01", "!unreadable"},
        {"20211319", "!unreadable"},
        {"202109", "!unreadable"},
        {"21-11-19", "!unreadable"},
        {"3/4/2021", "!unreadable"},
        {"12345", "!unreadable"},
        {"2021-11-19 星期三", "!unreadable"},
        {"2021", "!unreadable"},
        {"明天", "!unreadable"},
        {"2021-11-19至2021-11-20", "!unreadable"},
        {"2021-11/19", "!unreadable"},
        {"99999", "!unreadable"},
        {"2021-11-19Z", "!unreadable"},
        {"0", "!unreadable"},
        {"2021-11-19T01:00:00Z", "!unreadable"},
        {"2021-11-32", "!unreadable"},
        {"星期五", "!unreadable"},
    };
    schema_field date = field_of(READER_DATE);
    CHECK(date, five_four, rows);
}

Test(date_time, keeps_the_wall_clock)
{
    static const row rows[] = {
        {"2021-11-19 18:05", "2021-11-19T18:05:00"},
        {"2021-11-19T18:05:09+08:00", "2021-11-19T18:05:09"},
        {"2021年11月19日 下午6:05", "2021-11-19T18:05:00"},
        {"2021-11-19", "2021-11-19T00:00:00"},
        {"44519.75", "2021-11-19T18:00:00"},
        {"2021-11-19 星期五 18:05", "2021-11-19T18:05:00"},
        {"2021/11/19 18:05:09.123", "2021-11-19T18:05:09"},
        {"2021-11-19T18:05:09Z", "!unreadable"},
    };
    schema_field date = field_of(READER_DATE_TIME);
    CHECK(date, nothing, rows);
}

/* --- times ------------------------------------------------------------------------------------------------------------ */

Test(time, is_read_in_every_spelling)
{
    static const row rows[] = {
        {"17:30", "17:30"},        {"17：30", "17:30"},    {"１７：３０", "17:30"},  {"17:30:00", "17:30"},
        {"17时30分", "17:30"},     {"17点半", "17:30"},    {"17点30分", "17:30"},    {"17点30", "17:30"},
        {"17点", "17:00"},         {"17时", "17:00"},      {"17点整", "17:00"},      {"17点一刻", "17:15"},
        {"17点三刻", "17:45"},     {"下午5:30", "17:30"},  {"下午5点半", "17:30"},   {"下午5时30分", "17:30"},
        {"晚上8点", "20:00"},      {"上午8:20", "08:20"},  {"早上7:50", "07:50"},    {"中午12:30", "12:30"},
        {"中午1点", "13:00"},      {"5:30pm", "17:30"},    {"5:30 PM", "17:30"},     {"12:00 am", "00:00"},
        {"173000", "17:30"},       {"1730", "17:30"},      {"0.729167", "17:30"},    {"0.729", "17:30"},
        {"0.72917", "17:30"},      {"0.7284722", "17:29"}, {"17:29:59", "17:29:59"}, {"5:30", "05:30"},
        {"十七点三十分", "17:30"}, {"五点半", "05:30"},    {"0:00", "00:00"},        {"23:59", "23:59"},
        {"下午 5:30", "17:30"},    {"17∶30", "17:30"},
    };
    schema_field time = field_of(READER_TIME);
    CHECK(time, nothing, rows);
}

Test(time, in_the_afternoon_is_said_by_the_field)
{
    static const row rows[] = {{"5:30", "17:30"}, {"17:30", "17:30"}, {"上午5:30", "05:30"},
                               {"8:00", "08:00"}, {"05:30", "05:30"}, {"五点半", "17:30"}};
    schema_field time = field_of(READER_TIME);
    reader_context service = {.afternoon = true};
    CHECK(time, service, rows);
    time.has_minimum = true;
    time.minimum = value_duration(12 * 3600, 0);
    static const row ranged[] = {{"5:30", "17:30"}, {"12:00", "12:00"}, {"11:59", "!range"}, {"上午5:30", "!range"}};
    CHECK(time, nothing, ranged);
}

Test(time, of_a_range_fills_two_fields)
{
    schema_field time = field_of(READER_TIME);
    static const row rows[] = {{"16:00-17:30", "16:00"},      {"16:00—17:30", "16:00"},   {"16:00~17:30", "16:00"},
                               {"16:00至17:30", "16:00"},     {"下午4:00-5:30", "16:00"}, {"16：00 － 17：30", "16:00"},
                               {"17:30-16:00", "!unreadable"}};
    static const row alone[] = {{"16:00-17:30", "!ambiguous"}};
    CHECK(time, nothing, alone);
    time.high_field = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = read_with(&time, rows[i].text, str_none, &nothing);
        cr_expect_str_eq(got, rows[i].expected, "%s: %s", rows[i].text, got);
        if (rows[i].expected[0] != '!')
            cr_expect_str_eq(upper, "17:30", "%s: %s", rows[i].text, upper);
    }
}

Test(time, is_not_guessed)
{
    static const row rows[] = {{"24:00", "!unreadable"},  {"17:60", "!unreadable"},   {"17", "!unreadable"},
                               {"放学后", "!unreadable"}, {"1.5", "!unreadable"},     {"256000", "!unreadable"},
                               {"17:3", "!unreadable"},   {"13:00am", "!unreadable"}, {"17:30左右", "!unreadable"},
                               {"0.", "!unreadable"},     {"1", "!unreadable"}};
    schema_field time = field_of(READER_TIME);
    CHECK(time, nothing, rows);
}

/* --- minutes ---------------------------------------------------------------------------------------------------------- */

static void check_minutes(const char *text, const char *low, const char *high, int note)
{
    schema_field minutes = field_of(READER_MINUTES);
    const char *got = read_with(&minutes, text, str_none, &nothing);
    cr_expect_str_eq(got, low, "[%s] gave %s, not %s", text, got, low);
    if (low[0] == '!')
        return;
    cr_expect_str_eq(upper, high, "[%s] gave the upper end %s, not %s", text, upper, high);
    spelling s;
    reader_spell(&minutes, str_of(text), str_none, &s);
    cr_expect_eq(s.note, note, "note of [%s]", text);
}

Test(minutes, of_one_number_with_or_without_unit)
{
    static const row rows[] = {
        {"30", "30"},       {"３０", "30"},    {"30分钟", "30"},   {"30分", "30"},      {"30 min", "30"},
        {"30mins", "30"},   {"30'", "30"},     {"30′", "30"},      {"半小时", "30"},    {"半个小时", "30"},
        {"半个钟头", "30"}, {"1小时", "60"},   {"一小时", "60"},   {"1个小时", "60"},   {"一个半小时", "90"},
        {"1.5小时", "90"},  {"1.5h", "90"},    {"1h", "60"},       {"1小时20分", "80"}, {"1小时20分钟", "80"},
        {"1h30min", "90"},  {"1小时半", "90"}, {"一刻钟", "15"},   {"三刻钟", "45"},    {"0:30:00", "30"},
        {"1:20:00", "80"},  {"0:30", "30"},    {"二十分钟", "20"}, {"三十", "30"},      {"0", "0"},
        {"30.0", "30"},     {"12.5", "13"},    {"12.4", "12"},     {"600", "600"},      {"0.5小时", "30"},
        {"两小时", "120"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_minutes(rows[i].text, rows[i].expected, rows[i].expected, READER_NOTE_NONE);
}

Test(minutes, of_a_range_are_its_midpoint_and_its_upper_end)
{
    check_minutes("20-30分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("20~30", "25", "30", READER_NOTE_RANGE);
    check_minutes("20—30分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("２０－３０分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("20分钟-30分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("20至30分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("20到30分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("20-25分钟", "23", "25", READER_NOTE_RANGE); /* 22.5 half up */
    check_minutes("半小时-1小时", "45", "60", READER_NOTE_RANGE);
    check_minutes("1-2小时", "90", "120", READER_NOTE_RANGE);
    check_minutes("约20-30分钟", "25", "30", READER_NOTE_RANGE);
    check_minutes("30-20分钟", "!unreadable", "", 0);
    check_minutes("20分钟-30", "!unreadable", "", 0);
}

Test(minutes, said_loosely_are_the_number_named)
{
    static const char *const about[] = {"约20分钟",     "大约20分钟", "20分钟左右", "≤20",  "≤20分钟",    "<=20",
                                        "不超过20分钟", "20分钟以内", "20分钟内",   "＜20", "预计20分钟", "约20"};
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        check_minutes(about[i], "20", "20", READER_NOTE_APPROXIMATE);
    check_minutes("约半小时", "30", "30", READER_NOTE_APPROXIMATE);
}

Test(minutes, take_the_unit_of_the_header)
{
    schema_field minutes = field_of(READER_MINUTES);
    cr_expect_str_eq(read_with(&minutes, "1.5", STR("小时"), &nothing), "90");
    cr_expect_str_eq(read_with(&minutes, "30分钟", STR("小时"), &nothing), "30");
    cr_expect_str_eq(read_with(&minutes, "0.5-1", STR("小时"), &nothing), "45");
    cr_expect_str_eq(read_with(&minutes, "30", STR("分钟"), &nothing), "30");
}

Test(minutes, are_not_guessed)
{
    static const char *const texts[] = {"20分钟以上",   "≥20",  ">20",       "20+10", "30分钟/天", "每天30分钟",
                                        "语文20数学30", "适量", "-20",       "20,30", "1:20",      "abc",
                                        "30分钟30分钟", "20+",  "1小时70分", "",      "分钟",      "一会儿",
                                        "9999999",      "1e3",  "nan",       "0x10"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_minutes(texts[i], "!unreadable", "", 0);
}

Test(minutes, out_of_the_fields_range_are_not_read)
{
    schema_field minutes = field_of(READER_MINUTES);
    minutes.has_maximum = true;
    minutes.maximum = value_int(480);
    static const row rows[] = {{"480", "480"}, {"481", "!range"}, {"8小时", "480"}};
    CHECK(minutes, nothing, rows);
}

/* --- the others ------------------------------------------------------------------------------------------------------- */

static const str written_aliases[] = {STR_INIT("书面"), STR_INIT("书面作业")}, oral_aliases[] = {STR_INIT("口头")};

Test(enum_value, is_found_by_code_or_alias_and_comes_out_interned)
{
    static const schema_enum_value values[] = {{STR_INIT("written"), written_aliases, 2, NULL},
                                               {STR_INIT("oral"), oral_aliases, 1, NULL}};
    schema_field form = field_of(READER_ENUM);
    form.values = values;
    form.value_count = 2;
    static const row rows[] = {{"书面", "written"},           {"书面作业", "written"}, {" 书 面 ", "written"},
                               {"written", "written"},        {"WRITTEN", "written"},  {"口头", "oral"},
                               {"书面、口头", "!unreadable"}, {"书", "!unreadable"},   {"writen", "!unreadable"}};
    CHECK(form, nothing, rows);
    spelling s;
    value v, high;
    reader_spell(&form, STR("书面"), str_none, &s);
    cr_assert_eq(reader_value(&form, &s, &nothing, NULL, &v, &high), READER_FINE);
    cr_assert_eq(v.interned, 1);
    cr_assert_eq(v.as.text, values[0].code.data);
}

Test(bool_value, knows_the_words_of_every_school_and_those_of_its_field)
{
    static const str must[] = {STR_INIT("必做")}, may[] = {STR_INIT("选做"), STR_INIT("弹性")};
    static const schema_enum_value values[] = {{STR_INIT("true"), must, 1, NULL}, {STR_INIT("false"), may, 2, NULL}};
    schema_field mandatory = field_of(READER_BOOL);
    static const row plain[] = {{"是", "true"},       {"否", "false"},        {"1", "true"},  {"0", "false"},
                                {"TRUE", "true"},     {"√", "true"},          {"×", "false"}, {"Ｙ", "true"},
                                {"2", "!unreadable"}, {"必做", "!unreadable"}};
    CHECK(mandatory, nothing, plain);
    mandatory.values = values;
    mandatory.value_count = 2;
    static const row own[] = {
        {"必做", "true"}, {"选做", "false"}, {"弹性", "false"}, {"是", "true"}, {"可做", "!unreadable"}};
    CHECK(mandatory, nothing, own);
}

Test(integer, is_read_with_units_and_thousands)
{
    schema_field count = field_of(READER_INTEGER);
    static const row rows[] = {{"12", "12"},
                               {"１２", "12"},
                               {"1,200", "1200"},
                               {"１，２００", "1200"},
                               {"12人", "12"},
                               {"12 人", "12"},
                               {"5年", "5"},
                               {"五年制", "5"},
                               {"12.0", "12"},
                               {"二十三", "23"},
                               {"-3", "-3"},
                               {"12.5", "!unreadable"},
                               {"1,20", "!unreadable"},
                               {"1,2000", "!unreadable"},
                               {"", "!unreadable"},
                               {"人", "!unreadable"},
                               {"1.23E+17", "!unreadable"},
                               {"12,", "!unreadable"},
                               {",123", "!unreadable"}};
    CHECK(count, nothing, rows);
}

Test(number, is_read_with_percent)
{
    schema_field share = field_of(READER_NUMBER);
    static const row rows[] = {{"0.85", "0.85"},   {"85%", "0.85"},        {"1,234.5", "1234.5"},
                               {"84.5分", "84.5"}, {"nan", "!unreadable"}, {"1.2.3", "!unreadable"}};
    CHECK(share, nothing, rows);
}

Test(school_year, has_one_spelling)
{
    schema_field year = field_of(READER_SCHOOL_YEAR);
    static const row rows[] = {
        {"2021-2022", "2021-2022"},   {"2021—2022学年", "2021-2022"}, {"2021-2022学年度", "2021-2022"},
        {"2021~2022", "2021-2022"},   {"2021/2022", "2021-2022"},     {"2021至2022学年", "2021-2022"},
        {"2021-22学年", "2021-2022"}, {"2021学年", "2021-2022"},      {"2021年-2022年", "2021-2022"},
        {"2021", "!unreadable"},      {"2021-2023", "!unreadable"},   {"2022-2021", "!unreadable"}};
    CHECK(year, nothing, rows);
}

Test(term, has_one_spelling)
{
    schema_field term = field_of(READER_TERM);
    static const row rows[] = {{"2021-2022-1", "2021-2022-1"},
                               {"2021-2022学年第一学期", "2021-2022-1"},
                               {"2021—2022学年度下学期", "2021-2022-2"},
                               {"2021年秋季学期", "2021-2022-1"},
                               {"2022年春", "2021-2022-2"},
                               {"第一学期", "2021-2022-1"},
                               {"上学期", "2021-2022-1"},
                               {"春季", "2021-2022-2"},
                               {"2", "2021-2022-2"},
                               {"2021-2022(1)", "2021-2022-1"},
                               {"3", "!unreadable"},
                               {"2021-2022-3", "!unreadable"},
                               {"学期", "!unreadable"}};
    static const row yearless[] = {{"上学期", "!date"}, {"2021-2022-1", "2021-2022-1"}};
    CHECK(term, five_four, rows);
    CHECK(term, nothing, yearless);
}

Test(weekday, counts_from_monday)
{
    schema_field weekday = field_of(READER_WEEKDAY);
    static const row rows[] = {{"星期一", "1"},        {"周五", "5"}, {"礼拜日", "7"},      {"周天", "7"},
                               {"星期天", "7"},        {"五", "5"},   {"3", "3"},           {"Friday", "5"},
                               {"mon", "1"},           {"日", "7"},   {"0", "!unreadable"}, {"8", "!unreadable"},
                               {"周八", "!unreadable"}};
    CHECK(weekday, nothing, rows);
}

Test(stage, is_primary_or_junior)
{
    schema_field stage = field_of(READER_STAGE);
    static const row rows[] = {
        {"小学", "primary"}, {"初中", "junior"}, {"初中部", "junior"}, {"Primary", "primary"}, {"高中", "!unreadable"}};
    CHECK(stage, nothing, rows);
}

Test(list, is_cut_at_every_usual_separator)
{
    schema_field list = field_of(READER_LIST);
    static const row rows[] = {
        {"甲、乙，丙;丁/戊", "甲|乙|丙|丁|戊"}, {"甲", "甲"}, {"甲、、乙、", "甲|乙"}, {" 甲 ; 乙 ", "甲|乙"}};
    CHECK(list, nothing, rows);
}

Test(text, is_trimmed_only)
{
    schema_field text = field_of(READER_TEXT);
    static const row rows[] = {{"　抄写 三遍　", "抄写 三遍"}, {" A ", "A"}, {"", ""}};
    CHECK(text, nothing, rows);
}

Test(chinese_number, reads_numerals_up_to_9999_and_nothing_else)
{
    static const struct {
        const char *text;
        int64_t number;
    } good[] = {
        {"零", 0},          {"一", 1},          {"十", 10},           {"十二", 12},       {"二十", 20},
        {"二十三", 23},     {"廿一", 21},       {"卅", 30},           {"两百", 200},      {"一百零五", 105},
        {"一百一十", 110},  {"一千二百", 1200}, {"一千零二十", 1020}, {"一千零二", 1002}, {"九千九百九十九", 9999},
        {"二〇二一", 2021}, {"一二", 12}};
    static const char *const bad[] = {"",           "百",   "一百二", "十十", "一千二十",   "零零",
                                      "一二三四五", "十零", "两两",   "三a",  "一百零二十", "十百"};
    int64_t n;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_expect(reader_chinese_number(str_of(good[i].text), &n), "%s", good[i].text);
        cr_expect_eq(n, good[i].number, "%s gave %d", good[i].text, (int)n);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(reader_chinese_number(str_of(bad[i]), &n), "%s", bad[i]);
}

Test(fold, makes_one_character_of_its_variants)
{
    char room[64];
    size_t n = reader_fold(STR("　Ａｂ （１）【２】－—～：\xEF\xBB\xBF②"), room, sizeof room);
    cr_assert(str_equal((str){room, n}, STR("ab(1)(2)--~:2")));
    cr_assert_eq(reader_fold(STR("ABC"), room, 2), 3, "tells the size it needs");
    cr_assert_eq(reader_fold(STR("\xFF\xFE"), room, sizeof room), 2, "malformed bytes stay");
}

Test(reader, survives_any_text)
{
    static const char *const texts[] = {"\xE4\xB8",
                                        "\xFF\xFF\xFF\xFF",
                                        "((((((((((",
                                        "----------",
                                        "年年年年",
                                        "半半半",
                                        "约约约",
                                        "。。",
                                        "2021--",
                                        "0.0000000000000000000000000000001",
                                        "99999999999999999999"};
    char longest[5000];
    memset(longest, '9', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (int kind = READER_TEXT; kind <= READER_DATE_TIME; kind++) {
        schema_field f = field_of((reader_kind)kind);
        if (kind == READER_TEXT || kind == READER_LIST || kind == READER_CLASS)
            continue; /* they keep what they are given */
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            cr_expect_eq(read_with(&f, texts[i], str_none, &five_four)[0],
                         kind == READER_NUMBER && i >= 9 ? shown[0] : '!', "%d %s", kind, texts[i]);
        cr_expect_str_eq(read_with(&f, longest, str_none, &five_four), "!unreadable");
    }
}

Test(reader, is_found_by_the_name_a_schema_uses)
{
    reader_kind kind;
    cr_assert(reader_find(STR("grade"), &kind));
    cr_assert_eq(kind, READER_GRADE);
    cr_assert(reader_find(STR("date_time"), &kind));
    cr_assert_not(reader_find(STR("Grade"), &kind));
}
