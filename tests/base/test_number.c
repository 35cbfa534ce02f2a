/*
 * Numbers to and from text: limits, shortest spelling, and indifference to the process's locale.
 */
#include "base/number.h"

#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

static const char *written(double number)
{
    static char text[NUMBER_TEXT];
    size_t size = number_write_double(text, number);
    cr_assert_eq(size, strlen(text));
    return text;
}

Test(number, reads_whole_numbers_up_to_their_limits)
{
    int64_t i;
    uint64_t u;
    cr_assert(number_read_int(STR("9223372036854775807"), &i) && i == INT64_MAX);
    cr_assert(number_read_int(STR("-9223372036854775808"), &i) && i == INT64_MIN);
    cr_assert(number_read_int(STR("+007"), &i) && i == 7);
    cr_assert(number_read_int(STR("-0"), &i) && i == 0);
    cr_assert(number_read_uint(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x1",
                                      "--1",
                                      "9223372036854775808",
                                      "1e3",
                                      "１",
                                      "-9223372036854775809",
                                      "99999999999999999999999"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        cr_assert_not(number_read_int(str_of(bad[k]), &i), "%s", bad[k]);
    cr_assert_not(number_read_uint(STR("18446744073709551616"), &u));
    cr_assert_not(number_read_uint(STR("-1"), &u));
    cr_assert_not(number_read_uint(str_none, &u));
}

Test(number, reads_doubles_correctly_rounded)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0.0},
        {"1.5", 1.5},
        {"-2.50", -2.5},
        {".5", 0.5},
        {"5.", 5.0},
        {"1e3", 1000.0},
        {"1E-3", 0.001},
        {"+1e+2", 100.0},
        {"0.1", 0.1},
        {"1.7976931348623157e308", DBL_MAX},
        {"2.2250738585072014e-308", DBL_MIN},
        {"4.9e-324", 4.9e-324},
        {"1e-400", 0.0},
        {"0e999999999999999999999", 0.0},
        {"9007199254740993", 9007199254740992.0},                               /* half way: to even */
        {"9007199254740993.00000000000000000000000000001", 9007199254740994.0}, /* just above */
        {"9007199254740995", 9007199254740996.0},
        {"00000000000000000000000000000000000000000000000000001.25", 1.25},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        double value = -1;
        cr_assert(number_read_double(str_of(cases[k].text), false, &value), "%s", cases[k].text);
        cr_assert_eq(memcmp(&value, &cases[k].value, sizeof value), 0, "%s", cases[k].text);
    }
    double zero;
    cr_assert(number_read_double(STR("-0"), false, &zero) && zero == 0 && signbit(zero));
}

Test(number, rounds_by_digits_however_far_away)
{
    /* Half way between two doubles, then a single 1 after thousands of zeros. */
    static char text[5000];
    double value;
    memset(text, '0', sizeof text);
    memcpy(text, "9007199254740993.", 17);
    cr_assert(number_read_double((str){text, sizeof text}, false, &value) && value == 9007199254740992.0);
    text[sizeof text - 1] = '1';
    cr_assert(number_read_double((str){text, sizeof text}, false, &value) && value == 9007199254740994.0);
    /* 4900 digits and an exponent that brings them back. */
    memset(text, '0', sizeof text);
    text[0] = '1';
    memcpy(text + 4900, "e-4899", 6);
    cr_assert(number_read_double((str){text, 4906}, false, &value) && value == 1.0);
    memset(text, '0', sizeof text);
    text[1] = '.';
    text[4001] = '1';
    memcpy(text + 4002, "e4000", 5);
    cr_assert(number_read_double((str){text, 4007}, false, &value) && value == 1.0);
}

Test(number, refuses_malformed_and_infinite_text)
{
    static const char *const bad[] = {"",       ".",     "e5",   "1e",  "1e+",     "1,5", "1.5.2",   " 1",
                                      "1 ",     "0x1p3", "1e5x", "nan", "inf",     "1_0", "--1",     "1e400",
                                      "-1e309", "+",     "-",    "1-",  "1.5e2.0", "٣",   "infinity"};
    double value;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        cr_assert_not(number_read_double(str_of(bad[k]), false, &value), "%s", bad[k]);
    cr_assert_not(number_read_double(STR("1\0"), false, &value));
    cr_assert(number_read_double(STR("-Inf"), true, &value) && value == -INFINITY);
    cr_assert(number_read_double(STR("INFINITY"), true, &value) && value == INFINITY);
    cr_assert(number_read_double(STR("NaN"), true, &value) && isnan(value));
    cr_assert_not(number_read_double(STR("infinit"), true, &value));
}

Test(number, writes_the_shortest_text_that_reads_back)
{
    cr_assert_str_eq(written(0.0), "0");
    cr_assert_str_eq(written(-0.0), "-0");
    cr_assert_str_eq(written(3.0), "3");
    cr_assert_str_eq(written(-60.0), "-60");
    cr_assert_str_eq(written(1.5), "1.5");
    cr_assert_str_eq(written(0.1), "0.1");
    cr_assert_str_eq(written(0.1 + 0.2), "0.30000000000000004");
    cr_assert_str_eq(written(1.0 / 3.0), "0.3333333333333333");
    cr_assert_str_eq(written(123456.789), "123456.789");
    cr_assert_str_eq(written(9007199254740991.0), "9007199254740991");
    cr_assert_str_eq(written(9007199254740992.0), "9007199254740992");
    cr_assert_str_eq(written(1e20), "100000000000000000000");
    cr_assert_str_eq(written(1e21), "1e+21");
    cr_assert_str_eq(written(1e100), "1e+100");
    cr_assert_str_eq(written(1.25e-7), "0.000000125");
    cr_assert_str_eq(written(1e-8), "1e-8");
    cr_assert_str_eq(written(5e-324), "5e-324");
    cr_assert_str_eq(written(DBL_MAX), "1.7976931348623157e+308");
    cr_assert_str_eq(written(DBL_MIN), "2.2250738585072014e-308");
    cr_assert_str_eq(written(-DBL_MAX), "-1.7976931348623157e+308");
    cr_assert_str_eq(written(NAN), "NaN");
    cr_assert_str_eq(written(INFINITY), "Infinity");
    cr_assert_str_eq(written(-INFINITY), "-Infinity");
    /* Powers of two, where the nearest text of 16 digits lies on the side where doubles are denser. */
    cr_assert_str_eq(written(ldexp(1.0, -44)), "5.684341886080802e-14");
    cr_assert_str_eq(written(ldexp(1.0, 89)), "6.189700196426902e+26");
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state ^ *state >> 33;
}

static void must_round_trip(double number)
{
    const char *text = written(number);
    double back;
    cr_assert(number_read_double(str_of(text), false, &back), "%s", text);
    cr_assert_eq(memcmp(&back, &number, sizeof back), 0, "%s", text);
}

Test(number, round_trips_any_double)
{
    uint64_t state = 20211119;
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = next_random(&state);
        double number;
        memcpy(&number, &bits, sizeof number);
        if (isfinite(number))
            must_round_trip(number);
        must_round_trip((double)(bits % 1000000) / 1000.0);
    }
    for (int exponent = -1074; exponent < 1024; exponent++)
        must_round_trip(ldexp(1.0, exponent));
}

Test(number, writes_fixed_and_scientific_like_printf)
{
    char text[1500];
    cr_assert_eq(number_write_fixed(text, sizeof text, 1.005, 2), 4);
    cr_assert_str_eq(text, "1.00");
    number_write_fixed(text, sizeof text, -1234.5, 0);
    cr_assert_str_eq(text, "-1234");
    number_write_fixed(text, sizeof text, 1234.5678, 3);
    cr_assert_str_eq(text, "1234.568");
    cr_assert_eq(number_write_fixed(text, sizeof text, DBL_MAX, 1000), 309 + 1 + 1000);
    number_write_scientific(text, sizeof text, 1234.5678, 3);
    cr_assert_str_eq(text, "1.235e+03");
    number_write_scientific(text, sizeof text, 5.0, 0);
    cr_assert_str_eq(text, "5e+00");
    number_write_fixed(text, sizeof text, NAN, 2);
    cr_assert_str_eq(text, "NaN");
    number_write_scientific(text, sizeof text, -INFINITY, 2);
    cr_assert_str_eq(text, "-Infinity");
}

Test(number, does_not_care_about_the_locale)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8", "de_DE", "en_US.UTF-8"};
    bool tried = false;
    for (size_t k = 0; k < sizeof locales / sizeof *locales; k++) {
        if (!setlocale(LC_ALL, locales[k]))
            continue;
        tried = true;
        double value;
        cr_assert(number_read_double(STR("1.5"), false, &value) && value == 1.5);
        cr_assert_not(number_read_double(STR("1,5"), false, &value));
        cr_assert_str_eq(written(1.5), "1.5");
        cr_assert_str_eq(written(1.25e-300), "1.25e-300");
        char text[500];
        number_write_fixed(text, sizeof text, 1234567.25, 2);
        cr_assert_str_eq(text, "1234567.25");
        number_write_scientific(text, sizeof text, 1234567.25, 2);
        cr_assert_str_eq(text, "1.23e+06");
    }
    if (!tried)
        cr_skip("this system has no locale with another decimal point");
}
