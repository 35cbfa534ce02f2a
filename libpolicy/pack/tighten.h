/*
 * What the gate of the packs and that of the plan (engine/gate.c) both need to know of a rule.
 */
#ifndef POLICY_PACK_TIGHTEN_H
#define POLICY_PACK_TIGHTEN_H

#include "pack/pack.h"

/* Can more rows only raise what the rule measures, so that more rows under a cap can only fail more? count, count_distinct,
 * max, and sum of a field that is never negative. */
bool rule_only_grows(const schema *s, const pack_rule *rule);

#endif
