/**
 * @file store.h
 * A ledger as bytes: saved, restored, sent to another machine.
 *
 * The bytes are canonical: two ledgers with the same content are the same bytes, whatever order it came in. They carry a
 * version, their length and a SHA-256 digest, and are the same on every machine. What is cut short, altered or from a
 * newer version is refused; the digest protects against accidents, not against somebody who makes a new one.
 *
 * An engine whose rules differ restores what it can: a measure's groups where the measure means the same, a row rule's
 * counts and findings where the rule does. Everything else is listed in a policy_carry, and rules that would need it
 * answer `unknown` from then on, never a pass.
 */
#ifndef POLICY_STORE_H
#define POLICY_STORE_H

#include "policy/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Receives the next bytes of a saved ledger; a non-zero return stops the saving with POLICY_E_IO. @since 1.0 */
typedef int32_t (*policy_writer)(void *context, const void *data, size_t size);

/**
 * Save a ledger. It is not changed.
 * @return POLICY_OK; POLICY_E_IO when `write` stopped it; POLICY_E_NOMEM. Bytes may have been written then.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_save(policy_ledger *ledger, policy_writer write, void *context,
                                            policy_error **err);

/** Save into a file: written beside it under another name, flushed to the disk, then put in its place, so that a crash
 *  leaves the old file or the new one. POLICY_E_IO with the path and the reason. @since 1.0 */
POLICY_API policy_status policy_ledger_save_file(policy_ledger *ledger, const char *path, policy_error **err);

/** What restoring could carry over, measure by measure and rule by rule. @since 1.0 */
typedef struct policy_carry policy_carry;

/**
 * Make a ledger from saved bytes.
 *
 * Period, as-of date, evidence and reported verdicts come with it.
 * @param data   borrowed for the call.
 * @param out    receives a ledger the caller owns; NULL on failure.
 * @param carry  receives the list of what was and was not carried, which the caller frees; may be NULL.
 * @return POLICY_OK, also when something was left behind; POLICY_E_DATA (cut short or altered); POLICY_E_VERSION (from a
 *         newer version of the library); POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_restore(policy_engine *engine, const void *data, size_t size,
                                               policy_ledger **out, policy_carry **carry, policy_error **err);
/** The same from a file; also POLICY_E_IO. @since 1.0 */
POLICY_API policy_status policy_ledger_restore_file(policy_engine *engine, const char *path, policy_ledger **out,
                                                    policy_carry **carry, policy_error **err);

/**
 * Move a live ledger to another engine: new rules, a tightened parameter, a new pack.
 *
 * What was posted stays where it means the same under the new rules, as after saving and restoring. Records and tables made
 * for the old engine no longer fit the ledger.
 * @param engine  a reference is taken, and the one to the old engine given back.
 * @param carry   as for policy_ledger_restore.
 * @return POLICY_OK; POLICY_E_ARGUMENT, POLICY_E_NOMEM: the ledger is then as it was, with its old engine.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_rebase(policy_ledger *ledger, policy_engine *engine, policy_carry **carry,
                                              policy_error **err);

/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_carry_free(policy_carry *carry);

/** What happened to one measure or rule. @since 1.0 */
typedef int32_t policy_carried;
enum {
    POLICY_CARRIED = 0,         /**< As if nothing had changed. */
    POLICY_CARRIED_CHANGED = 1, /**< It means something else now: left behind; unknown from now on. */
    POLICY_CARRIED_GONE = 2,    /**< The engine has none of that name: left behind. */
    POLICY_CARRIED_NEW = 3      /**< It is new, and records posted before it came are not in it: unknown. */
};
/** What a line speaks of. @since 1.0 */
typedef int32_t policy_carry_kind;
enum {
    POLICY_CARRY_MEASURE = 0, /**< Groups of records. */
    POLICY_CARRY_RULE = 1,    /**< A rule over single records: its counts and findings. */
    POLICY_CARRY_TYPE = 2     /**< A record type whose fields changed: its old records can no longer be taken back. */
};
/** Lines of the list: measures first, then rules, each in the engine's order, then types, what is gone last. @since 1.0 */
POLICY_API size_t policy_carry_count(const policy_carry *carry);
/** Id of the measure or rule, or name of the type. "" past the end. Borrowed. @since 1.0 */
POLICY_API const char *policy_carry_name(const policy_carry *carry, size_t i);
POLICY_API policy_carry_kind policy_carry_kind_of(const policy_carry *carry, size_t i);
POLICY_API policy_carried policy_carry_what(const policy_carry *carry, size_t i);
/** Was everything carried? @since 1.0 */
POLICY_API bool policy_carry_is_complete(const policy_carry *carry);
/** One line for people. Receives text the caller owns. @since 1.0 */
POLICY_API policy_status policy_carry_message(const policy_carry *carry, size_t i, policy_language language,
                                              policy_text **out, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
