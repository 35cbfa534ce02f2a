/*
 * Timestamps, durations and times of day as text.
 */
#include "expr/time_text.h"

#include "base/civil.h"
#include "base/number.h"

enum { DAY = 86400, NANO = 1000000000 };

static size_t two_digits(char *out, int64_t n)
{
    out[0] = (char)('0' + n / 10 % 10);
    out[1] = (char)('0' + n % 10);
    return 2;
}

/* ".5": the fraction without trailing zeros; nothing for none. With `groups` the digits come in threes. */
static size_t fraction(char *out, int32_t nanoseconds, int groups)
{
    if (nanoseconds == 0) {
        return 0;
    }
    char digits[9];
    for (int i = 8; i >= 0; i--) {
        digits[i] = (char)('0' + nanoseconds % 10);
        nanoseconds /= 10;
    }
    size_t count = 9;
    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }
    if (groups) {
        count = (count + 2) / 3 * 3;
    }
    out[0] = '.';
    memcpy(out + 1, digits, count);
    return count + 1;
}

static size_t clock_text(char *out, int64_t second_of_day, int with_seconds)
{
    size_t n = two_digits(out, second_of_day / 3600);
    out[n++] = ':';
    n += two_digits(out + n, second_of_day / 60 % 60);
    if (with_seconds) {
        out[n++] = ':';
        n += two_digits(out + n, second_of_day % 60);
    }
    return n;
}

size_t time_text_timestamp(char out[TIME_TEXT], int64_t seconds, int32_t nanoseconds)
{
    if (nanoseconds < 0) { /* both count down from 1970; the clock counts up */
        seconds--;
        nanoseconds += NANO;
    }
    int64_t days = seconds / DAY, rest = seconds % DAY;
    if (rest < 0) {
        days--;
        rest += DAY;
    }
    char date[16];
    size_t n = civil_write(date, (int32_t)days);
    memcpy(out, date, n);
    out[n++] = 'T';
    n += clock_text(out + n, rest, 1);
    n += fraction(out + n, nanoseconds, 1);
    out[n++] = 'Z';
    out[n] = '\0';
    return n;
}

size_t time_text_duration(char out[TIME_TEXT], int64_t seconds, int32_t nanoseconds)
{
    size_t n = 0;
    if (seconds < 0 || nanoseconds < 0) {
        out[n++] = '-';
    }
    char digits[NUMBER_TEXT];
    uint64_t whole = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
    size_t count = number_write_uint(digits, whole);
    memcpy(out + n, digits, count);
    n += count;
    n += fraction(out + n, nanoseconds < 0 ? -nanoseconds : nanoseconds, 0);
    out[n++] = 's';
    out[n] = '\0';
    return n;
}

size_t time_text_of_day(char out[TIME_TEXT], int64_t seconds, int32_t nanoseconds)
{
    if (seconds < 0 || nanoseconds < 0 || seconds > DAY) {
        return time_text_duration(out, seconds, nanoseconds);
    }
    size_t n = clock_text(out, seconds, seconds % 60 != 0 || nanoseconds != 0);
    n += fraction(out + n, nanoseconds, 0);
    out[n] = '\0';
    return n;
}
