/*
 * Suggestions for what a check found to fail; see suggest.c.
 */
#ifndef POLICY_LEDGER_SUGGEST_H
#define POLICY_LEDGER_SUGGEST_H

#include "ledger/findings.h"

/* To each fail among `out`, which a check of this record caused, the nearest number that passes, where there is one.
 * False out of memory. */
bool suggest_nearest(policy_ledger *l, uint32_t type_at, const record *posted, policy_findings *out);

#endif
