/*
 * Exact decimals: reading, comparing, multiplying.
 */
#include <criterion/criterion.h>

#include <math.h>

#include "base/decimal.h"

static decimal read(const char *text)
{
    decimal d = {0};
    cr_assert(decimal_read(str_of(text), &d), "%s is a decimal", text);
    return d;
}

static int compare(const char *a, const char *b)
{
    decimal x = read(a), y = read(b);
    int order = decimal_compare(&x, &y);
    cr_expect_eq(decimal_compare(&y, &x) > 0, order < 0, "%s and %s the other way round", a, b);
    return (order > 0) - (order < 0);
}

Test(decimal, reads_what_people_write_and_nothing_else)
{
    static const char *const refused[] = {"",
                                          "-",
                                          ".",
                                          "+.",
                                          "1.2.3",
                                          "1,5",
                                          " 1",
                                          "1 ",
                                          "0x1",
                                          "1e",
                                          "1e+",
                                          "e5",
                                          "1e12345",
                                          "--1",
                                          "inf",
                                          "nan",
                                          "12a",
                                          "１２",
                                          "123456789012345678901234567890123"};
    decimal d;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        cr_expect_not(decimal_read(str_of(refused[i]), &d), "'%s' is no decimal", refused[i]);
    cr_expect(decimal_read(STR("12345678901234567890123456789012"), &d));
    cr_expect(
        decimal_read(STR("0000000000000000000000000000000000000000001.500000000000000000000000000000000000"), &d));
    cr_expect_eq(d.count, 2);
}

Test(decimal, compares_without_rounding)
{
    cr_expect_eq(compare("1", "1.000"), 0);
    cr_expect_eq(compare("-0", "0"), 0);
    cr_expect_eq(compare("0.1", "1e-1"), 0);
    cr_expect_eq(compare("100", "1e2"), 0);
    cr_expect_eq(compare("84.99999999999999999999", "85"), -1);
    cr_expect_eq(compare("85.00000000000000000001", "85"), 1);
    cr_expect_eq(compare("9", "10"), -1);
    cr_expect_eq(compare("0.09", "0.1"), -1);
    cr_expect_eq(compare("0", "0.0000001"), -1);
    cr_expect_eq(compare("-1", "0"), -1);
    cr_expect_eq(compare("-2", "-1"), -1);
    cr_expect_eq(compare("-2", "1"), -1);
    cr_expect_eq(compare("5e-324", "0"), 1);
}

Test(decimal, multiplies_exactly)
{
    static const struct {
        const char *a, *b, *product;
    } cases[] = {{"0.85", "150", "127.5"},
                 {"0.5995", "100", "59.95"},
                 {"0.6", "0", "0"},
                 {"-2", "3", "-6"},
                 {"99999999999999999999999999999999", "99999999999999999999999999999999",
                  "9999999999999999999999999999999800000000000000000000000000000001"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decimal a = read(cases[i].a), b = read(cases[i].b), product;
        decimal_multiply(&a, &b, &product);
        char text[DECIMAL_DIGITS + 1] = {0};
        for (size_t j = 0; j < product.count; j++)
            text[j] = (char)('0' + product.digits[j]);
        if (i + 1 < sizeof cases / sizeof *cases) {
            decimal expected = read(cases[i].product);
            cr_expect_eq(decimal_compare(&product, &expected), 0, "%s * %s gives %s", cases[i].a, cases[i].b, text);
        } else {
            cr_expect_str_eq(text, cases[i].product);
        }
    }
}

Test(decimal, a_double_is_the_shortest_decimal_that_reads_back)
{
    static const double numbers[] = {0, 59.95, 0.1 + 0.2, 1e22, 5e-324, 1.7976931348623157e308, 127.5, -3.25};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        decimal d;
        decimal_from_double(numbers[i], &d);
        cr_expect_eq(decimal_to_double(&d), numbers[i]);
    }
    decimal d, paper = read("59.95");
    decimal_from_double(59.95, &d);
    cr_expect_eq(decimal_compare(&d, &paper), 0);
    d = read("1e400");
    cr_expect(isinf(decimal_to_double(&d)));
}
