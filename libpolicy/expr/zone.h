/*
 * Time zones: the system's TZif files, read without touching the process-wide C zone.
 */
#ifndef POLICY_EXPR_ZONE_H
#define POLICY_EXPR_ZONE_H

#include "base/allocator.h"
#include "base/text.h"
#include "policy/common.h"

typedef struct zone zone;

/* "UTC", "+08:00", "-2:30", or an IANA name such as "Asia/Shanghai". NULL when there is none of that name (*out of
 * memory* sets *nomem). Names with "..", a leading "/" or NUL are refused. */
zone *zone_new(const policy_allocator *a, str name, bool *nomem);
void zone_free(zone *z);
/* Seconds east of UTC at an instant (seconds since 1970), years 1 to 9999, also past the last transition (POSIX rule). */
int32_t zone_offset(const zone *z, int64_t seconds);

#endif
