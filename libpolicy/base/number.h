/*
 * Numbers to and from text, the same in every locale: the only file that does it.
 */
#ifndef POLICY_BASE_NUMBER_H
#define POLICY_BASE_NUMBER_H

#include "base/text.h"

/* Decimal, optional sign, nothing else around it. False: malformed or out of range; `-` is not for unsigned. */
bool number_read_int(str text, int64_t *out);
bool number_read_uint(str text, uint64_t *out);
/* Decimal with fraction and exponent, correctly rounded; also inf, infinity, nan in any case when `special`.
 * A value too large for a double is refused, one too small becomes 0. */
bool number_read_double(str text, bool special, double *out);

#define NUMBER_TEXT 40 /* room for any of the below, NUL included */
size_t number_write_int(char out[NUMBER_TEXT], int64_t number);
size_t number_write_uint(char out[NUMBER_TEXT], uint64_t number);
/* Shortest text that reads back equal: 1.5, 1e+100, NaN, Infinity, -Infinity; whole numbers without a point (3). */
size_t number_write_double(char out[NUMBER_TEXT], double number);
/* printf-like fixed and scientific with `precision` digits (0 to 1000); `out` holds at least 400 + precision bytes. */
size_t number_write_fixed(char *out, size_t room, double number, int precision);
size_t number_write_scientific(char *out, size_t room, double number, int precision);

#endif
