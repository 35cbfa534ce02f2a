/* Time zones: offsets through the years, and names that are none. */
#include <criterion/criterion.h>

#include "base/civil.h"
#include "expr/zone.h"
#include "expr/zone_rule.h"
#include "support/failing_allocator.h"

static zone *open_zone(const char *name)
{
    bool nomem;
    zone *z = zone_new(&allocator_system, str_of(name), &nomem);
    cr_assert_not_null(z, "no zone %s", name);
    return z;
}

static int64_t at(int year, int month, int day, int hour)
{
    return (int64_t)civil_days(year, month, day) * 86400 + hour * 3600;
}

static void check(const char *name, int64_t seconds, int32_t minutes)
{
    zone *z = open_zone(name);
    cr_expect_eq(zone_offset(z, seconds), minutes * 60, "%s at %lld: %d s", name, (long long)seconds,
                 (int)zone_offset(z, seconds));
    zone_free(z);
}

Test(zone, fixed_offsets)
{
    check("UTC", 0, 0);
    check("+08:00", 0, 480);
    check("-02:30", 0, -150);
    check("-2:30", 0, -150);
    check("23:59", 0, 1439);
    check("-00:30", at(9999, 12, 31, 0), -30);
}

Test(zone, recorded_changes)
{
    check("Asia/Shanghai", at(2021, 11, 19, 0), 480);
    check("Asia/Shanghai", at(1988, 7, 1, 0), 540); /* summer time was kept from 1986 to 1991 */
    check("Asia/Shanghai", at(1988, 12, 1, 0), 480);
    check("Europe/Berlin", at(2021, 3, 28, 0), 60);
    check("Europe/Berlin", at(2021, 3, 28, 1), 120);
    check("Europe/Berlin", at(2021, 10, 31, 0), 120);
    check("Europe/Berlin", at(2021, 10, 31, 1), 60);
    check("America/New_York", at(2009, 2, 13, 12), -300);
    check("Asia/Kathmandu", at(2009, 2, 13, 12), 345);
    check("Australia/Sydney", at(2021, 1, 1, 0), 660);
    check("Australia/Sydney", at(2021, 7, 1, 0), 600);
    check("US/Central", at(2021, 7, 1, 0), -300); /* an old name that is a file still */
}

Test(zone, the_rule_goes_on_to_the_year_9999)
{
    check("Europe/Berlin", at(2099, 7, 1, 0), 120);
    check("Europe/Berlin", at(2099, 12, 1, 0), 60);
    check("Europe/Berlin", at(2100, 3, 28, 0), 60); /* the last Sunday of March 2100 */
    check("Europe/Berlin", at(2100, 3, 28, 1), 120);
    check("Australia/Sydney", at(9999, 12, 31, 23), 660);
    check("Asia/Shanghai", at(9999, 12, 31, 23), 480);
}

Test(zone, before_the_first_change_local_time_counts)
{
    zone *z = open_zone("Asia/Shanghai");
    cr_expect_eq(zone_offset(z, at(1, 1, 1, 0)), 8 * 3600 + 5 * 60 + 43);
    zone_free(z);
}

Test(zone, names_that_are_none_are_refused)
{
    static const char *const names[] = {"",        "Asia/Nowhere", "../../etc/passwd", "/etc/localtime", "Asia",
                                        "Asia/",   "/Asia",        "Asia//Shanghai",   "+24:00",         "+08:60",
                                        "+08",     "+8:0",         "08:000",           "zone.tab",       "tzdata.zi",
                                        "Asia Sh", "Asia/./x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool nomem;
        cr_expect_null(zone_new(&allocator_system, str_of(names[i]), &nomem), "%s", names[i]);
        cr_expect_not(nomem);
    }
    bool nomem;
    cr_expect_null(zone_new(&allocator_system, STR("UTC\0x"), &nomem));
}

Test(zone_rule, reads_what_tzif_files_end_in)
{
    zone_rule rule;
    cr_assert(zone_rule_read(STR("CST-8"), &rule));
    cr_expect(rule.standard == 8 * 3600 && !rule.has_summer);
    cr_assert(zone_rule_read(STR("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1"), &rule));
    cr_expect(rule.standard == -3 * 3600 && rule.summer == -2 * 3600 && rule.start.seconds == -7200);
    cr_assert(zone_rule_read(STR("AAA0BBB-2,J60,300/5:30:10"), &rule));
    cr_expect(rule.summer == 7200 && rule.start.form == ZONE_JULIAN && rule.start.day == 60);
    cr_expect(rule.end.form == ZONE_DAY && rule.end.seconds == 5 * 3600 + 30 * 60 + 10);
    static const char *const bad[] = {"",
                                      "AB1",
                                      "CST",
                                      "CST-8CDT",
                                      "CST-8CDT,M3.5.0",
                                      "CST25",
                                      "CST-8CDT,M13.1.0,M1.1.0",
                                      "CST-8x",
                                      "<CST-8",
                                      "CST-8CDT,J0,J1",
                                      "CST-8CDT,M1.1.0,M2.1.0x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(zone_rule_read(str_of(bad[i]), &rule), "%s", bad[i]);
}

Test(zone_rule, julian_days_skip_the_leap_day)
{
    zone_rule rule;
    cr_assert(
        zone_rule_read(STR("AAA0BBB,J60/0,J61/1"), &rule)); /* 1 March, one hour of summer time longer than a day */
    cr_expect_eq(zone_rule_offset(&rule, at(2020, 2, 29, 23)), 0);
    cr_expect_eq(zone_rule_offset(&rule, at(2020, 3, 1, 0)), 3600);
    cr_expect_eq(zone_rule_offset(&rule, at(2021, 3, 1, 0)), 3600);
    cr_expect_eq(zone_rule_offset(&rule, at(2021, 3, 2, 0)), 0);
    cr_assert(zone_rule_read(STR("AAA0BBB,59/0,60/1"), &rule)); /* counts the leap day */
    cr_expect_eq(zone_rule_offset(&rule, at(2020, 2, 29, 0)), 3600);
    cr_expect_eq(zone_rule_offset(&rule, at(2021, 3, 1, 0)), 3600);
}

static policy_status open_and_ask(const policy_allocator *a, void *context)
{
    (void)context;
    bool nomem;
    zone *z = zone_new(a, STR("Europe/Berlin"), &nomem);
    zone_free(z);
    return z ? POLICY_OK : nomem ? POLICY_E_NOMEM : POLICY_E_INTERNAL;
}

Test(zone, every_failed_allocation_is_a_clean_failure)
{
    cr_assert_gt(failing_allocator_sweep(open_and_ask, NULL), 2);
}
