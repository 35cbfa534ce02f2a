/**
 * @file ledger.h
 * The running account of what has been recorded: one per audit or per live session.
 *
 * Records are posted, findings are asked for. One thread at a time; many ledgers may share one engine.
 */
#ifndef POLICY_LEDGER_H
#define POLICY_LEDGER_H

#include "policy/engine.h"
#include "policy/finding.h"
#include "policy/notice.h"
#include "policy/record.h"
#include "policy/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_ledger policy_ledger;

/** Make an empty ledger; keeps the engine alive. POLICY_OK or POLICY_E_NOMEM. @since 1.0 */
POLICY_API policy_status policy_ledger_new(policy_engine *engine, policy_ledger **out, policy_error **err);
/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_ledger_free(policy_ledger *ledger);

/** Days that the run speaks of, both included, as days since 1970-01-01; default: the calendar's. Before the first record,
 *  else POLICY_E_STATE. @since 1.0 */
POLICY_API policy_status policy_ledger_set_period(policy_ledger *ledger, int32_t from, int32_t until,
                                                  policy_error **err);
/** The day as of which undated records are judged; no default: such records are `unknown` where it matters. @since 1.0 */
POLICY_API policy_status policy_ledger_set_as_of(policy_ledger *ledger, int32_t day, policy_error **err);

/** Which rows a group's finding can name. Fixed before the first record. @since 1.0 */
typedef int32_t policy_evidence;
enum {
    POLICY_EVIDENCE_NONE = 0, /**< No rows are kept (live default). */
    POLICY_EVIDENCE_FIRST = 1 /**< The `rows` smallest (source, row) of each group; 16 bytes each. */
};
POLICY_API policy_status policy_ledger_set_evidence(policy_ledger *ledger, policy_evidence mode, uint32_t rows,
                                                    policy_error **err);

/** Also report passes (1 << POLICY_PASS), not applicable and not in force, as findings; default: fail, unknown, error.
 *  Before the first record. @since 1.0 */
POLICY_API policy_status policy_ledger_set_reported(policy_ledger *ledger, uint32_t verdicts, policy_error **err);

/**
 * Post a record.
 *
 * Either all of it is counted or, on failure, nothing was changed. A cell that cannot be read is not a failure: it is
 * listed in the notices and makes what needs it `unknown`.
 * @return POLICY_OK, POLICY_E_STATE (it would change what already posted records were grouped by), POLICY_E_LIMIT (days of
 *         a calendar that lie more than 200 years apart), POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_post(policy_ledger *ledger, const policy_record *record, policy_error **err);

/**
 * What would posting this record cause? Changes nothing.
 *
 * The findings are those the record causes: of its own row, and of every group and rule it touches, where nothing as bad was
 * said before. What was wrong already is reported again only where it gets worse: further past its limit, a graver
 * severity, a doubt about more. The counts (policy_findings_verdicts) are those of the rows and groups that were judged.
 * The first record of a type that was not supplied changes what every rule on that type knows; then everything is judged
 * (call policy_ledger_supply beforehand to avoid that).
 * @param out  Made by policy_findings_new for the same engine; cleared first, empty on failure. Reuse it.
 * @return POLICY_OK, POLICY_E_ARGUMENT, POLICY_E_STATE (too late, as for a post), POLICY_E_LIMIT (as for a post) or
 *         POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_check(policy_ledger *ledger, const policy_record *record, policy_findings *out,
                                             policy_error **err);
/** Post a record and hear what it causes, as policy_ledger_check would have said; `out` may be NULL. @since 1.0 */
POLICY_API policy_status policy_ledger_post_findings(policy_ledger *ledger, const policy_record *record,
                                                     policy_findings *out, policy_error **err);
/**
 * Take a record back: the ledger is then as if it had never been posted (but for notices, the names of sources, and rows of
 * evidence it had pushed out).
 *
 * Takes the whole old record, set as it was when it was posted, its source and row included. A rule whose script had to be
 * stopped stays stopped.
 * @param out  What this causes (a required record that is gone); NULL when not wanted.
 * @return POLICY_OK, POLICY_E_NOT_FOUND (no such record was posted; nothing was changed), else as a post.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_retract(policy_ledger *ledger, const policy_record *record, policy_findings *out,
                                               policy_error **err);
/** Put `record` in the place of `old`, both of one type, in one step; findings and errors as for retract and post.
 *  @since 1.0 */
POLICY_API policy_status policy_ledger_amend(policy_ledger *ledger, const policy_record *old,
                                             const policy_record *record, policy_findings *out, policy_error **err);

/** Say that a record type is supplied though it may have no rows (an empty file is not a missing one). @since 1.0 */
POLICY_API policy_status policy_ledger_supply(policy_ledger *ledger, const char *type, policy_error **err);

/** Called now and then on the calling thread with rows and bytes done; a non-zero return cancels. @since 1.0 */
typedef int32_t (*policy_progress)(void *context, uint64_t rows, uint64_t bytes);
/**
 * Post every row of a table: policy_ledger_feed_table_parallel with one thread. @since 1.0
 */
POLICY_API policy_status policy_ledger_feed_table(policy_ledger *ledger, policy_table *table, policy_progress progress,
                                                  void *context, policy_error **err);
/**
 * Post every row of a table, with several threads.
 *
 * One transaction: on failure or cancel nothing was changed. The table's notices move to the ledger. The file is read in
 * blocks of about a megabyte, two for each thread, so that memory does not grow with it, but for what the ledger keeps of
 * its rows. The calling thread judges, the others read ahead of it; more than three or four are hardly of use. Findings,
 * notices and errors are the same for every number of threads. The first 390,000 rows of a type are compared with each
 * other and may be retracted (POLICY_NOTICE_NOT_COMPARED tells where that ends).
 *
 * @param threads   How many work, the calling one among them; 0 and 1: only that. At most 64 are used. The host's allocator
 *                  must then be safe to call from any thread. Wide sheets and score tables are read by one.
 * @param progress  NULL: none. Called on the calling thread after every few blocks.
 * @return As policy_table_next for what is wrong in the file; POLICY_E_STATE (types out of order); POLICY_E_LIMIT (over a
 *         million notices, or as for a post); POLICY_E_CANCELLED; POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_feed_table_parallel(policy_ledger *ledger, policy_table *table, uint32_t threads,
                                                           policy_progress progress, void *context, policy_error **err);

/**
 * Take in all that another ledger of the same engine holds: findings, evidence, counts and notices are then those of one
 * ledger that was given both parts. `from` is empty afterwards, with its settings, and may be used again or freed.
 *
 * Both must have the same period, as_of, evidence and reported verdicts. Tables that others are read with (those that
 * policy_engine_feed_order puts before them for a reason: schools, a calendar) may be given to every part: when both hold
 * the same rows, these count once. Where they differ and records were read with them, merging is refused. Rows are told
 * apart by source and number, so give parts sources of their own or number their rows on (policy_feed_options.first_row).
 * Rows of both parts that are equal and have no number are counted on, with a notice for each.
 *
 * @return POLICY_OK; POLICY_E_ARGUMENT (another engine, other settings, the same ledger twice); POLICY_E_STATE (such tables
 *         differ); POLICY_E_NOMEM. On failure both are unchanged.
 * @threadsafe one thread at a time for each of the two.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_merge(policy_ledger *into, policy_ledger *from, policy_error **err);

/** Judge everything posted so far; may be called again after more records. Receives findings the caller owns. @since 1.0 */
POLICY_API policy_status policy_ledger_findings(policy_ledger *ledger, policy_findings **out, policy_error **err);

/** Things a reader of the result should know: unreadable cells, unknown columns, ragged rows, defaults that were used, equal
 *  rows. Borrowed until the next call that changes the ledger. @since 1.0 */
POLICY_API size_t policy_ledger_notice_count(const policy_ledger *ledger);
POLICY_API const policy_notice *policy_ledger_notice(const policy_ledger *ledger, size_t i);

#ifdef __cplusplus
}
#endif
#endif
