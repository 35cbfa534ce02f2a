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

#endif
