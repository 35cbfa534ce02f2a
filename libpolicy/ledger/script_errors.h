/*
 * Broken scripts in findings: one error a rule, not one a record.
 */
#ifndef POLICY_LEDGER_SCRIPT_ERRORS_H
#define POLICY_LEDGER_SCRIPT_ERRORS_H

#include "ledger/findings.h"

/* Gather the errors of scripts' rules in sorted findings. Counts of verdicts keep how many records ended in an error, unless
 * the rule was killed: then it said nothing in this run. False out of memory. */
bool script_errors_gather(policy_findings *all);

#endif
