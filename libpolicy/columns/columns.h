/*
 * The column path: a batch of rows judged by codes, with exactly the row path's meaning.
 *
 *   batch -> codes (coder.h) -> conditions as masks (conditions.h) -> counts of verdicts, compact accounts (accounts.h)
 *                                                                  -> the rows that are left, one by one: fold_row, judge_row
 *
 * Everything is evaluated by the ordinary evaluator, once for each combination of codes. What cannot be said by codes (an
 * unknown, an error, a finding to be made, a program that reads too much) is left, row by row, to the functions of the row
 * path. So the two agree by construction, and the work that remains for a row is looking things up.
 */
#ifndef POLICY_COLUMNS_COLUMNS_H
#define POLICY_COLUMNS_COLUMNS_H

#include "arrow/batch.h"
#include "ledger/state.h"

/* All that posting rows [from, until) of a batch one by one does, into l->delta; but rows are not compared with each other
 * (no "equal row" notices, and such rows cannot be retracted). False out of memory: the delta is then in pieces. */
bool columns_feed(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until);
/* Are rows of the type posted one by one all the same? */
bool columns_are_posted(const policy_engine *e, uint32_t type_at);
/* Free what the ledger keeps from batch to batch. */
void columns_free(policy_ledger *l);

/* ---- what column feeds keep compactly (dense.h) ----
 *
 * Part of the ledger's state, beside state.accounts. Groups of a measure are asked for through ledger_group and
 * ledger_groups, which settle it; who looks into state.accounts itself settles first. */

/* All of it into the ordinary groups of l->state.accounts, and rows that are findings (row_hits.h) into l->state.kept.
 * False out of memory: nothing is lost. */
bool accounts_settle(policy_ledger *l);
bool accounts_settle_one(policy_ledger *l, const plan_measure *m);
/* What rows of this type may read, before workers do. */
bool accounts_settle_others(policy_ledger *l, uint32_t type_at);
/* What this call's feeds added into l->delta.accounts: of a worker, whose delta is merged. */
bool columns_settle_added(policy_ledger *l);
/* What a measure over another has from rows that the one below keeps compactly, into `into`; what it has as ordinary groups
 * is then to be added. *done false: there is nothing, or it takes the ordinary groups. False out of memory. */
bool columns_sum(policy_ledger *l, const plan_measure *m, group_table *into, bool *done);
/* Each row that waits as a finding, as the kept row that it stands for; state.kept has others. False when `one` says so. */
struct policy_findings;
bool columns_findings(policy_ledger *l, struct policy_findings *all,
                      bool (*one)(struct policy_findings *, policy_ledger *, const kept_row *));
/* The steps of a transaction: room (false out of memory), taking it in, which cannot fail then; or giving it up. */
bool columns_reserve(policy_ledger *l);
void columns_commit(policy_ledger *l);
void columns_forget(policy_ledger *l);
/* Limits in bulk: counts into `verdicts`, which are the rule's; each group that is not known to pass goes to `one`. The
 * groups that are judged are afterwards in no ordinary table, the others in no other. */
bool columns_may_judge(policy_ledger *l, const plan_version *v);
bool columns_judge(policy_ledger *l, const plan_version *v, frame *f, struct policy_findings *all, int64_t *verdicts,
                   bool (*one)(policy_ledger *, frame *, const plan_version *, const group *,
                               struct policy_findings *));

#endif
