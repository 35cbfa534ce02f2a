/*
 * Civil dates in days since 1970-01-01. See civil.h.
 *
 * Days are counted from 0001-01-01 in cycles of 400, 100, 4 and 1 years. civil_split is defined for every int32_t, so
 * that a hostile day number cannot do harm; years before 1 count 0, -1, ... .
 */
#include "base/civil.h"

#include "base/number.h"

static const int16_t days_before[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month)
{
    static const int8_t lengths[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month];
}

bool civil_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= month_length(year, month);
}

int32_t civil_days(int year, int month, int day)
{
    int32_t y = year - 1;
    return CIVIL_MIN + y * 365 + y / 4 - y / 100 + y / 400 + days_before[month] + (month > 2 && is_leap(year)) + day -
           1;
}

void civil_split(int32_t days, int *year, int *month, int *day)
{
    int64_t n = (int64_t)days - CIVIL_MIN;
    int64_t cycles = n / 146097;
    if (n % 146097 < 0)
        cycles--;
    int32_t rest = (int32_t)(n - cycles * 146097);
    int32_t centuries = rest / 36524;
    if (centuries == 4) /* the last day of a 400-year cycle belongs to its fourth century */
        centuries = 3;
    rest -= centuries * 36524;
    int32_t fours = rest / 1461;
    rest -= fours * 1461;
    int32_t ones = rest / 365;
    if (ones == 4)
        ones = 3;
    rest -= ones * 365;
    int y = (int)(cycles * 400 + centuries * 100 + fours * 4 + ones + 1);
    int m = 1;
    while (rest >= month_length(y, m))
        rest -= month_length(y, m++);
    *year = y;
    *month = m;
    *day = (int)rest + 1;
}

int civil_weekday(int32_t days)
{
    int rest = (int)(((int64_t)days + 3) % 7); /* 1970-01-01 was a Thursday */
    return (rest < 0 ? rest + 7 : rest) + 1;
}

int civil_year_day(int32_t days)
{
    int year, month, day;
    civil_split(days, &year, &month, &day);
    return days_before[month] + (month > 2 && is_leap(year)) + day;
}

static bool read_digits(const char *p, size_t count, int *out)
{
    int n = 0;
    for (size_t i = 0; i < count; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        n = n * 10 + (p[i] - '0');
    }
    *out = n;
    return true;
}

bool civil_read(str iso, int32_t *days)
{
    int year, month, day;
    if (iso.size != 10 || iso.data[4] != '-' || iso.data[7] != '-' || !read_digits(iso.data, 4, &year) ||
        !read_digits(iso.data + 5, 2, &month) || !read_digits(iso.data + 8, 2, &day) || !civil_valid(year, month, day))
        return false;
    *days = civil_days(year, month, day);
    return true;
}

static size_t put_padded(char *out, uint32_t number, size_t width)
{
    char text[NUMBER_TEXT];
    size_t size = number_write_uint(text, number);
    size_t at = 0;
    while (at + size < width)
        out[at++] = '0';
    memcpy(out + at, text, size);
    return at + size;
}

size_t civil_write(char out[16], int32_t days)
{
    int year, month, day;
    civil_split(days, &year, &month, &day);
    size_t at = 0;
    if (year < 0)
        out[at++] = '-';
    at += put_padded(out + at, (uint32_t)(year < 0 ? -year : year), 4);
    out[at++] = '-';
    at += put_padded(out + at, (uint32_t)month, 2);
    out[at++] = '-';
    at += put_padded(out + at, (uint32_t)day, 2);
    out[at] = '\0';
    return at;
}
