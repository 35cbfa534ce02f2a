/*
 * Exact decimals as digits and a place for the point. See decimal.h.
 */
#include "base/decimal.h"

#include <assert.h>
#include <math.h>

#include "base/number.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Without zeros at either end. */
static void normalize(decimal *d)
{
    size_t first = 0;
    while (first < d->count && d->digits[first] == 0)
        first++;
    memmove(d->digits, d->digits + first, d->count - first);
    d->count = (uint8_t)(d->count - first);
    d->point -= (int32_t)first;
    while (d->count > 0 && d->digits[d->count - 1] == 0)
        d->count--;
    if (d->count == 0) {
        d->point = 0;
        d->negative = false;
    }
}

/* The exponent behind an `e`. */
static bool read_exponent(str text, int32_t *out)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    if (negative || (text.size > 0 && text.data[0] == '+'))
        text = str_slice(text, 1, text.size);
    if (text.size == 0 || text.size > 4)
        return false;
    int32_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i]))
            return false;
        n = n * 10 + (text.data[i] - '0');
    }
    *out = negative ? -n : n;
    return true;
}

bool decimal_read(str text, decimal *out)
{
    decimal d = {.negative = text.size > 0 && text.data[0] == '-'};
    size_t at = d.negative || (text.size > 0 && text.data[0] == '+') ? 1 : 0;
    bool any = false, behind_point = false;
    size_t zeros = 0; /* not yet written: they may turn out to stand at the end */
    for (; at < text.size && (is_digit(text.data[at]) || (text.data[at] == '.' && !behind_point)); at++) {
        if (text.data[at] == '.') {
            behind_point = true;
            continue;
        }
        any = true;
        if (text.data[at] == '0' && d.count == 0) {
            d.point -= behind_point; /* 0.001 */
            continue;
        }
        d.point += !behind_point;
        if (text.data[at] == '0') {
            zeros++;
            continue;
        }
        if (d.count + zeros + 1 > DECIMAL_READ_DIGITS)
            return false;
        for (; zeros > 0; zeros--)
            d.digits[d.count++] = 0;
        d.digits[d.count++] = (uint8_t)(text.data[at] - '0');
    }
    int32_t exponent = 0;
    if (!any)
        return false;
    if (at < text.size && (text.data[at] != 'e' || !read_exponent(str_slice(text, at + 1, text.size), &exponent)))
        return false;
    d.point += exponent;
    normalize(&d);
    *out = d;
    return true;
}

void decimal_from_double(double number, decimal *out)
{
    char room[NUMBER_TEXT];
    assert(isfinite(number));
    bool fine = decimal_read((str){room, number_write_double(room, number)}, out);
    assert(fine);
    (void)fine;
}

static int compare_magnitude(const decimal *a, const decimal *b)
{
    if (a->count == 0 || b->count == 0)
        return (a->count > 0) - (b->count > 0);
    if (a->point != b->point)
        return a->point > b->point ? 1 : -1;
    size_t shared = a->count < b->count ? a->count : b->count;
    int order = memcmp(a->digits, b->digits, shared);
    return order != 0 ? order : (a->count > b->count) - (a->count < b->count);
}

int decimal_compare(const decimal *a, const decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    return a->negative ? -compare_magnitude(a, b) : compare_magnitude(a, b);
}

void decimal_multiply(const decimal *a, const decimal *b, decimal *out)
{
    assert(a->count <= DECIMAL_READ_DIGITS && b->count <= DECIMAL_READ_DIGITS);
    decimal d = {
        .negative = a->negative != b->negative, .count = (uint8_t)(a->count + b->count), .point = a->point + b->point};
    for (size_t i = a->count; i-- > 0;) {
        unsigned carry = 0;
        for (size_t j = b->count; j-- > 0;) {
            unsigned n = d.digits[i + j + 1] + (unsigned)a->digits[i] * b->digits[j] + carry;
            d.digits[i + j + 1] = (uint8_t)(n % 10);
            carry = n / 10;
        }
        d.digits[i] = (uint8_t)(d.digits[i] + carry);
    }
    normalize(&d);
    *out = d;
}

double decimal_to_double(const decimal *d)
{
    char room[DECIMAL_DIGITS + NUMBER_TEXT];
    size_t n = 0;
    if (d->count == 0)
        return 0;
    if (d->negative)
        room[n++] = '-';
    for (size_t i = 0; i < d->count; i++)
        room[n++] = (char)('0' + d->digits[i]);
    room[n++] = 'e';
    n += number_write_int(room + n, d->point - d->count);
    double number;
    if (!number_read_double((str){room, n}, false, &number))
        return d->negative ? -(double)INFINITY : (double)INFINITY;
    return number;
}
