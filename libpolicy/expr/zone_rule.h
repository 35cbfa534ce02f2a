/*
 * The rule that a zone follows after its last recorded transition: a POSIX TZ string as TZif files end in, such as
 * "CET-1CEST,M3.5.0,M10.5.0/3".
 */
#ifndef POLICY_EXPR_ZONE_RULE_H
#define POLICY_EXPR_ZONE_RULE_H

#include "base/text.h"

#define ZONE_OFFSET_LIMIT (25 * 3600) /* no zone is further from UTC */

/* A day of every year and a time on it, in local time. */
typedef struct zone_change {
    enum { ZONE_MONTH_WEEK, ZONE_JULIAN, ZONE_DAY } form;
    int32_t month, week, weekday; /* M: month 1-12, week 1-5 (5: last), weekday 0 Sunday */
    int32_t day;                  /* J: 1-365 without leap days; plain: 0-365 with them */
    int32_t seconds;              /* after midnight, -167 h to 167 h */
} zone_change;

typedef struct zone_rule {
    int32_t standard, summer; /* seconds east of UTC */
    bool has_summer;
    zone_change start, end; /* of summer time */
} zone_rule;

bool zone_rule_read(str text, zone_rule *out);
int32_t zone_rule_offset(const zone_rule *rule, int64_t seconds);

#endif
