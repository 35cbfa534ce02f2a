/*
 * Civil dates: every day of the calendar there and back, and what is not a date.
 */
#include "base/civil.h"

#include <criterion/criterion.h>

Test(civil, knows_some_days_by_heart)
{
    cr_assert_eq(civil_days(1970, 1, 1), 0);
    cr_assert_eq(civil_days(2021, 11, 19), 18950);
    cr_assert_eq(civil_days(2000, 2, 29), 11016);
    cr_assert_eq(civil_days(1, 1, 1), CIVIL_MIN);
    cr_assert_eq(civil_days(9999, 12, 31), CIVIL_MAX);
    cr_assert_eq(civil_weekday(0), 4);
    cr_assert_eq(civil_weekday(18950), 5, "2021-11-19 was a Friday");
    cr_assert_eq(civil_weekday(-1), 3);
    cr_assert_eq(civil_weekday(CIVIL_MIN), 1);
    cr_assert_eq(civil_year_day(civil_days(2020, 12, 31)), 366);
    cr_assert_eq(civil_year_day(civil_days(2021, 12, 31)), 365);
    cr_assert_eq(civil_year_day(civil_days(2021, 1, 1)), 1);
    cr_assert_eq(civil_year_day(civil_days(2020, 3, 1)), 61);
}

Test(civil, counts_every_day_of_ten_thousand_years)
{
    int32_t days = CIVIL_MIN;
    int weekday = 1;
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; civil_valid(year, month, day); day++) {
                int y, m, d;
                civil_split(days, &y, &m, &d);
                if (civil_days(year, month, day) != days || y != year || m != month || d != day ||
                    civil_weekday(days) != weekday)
                    cr_assert_fail("%04d-%02d-%02d", year, month, day);
                days++;
                weekday = weekday % 7 + 1;
            }
    cr_assert_eq(days - 1, CIVIL_MAX);
}

Test(civil, refuses_days_that_are_not_there)
{
    cr_assert_not(civil_valid(2021, 2, 29));
    cr_assert_not(civil_valid(1900, 2, 29));
    cr_assert(civil_valid(2000, 2, 29));
    cr_assert_not(civil_valid(2021, 4, 31));
    cr_assert_not(civil_valid(2021, 13, 1));
    cr_assert_not(civil_valid(2021, 0, 1));
    cr_assert_not(civil_valid(2021, 1, 0));
    cr_assert_not(civil_valid(0, 1, 1));
    cr_assert_not(civil_valid(10000, 1, 1));
}

Test(civil, reads_and_writes_iso_dates)
{
    int32_t days;
    char text[16];
    cr_assert(civil_read(STR("2021-11-19"), &days) && days == 18950);
    cr_assert_eq(civil_write(text, 18950), 10);
    cr_assert_str_eq(text, "2021-11-19");
    civil_write(text, CIVIL_MIN);
    cr_assert_str_eq(text, "0001-01-01");
    static const char *const bad[] = {"",         "2021-1-1",   "2021/11/19", "2021-11-19 ", "2021-02-30",
                                      "20211119", "+021-11-19", "2021-11-1x", "0000-01-01",  "２０２１"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(civil_read(str_of(bad[i]), &days), "%s", bad[i]);
}

Test(civil, does_no_harm_with_any_day_number)
{
    static const int32_t far[] = {INT32_MIN, INT32_MIN + 1, CIVIL_MIN - 1, CIVIL_MIN - 366, CIVIL_MAX + 1, INT32_MAX};
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        char text[16];
        cr_assert_lt(civil_write(text, far[i]), 16);
        int weekday = civil_weekday(far[i]);
        cr_assert(weekday >= 1 && weekday <= 7);
        int day = civil_year_day(far[i]);
        cr_assert(day >= 1 && day <= 366);
    }
    char text[16];
    civil_write(text, CIVIL_MIN - 1);
    cr_assert_str_eq(text, "0000-12-31");
}
