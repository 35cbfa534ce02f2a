/*
 * Timestamps, durations and times of day from text. (time_text.h writes them.)
 */
#ifndef POLICY_EXPR_TIME_READ_H
#define POLICY_EXPR_TIME_READ_H

#include "base/text.h"

typedef enum time_read_result { TIME_READ_OK, TIME_READ_MALFORMED, TIME_READ_RANGE } time_read_result;

/* RFC 3339: 2021-11-19T08:30:00Z, 2021-11-19T08:30:00.25+08:00; years 1 to 9999 after the offset is applied. Both parts
 * of the result have the same sign. */
time_read_result time_read_timestamp(str text, int64_t *seconds, int32_t *nanoseconds);
/* Numbers with units h, m, s, ms, us (or µs), ns, after an optional sign: 1h30m, -1.5s, 0. At most 315,576,000,000 s
 * either way; digits below a nanosecond are dropped. */
time_read_result time_read_duration(str text, int64_t *seconds, int32_t *nanoseconds);
/* HH:MM or HH:MM:SS, as seconds since midnight; 24:00 is the end of the day. */
bool time_read_of_day(str text, int64_t *seconds);

#endif
