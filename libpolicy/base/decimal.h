/*
 * Exact decimals: what people write on paper, compared and multiplied without rounding.
 *
 * A score of 59.95 is no double, and 0.85 * 150 in doubles may fall on either side of 127.5. Where a verdict hangs on
 * such a comparison it is made here. A double stands for the shortest decimal that reads back as it: what was meant.
 */
#ifndef POLICY_BASE_DECIMAL_H
#define POLICY_BASE_DECIMAL_H

#include "base/text.h"

#define DECIMAL_READ_DIGITS 32 /* of a factor; a product has at most twice as many */
#define DECIMAL_DIGITS      64

typedef struct decimal { /* 0.d1d2d3... * 10^point, without zeros at either end; zero has no digits */
    bool negative;
    uint8_t count;
    int32_t point;
    uint8_t digits[DECIMAL_DIGITS];
} decimal;

/* Sign, digits with at most one point, exponent; nothing around it. False for anything else, and for a number of more
 * than DECIMAL_READ_DIGITS significant digits or with an exponent past four digits. */
bool decimal_read(str text, decimal *out);
/* A finite double. */
void decimal_from_double(double number, decimal *out);
/* < 0, 0, > 0. */
int decimal_compare(const decimal *a, const decimal *b);
/* Exact. Neither factor has more than DECIMAL_READ_DIGITS digits. `out` is neither of them. */
void decimal_multiply(const decimal *a, const decimal *b, decimal *out);
/* The nearest double; an infinity past the largest. */
double decimal_to_double(const decimal *d);

#endif
