/*
 * Numbers to and from text, the same in every locale: the only file that does it. See number.h.
 *
 * The C library converts correctly but writes and expects the locale's decimal point. It never sees one here: doubles
 * are read as "digits e exponent", without a point, and what printf wrote is taken apart into its digits, which look
 * alike in every locale.
 */
#include "base/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* --- reading -------------------------------------------------------------------------------------------------------*/

/* Digits only, at least one. */
static bool read_magnitude(str text, uint64_t *out)
{
    uint64_t n = 0;
    if (text.size == 0)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i]))
            return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return true;
}

bool number_read_uint(str text, uint64_t *out)
{
    if (text.size && text.data[0] == '+')
        text = str_slice(text, 1, text.size);
    return read_magnitude(text, out);
}

bool number_read_int(str text, int64_t *out)
{
    bool negative = text.size && text.data[0] == '-';
    if (negative || (text.size && text.data[0] == '+'))
        text = str_slice(text, 1, text.size);
    uint64_t n;
    if (!read_magnitude(text, &n) || n > (uint64_t)INT64_MAX + negative)
        return false;
    if (!negative)
        *out = (int64_t)n;
    else
        *out = n > INT64_MAX ? INT64_MIN : -(int64_t)n;
    return true;
}

static bool is_word(str text, const char *lower)
{
    size_t size = strlen(lower);
    if (text.size != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = text.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != lower[i])
            return false;
    }
    return true;
}

/* A double has at most 767 significant digits, and so has the point half way between two. With more digits than that,
 * one more that says whether anything followed decides the rounding. */
#define SIGNIFICANT 800

typedef struct decimal {
    char digits[SIGNIFICANT + 1];
    size_t count;
    int64_t exponent; /* value = digits * 10^exponent */
    bool dropped;     /* a digit other than 0 did not fit */
} decimal;

static void add_digit(decimal *d, char digit, bool after_point)
{
    if (d->count == SIGNIFICANT) {
        d->dropped |= digit != '0';
        d->exponent += !after_point;
        return;
    }
    if (d->count || digit != '0')
        d->digits[d->count++] = digit;
    d->exponent -= after_point;
}

static bool read_decimal(str text, decimal *d)
{
    size_t at = 0, digits = 0;
    for (; at < text.size && is_digit(text.data[at]); at++, digits++)
        add_digit(d, text.data[at], false);
    if (at < text.size && text.data[at] == '.') {
        at++;
        for (; at < text.size && is_digit(text.data[at]); at++, digits++)
            add_digit(d, text.data[at], true);
    }
    if (digits == 0)
        return false;
    if (at == text.size)
        return true;
    if (text.data[at] != 'e' && text.data[at] != 'E')
        return false;
    at++;
    bool negative = at < text.size && text.data[at] == '-';
    if (at < text.size && (text.data[at] == '-' || text.data[at] == '+'))
        at++;
    if (at == text.size)
        return false;
    int64_t exponent = 0;
    for (; at < text.size; at++) {
        if (!is_digit(text.data[at]))
            return false;
        if (exponent < INT64_C(1000000000000000)) /* beyond any text that fits in memory */
            exponent = exponent * 10 + (text.data[at] - '0');
    }
    d->exponent += negative ? -exponent : exponent;
    return true;
}

/* digits * 10^exponent, correctly rounded, through text without a point. */
static double convert(const char *digits, size_t count, int64_t exponent)
{
    char text[SIGNIFICANT + 1 + NUMBER_TEXT + 2];
    if (exponent > 100000)
        exponent = 100000;
    if (exponent < -100000)
        exponent = -100000;
    memcpy(text, digits, count);
    text[count] = 'e';
    char power[NUMBER_TEXT];
    size_t size = number_write_int(power, exponent);
    memcpy(text + count + 1, power, size + 1);
    return strtod(text, NULL);
}

bool number_read_double(str text, bool special, double *out)
{
    bool negative = text.size && text.data[0] == '-';
    if (negative || (text.size && text.data[0] == '+'))
        text = str_slice(text, 1, text.size);
    double value;
    if (special && (is_word(text, "inf") || is_word(text, "infinity"))) {
        value = INFINITY;
    } else if (special && is_word(text, "nan")) {
        value = NAN;
    } else {
        decimal d = {.count = 0};
        if (!read_decimal(text, &d))
            return false;
        if (d.dropped) {
            d.digits[d.count++] = '1';
            d.exponent--;
        }
        value = d.count ? convert(d.digits, d.count, d.exponent) : 0.0;
        if (isinf(value))
            return false;
    }
    *out = negative ? -value : value;
    return true;
}

/* --- writing -------------------------------------------------------------------------------------------------------*/

static size_t put_digits(char *out, uint64_t number)
{
    char reversed[NUMBER_TEXT];
    size_t size = 0;
    do {
        reversed[size++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    for (size_t i = 0; i < size; i++)
        out[i] = reversed[size - 1 - i];
    out[size] = '\0';
    return size;
}

size_t number_write_uint(char out[NUMBER_TEXT], uint64_t number)
{
    return put_digits(out, number);
}

size_t number_write_int(char out[NUMBER_TEXT], int64_t number)
{
    if (number >= 0)
        return put_digits(out, (uint64_t)number);
    out[0] = '-';
    return put_digits(out + 1, 0 - (uint64_t)number) + 1;
}

static size_t put_text(char *out, const char *text)
{
    size_t size = strlen(text);
    memcpy(out, text, size + 1);
    return size;
}

static size_t put_special(char *out, double number)
{
    return put_text(out, isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity");
}

/* `precision` significant digits of a finite number > 0, and the power of ten of the first. */
static int split_digits(double number, int precision, char digits[20])
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", precision - 1, number);
    size_t count = 0;
    const char *p = text;
    for (; *p != 'e'; p++)
        if (is_digit(*p))
            digits[count++] = *p;
    int exponent = 0;
    for (const char *q = p + 2; *q; q++)
        exponent = exponent * 10 + (*q - '0');
    return p[1] == '-' ? -exponent : exponent;
}

static bool reads_back(const char *digits, int precision, int exponent, double number)
{
    return convert(digits, (size_t)precision, (int64_t)exponent - precision + 1) == number;
}

/* One more in the last place; false when that carries out of the first digit. */
static bool step_up(char *digits, int precision)
{
    for (int i = precision - 1; i >= 0; i--) {
        if (digits[i] != '9') {
            digits[i]++;
            return true;
        }
        digits[i] = '0';
    }
    return false;
}

/* The fewest digits that read back as `number` (finite, > 0). Returns their count. */
static int shortest_digits(double number, char digits[20], int *exponent)
{
    /* Every decimal of 15 digits survives the way to a normal double and back, so when any text of up to 15 digits
     * will do, it is the 15-digit one without its trailing zeros. Subnormal numbers keep fewer digits. */
    for (int precision = number < DBL_MIN ? 1 : 15; precision < 17; precision++) {
        *exponent = split_digits(number, precision, digits);
        if (reads_back(digits, precision, *exponent, number))
            return precision;
        /* Just below a power of two doubles lie twice as dense as above: the nearest text may miss on that side while
         * the next one up still reads back. */
        int unused;
        if (frexp(number, &unused) == 0.5 && step_up(digits, precision) &&
            reads_back(digits, precision, *exponent, number))
            return precision;
    }
    *exponent = split_digits(number, 17, digits);
    return 17;
}

size_t number_write_double(char out[NUMBER_TEXT], double number)
{
    if (isnan(number) || isinf(number))
        return put_special(out, number);
    size_t at = 0;
    if (signbit(number)) {
        out[at++] = '-';
        number = -number;
    }
    if (number < 9007199254740992.0 && number == floor(number)) /* 2^53: whole, exact, and every digit is needed */
        return at + put_digits(out + at, (uint64_t)number);

    char digits[20] = {0};
    int exponent;
    int count = shortest_digits(number, digits, &exponent);
    while (count > 1 && digits[count - 1] == '0')
        count--;

    if (exponent >= 0 && exponent < 21) {
        for (int i = 0; i < count || i <= exponent; i++) {
            if (i == exponent + 1)
                out[at++] = '.';
            out[at++] = i < count ? digits[i] : '0';
        }
    } else if (exponent < 0 && exponent >= -7) {
        out[at++] = '0';
        out[at++] = '.';
        for (int i = -1; i > exponent; i--)
            out[at++] = '0';
        for (int i = 0; i < count; i++)
            out[at++] = digits[i];
    } else {
        out[at++] = digits[0];
        if (count > 1)
            out[at++] = '.';
        for (int i = 1; i < count; i++)
            out[at++] = digits[i];
        out[at++] = 'e';
        out[at++] = exponent < 0 ? '-' : '+';
        return at + put_digits(out + at, (uint64_t)(exponent < 0 ? -exponent : exponent));
    }
    out[at] = '\0';
    return at;
}

/* Replace whatever stands between the whole part and the fraction by a point. */
static size_t fix_point(char *text)
{
    char *from = text;
    while (*from == '-' || is_digit(*from))
        from++;
    char *to = from;
    if (*from && *from != 'e') {
        *to++ = '.';
        while (*from && !is_digit(*from))
            from++;
    }
    memmove(to, from, strlen(from) + 1);
    return strlen(text);
}

static int clamp_precision(int precision)
{
    return precision < 0 ? 0 : precision > 1000 ? 1000 : precision;
}

size_t number_write_fixed(char *out, size_t room, double number, int precision)
{
    if (isnan(number) || isinf(number))
        return put_special(out, number);
    snprintf(out, room, "%.*f", clamp_precision(precision), number);
    return fix_point(out);
}

size_t number_write_scientific(char *out, size_t room, double number, int precision)
{
    if (isnan(number) || isinf(number))
        return put_special(out, number);
    snprintf(out, room, "%.*e", clamp_precision(precision), number);
    return fix_point(out);
}
