/*
 * What a ledger has lost: measures and rules that came, or changed, after records had been posted.
 *
 * Their groups and counts do not speak of those records, so nothing is judged by them: a rule that needs one is a single
 * `unknown` for the whole run, and a measure that is read by key is unknown. Nothing is fed to them either, which keeps
 * taking records back simple. Only a new ledger, fed with everything, heals this.
 */
#ifndef POLICY_LEDGER_LOST_H
#define POLICY_LEDGER_LOST_H

#include "ledger/findings.h"

bool ledger_lost_measure(const policy_ledger *l, const plan_measure *m); /* it, or one below it */
bool ledger_lost_rule(const policy_ledger *l, const plan_rule *r);       /* it, or a measure whose groups it judges */
/* The one finding of such a rule. False out of memory. */
bool judge_lost(policy_ledger *l, const plan_rule *r, policy_findings *all);

#endif
