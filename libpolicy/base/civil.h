/*
 * Civil dates: the proleptic Gregorian calendar in days since 1970-01-01. No zones, no clock.
 */
#ifndef POLICY_BASE_CIVIL_H
#define POLICY_BASE_CIVIL_H

#include "base/text.h"

#define CIVIL_MIN (-719162) /* 0001-01-01 */
#define CIVIL_MAX 2932896   /* 9999-12-31 */

bool civil_valid(int year, int month, int day);
int32_t civil_days(int year, int month, int day); /* of a valid date */
void civil_split(int32_t days, int *year, int *month, int *day);
int civil_weekday(int32_t days);                /* 1 Monday ... 7 Sunday */
int civil_year_day(int32_t days);               /* 1 ... 366 */
bool civil_read(str iso, int32_t *days);        /* exactly YYYY-MM-DD */
size_t civil_write(char out[16], int32_t days); /* YYYY-MM-DD, NUL after it */

#endif
