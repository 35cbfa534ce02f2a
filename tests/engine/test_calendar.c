/* The school calendar: terms, holidays, make-up workdays, and what it does not know. */
#include <criterion/criterion.h>

#include "base/civil.h"
#include "engine/calendar.h"
#include "support/failing_allocator.h"

static int32_t day(const char *iso)
{
    int32_t days = 0;
    cr_assert(civil_read(str_of(iso), &days), "%s", iso);
    return days;
}

static calendar *autumn(const policy_allocator *a)
{
    calendar_term terms[] = {{.name = STR("2021-2022-2"), .start = day("2022-02-17"), .end = day("2022-07-08")},
                             {.name = STR("2021-2022-1"), .start = day("2021-09-01"), .end = day("2022-01-21")}};
    calendar_day days[] = {{.from = day("2021-10-01"), .until = day("2021-10-07"), .teaching = false},
                           {.from = day("2021-09-26"), .until = day("2021-09-26"), .teaching = true},
                           {.from = day("2021-10-09"), .until = day("2021-10-09"), .teaching = true}};
    pack_calendar source = {.present = true, .terms = terms, .term_count = 2, .days = days, .day_count = 3};
    return calendar_new(a, &source);
}

Test(calendar, weekdays_in_term_are_teaching_days)
{
    calendar *c = autumn(&allocator_system);
    cr_assert_eq(calendar_teaching_day(c, day("2021-11-19")), CALENDAR_YES);
    cr_assert_eq(calendar_teaching_day(c, day("2021-11-20")), CALENDAR_NO);
    cr_assert_eq(calendar_teaching_days(c, day("2021-11-22"), day("2021-11-29")), 5);
    cr_assert_eq(calendar_teaching_days(c, day("2021-11-22"), day("2021-11-22")), 0);
    calendar_free(c);
}

Test(calendar, holidays_and_make_up_workdays_override_the_week)
{
    calendar *c = autumn(&allocator_system);
    cr_assert_eq(calendar_workday(c, day("2021-10-01")), CALENDAR_NO);
    cr_assert_eq(calendar_teaching_day(c, day("2021-10-09")), CALENDAR_YES, "a Saturday made a workday");
    cr_assert_eq(calendar_teaching_day(c, day("2021-09-26")), CALENDAR_YES, "a Sunday made a workday");
    cr_assert_eq(calendar_teaching_days(c, day("2021-10-01"), day("2021-10-10")), 2);
    calendar_free(c);
}

Test(calendar, between_terms_there_are_workdays_but_no_teaching_days)
{
    calendar *c = autumn(&allocator_system);
    cr_assert_eq(calendar_workday(c, day("2022-02-01")), CALENDAR_YES);
    cr_assert_eq(calendar_teaching_day(c, day("2022-02-01")), CALENDAR_NO);
    cr_assert_null(calendar_term_of(c, day("2022-02-01")));
    calendar_free(c);
}

Test(calendar, days_outside_are_not_known)
{
    calendar *c = autumn(&allocator_system);
    cr_assert_eq(calendar_teaching_day(c, day("2021-08-31")), CALENDAR_UNKNOWN);
    cr_assert_eq(calendar_workday(c, day("2022-07-09")), CALENDAR_UNKNOWN);
    cr_assert_eq(calendar_teaching_days(c, day("2021-08-31"), day("2021-09-03")), -1);
    cr_assert_eq(calendar_teaching_days(c, day("2022-07-08"), day("2022-07-09")), 1);
    calendar_free(c);
    calendar *empty = calendar_new(&allocator_system, NULL);
    int32_t first, last;
    cr_assert_not(calendar_span(empty, &first, &last));
    cr_assert_eq(calendar_workday(empty, day("2021-11-19")), CALENDAR_UNKNOWN);
    calendar_free(empty);
}

Test(calendar, terms_are_found_by_day_and_name)
{
    calendar *c = autumn(&allocator_system);
    cr_assert(str_equal(calendar_term_of(c, day("2022-01-21"))->name, STR("2021-2022-1")));
    cr_assert_eq(calendar_find_term(c, STR("2021-2022-2"))->start, day("2022-02-17"));
    uint32_t count;
    cr_assert(str_equal(calendar_terms(c, &count)[0].name, STR("2021-2022-1")), "sorted by start");
    cr_assert_eq(count, 2u);
    calendar_free(c);
}

Test(calendar, school_years_begin_in_september)
{
    calendar *c = autumn(&allocator_system);
    cr_assert_eq(calendar_school_year(c, day("2021-09-01")), 2021);
    cr_assert_eq(calendar_school_year(c, day("2022-08-31")), 2021);
    cr_assert_eq(calendar_school_year(c, day("2030-09-01")), 2030, "also where the calendar knows nothing");
    char name[16];
    cr_assert_eq(calendar_school_year_name(2021, name), 9u);
    cr_assert_str_eq(name, "2021-2022");
    cr_assert_eq(calendar_monday(day("2021-11-21")), day("2021-11-15"));
    calendar_free(c);
}

Test(calendar, a_table_replaces_days_and_makes_terms)
{
    calendar *c = autumn(&allocator_system);
    cr_assert(calendar_add_day(c, day("2021-11-20"), STR("2021-2022-1"), true));
    cr_assert(calendar_add_day(c, day("2022-09-01"), STR("2022-2023-1"), true));
    cr_assert(calendar_finish(c));
    cr_assert_eq(calendar_teaching_day(c, day("2021-11-20")), CALENDAR_YES);
    cr_assert_eq(calendar_teaching_day(c, day("2021-11-19")), CALENDAR_YES, "other days keep what the pack says");
    cr_assert(str_equal(calendar_term_of(c, day("2022-09-01"))->name, STR("2022-2023-1")));
    calendar_free(c);
}

Test(calendar, a_late_august_term_starts_its_school_year)
{
    calendar_term terms[] = {{.name = STR("2021-2022-1"), .start = day("2021-08-30"), .end = day("2022-01-21")}};
    pack_calendar source = {.present = true, .terms = terms, .term_count = 1};
    calendar *c = calendar_new(&allocator_system, &source);
    cr_assert_eq(calendar_school_year(c, day("2021-08-30")), 2021);
    cr_assert_eq(calendar_school_year(c, day("2021-08-29")), 2020);
    calendar_free(c);
}
