/*
 * Timestamps, durations and times of day as text. (Reading them is functions_convert.c's.)
 */
#ifndef POLICY_EXPR_TIME_TEXT_H
#define POLICY_EXPR_TIME_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TIME_TEXT 48 /* room for any of these, NUL included */
/* 2021-11-19T08:30:00Z, with as many of 3, 6 or 9 digits of a fraction as it needs. */
size_t time_text_timestamp(char out[TIME_TEXT], int64_t seconds, int32_t nanoseconds);
/* 1.5s, -3s, 0s: seconds with the shortest fraction. */
size_t time_text_duration(char out[TIME_TEXT], int64_t seconds, int32_t nanoseconds);
/* 17:30, 17:30:05: a duration since midnight; one outside a day is written as a duration. */
size_t time_text_of_day(char out[TIME_TEXT], int64_t seconds, int32_t nanoseconds);

#endif
