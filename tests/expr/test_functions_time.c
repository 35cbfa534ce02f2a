/* Times: text forms, ranges, parts in zones. */
#include <criterion/criterion.h>

#include "expr/time_read.h"
#include "support/expressions.h"

static expressions *e;

static void setup(void)
{
    e = expressions_new(NULL);
}

static void teardown(void)
{
    expressions_free(e);
}

TestSuite(functions_time, .init = setup, .fini = teardown);

Test(functions_time, durations_from_text)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
    } good[] = {{"0", 0, 0},
                {"1h30m", 5400, 0},
                {"-1.5s", -1, -500000000},
                {"+2m", 120, 0},
                {"1.5h", 5400, 0},
                {".5s", 0, 500000000},
                {"1.s", 1, 0},
                {"1500ms", 1, 500000000},
                {"1us2ns", 0, 1002},
                {"1\xc2\xb5s", 0, 1000},
                {"1\xce\xbcs", 0, 1000},
                {"0.1h", 360, 0},
                {"0.000000001h", 0, 3600},
                {"1.0000000019s", 1, 1},
                {"0.3333333333333333333h", 1199, 999999999},
                {"2562048h", 9223372800, 0},
                {"315576000000s", 315576000000, 0},
                {"-315576000000s", -315576000000, 0},
                {"87660000h", 315576000000, 0},
                {"1h1m1s1ms1us1ns", 3661, 1001001}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t seconds = -1;
        int32_t nanoseconds = -1;
        cr_expect_eq(time_read_duration(str_of(good[i].text), &seconds, &nanoseconds), TIME_READ_OK, "%s",
                     good[i].text);
        cr_expect(seconds == good[i].seconds && nanoseconds == good[i].nanoseconds, "%s is %lld s %d ns", good[i].text,
                  (long long)seconds, (int)nanoseconds);
    }
    static const char *const bad[] = {"",     "-",     "1",  "h",   "1x", "1h ", " 1h",
                                      "--1s", "1h-1m", ".s", "1s2", "01", "1e3s"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t seconds;
        int32_t nanoseconds;
        cr_expect_eq(time_read_duration(str_of(bad[i]), &seconds, &nanoseconds), TIME_READ_MALFORMED, "%s", bad[i]);
    }
    static const char *const far[] = {"315576000001s",        "315576000000.000000001s",
                                      "87660000h1ns",         "99999999999999999999999999s",
                                      "9223372036854775807h", "315576000000s315576000000s"};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        int64_t seconds;
        int32_t nanoseconds;
        cr_expect_eq(time_read_duration(str_of(far[i]), &seconds, &nanoseconds), TIME_READ_RANGE, "%s", far[i]);
    }
}

Test(functions_time, timestamps_from_text)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
    } good[] = {{"1970-01-01T00:00:00Z", 0, 0},
                {"1970-01-01t00:00:01z", 1, 0},
                {"1970-01-01T08:00:00+08:00", 0, 0},
                {"1969-12-31T23:59:59.5Z", 0, -500000000},
                {"2021-11-19T08:30:00.123456789123Z", 1637310600, 123456789},
                {"0001-01-01T00:00:00Z", -62135596800, 0},
                {"9999-12-31T23:59:59.999999999Z", 253402300799, 999999999},
                {"2020-02-29T00:00:00-23:59", 1582934400 + 86340, 0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t seconds = -1;
        int32_t nanoseconds = -1;
        cr_expect_eq(time_read_timestamp(str_of(good[i].text), &seconds, &nanoseconds), TIME_READ_OK, "%s",
                     good[i].text);
        cr_expect(seconds == good[i].seconds && nanoseconds == good[i].nanoseconds, "%s is %lld s %d ns", good[i].text,
                  (long long)seconds, (int)nanoseconds);
    }
    static const char *const bad[] = {"",
                                      "2021-11-19",
                                      "2021-11-19T08:30Z",
                                      "2021-11-19 08:30:00Z",
                                      "2021-11-19T08:30:00",
                                      "2021-02-29T00:00:00Z",
                                      "2021-13-01T00:00:00Z",
                                      "2021-11-19T24:00:00Z",
                                      "2021-11-19T23:60:00Z",
                                      "2021-11-19T23:59:60Z",
                                      "2021-11-19T08:30:00.Z",
                                      "2021-11-19T08:30:00+8:00",
                                      "2021-11-19T08:30:00+24:00",
                                      "2021-11-19T08:30:00Zx",
                                      "21-11-19T08:30:00Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t seconds;
        int32_t nanoseconds;
        cr_expect_eq(time_read_timestamp(str_of(bad[i]), &seconds, &nanoseconds), TIME_READ_MALFORMED, "%s", bad[i]);
    }
    static const char *const far[] = {"0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        int64_t seconds;
        int32_t nanoseconds;
        cr_expect_eq(time_read_timestamp(str_of(far[i]), &seconds, &nanoseconds), TIME_READ_RANGE, "%s", far[i]);
    }
}

Test(functions_time, times_of_day_from_text)
{
    int64_t seconds;
    cr_expect(time_read_of_day(STR("17:30"), &seconds) && seconds == 63000);
    cr_expect(time_read_of_day(STR("24:00"), &seconds) && seconds == 86400);
    cr_expect(time_read_of_day(STR("00:00:01"), &seconds) && seconds == 1);
    static const char *const bad[] = {"", "7:30", "24:01", "24:00:01", "17:60", "17:30:60", "17:30:", "17:30 ", "1730"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(time_read_of_day(str_of(bad[i]), &seconds), "%s", bad[i]);
}

Test(functions_time, parts_before_1970_round_down)
{
    static const said cases[] = {
        {"timestamp('1969-12-31T23:59:59.75Z').getSeconds()", "59"},
        {"timestamp('1969-12-31T23:59:59.75Z').getMilliseconds()", "750"},
        {"timestamp('1969-12-31T23:59:59.75Z').getFullYear()", "1969"},
        {"int(timestamp('1969-12-31T23:59:59.75Z'))", "-1"},
        {"timestamp('0001-01-01T00:00:00Z').getDayOfYear()", "0"},
        {"duration('-1.5s').getMilliseconds()", "-500"},
        {"duration('-90m').getHours()", "-1"},
    };
    expressions_table(e, cases);
}

Test(functions_time, zones_move_the_clock)
{
    static const said cases[] = {
        {"started.getHours('Asia/Shanghai')", "16"},
        {"started.getHours('-09:00')", "23"},
        {"started.getDate('-09:00')", "18"},
        {"started.getDayOfWeek('-09:00')", "4"},
        {"started.getHours('Nowhere/Land')", "1:18 there is no time zone Nowhere/Land"},
        {"started.getHours('../../etc/passwd')", "1:18 there is no time zone ../../etc/passwd"},
        {"started.getHours(name)", "error(there is no time zone 期中考试)"},
        {"timestamp('9999-12-31T23:00:00Z').getFullYear('+08:00')", "error(the time is out of range)"},
        {"timestamp('0001-01-01T00:00:00Z').getFullYear('-00:01')", "error(the time is out of range)"},
        {"assigned.getDate()", "19"},
    };
    expressions_table(e, cases);
}
