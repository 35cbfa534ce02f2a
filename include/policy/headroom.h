/**
 * @file headroom.h
 * How much is left: for each limit a record touches, or for one limit by its keys, the value now, the limit and the rest.
 *
 * A list is filled by a call and reused: policy_headroom_new once, then policy_ledger_headroom as often as you like; after
 * the first few times filling it does not allocate. What was borrowed from it ends with the next call that fills or
 * clears it. One thread at a time; keeps its engine alive.
 */
#ifndef POLICY_HEADROOM_H
#define POLICY_HEADROOM_H

#include "policy/finding.h"
#include "policy/ledger.h"
#include "policy/record.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_headroom policy_headroom;

/** Make an empty list. POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM. @since 1.0 */
POLICY_API policy_status policy_headroom_new(policy_engine *engine, policy_headroom **out, policy_error **err);
/** Empty it, keeping its memory; NULL is fine. @since 1.0 */
POLICY_API void policy_headroom_clear(policy_headroom *headroom);
/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_headroom_free(policy_headroom *headroom);

/**
 * What is left of every limit that this record would touch, as things stand before it. Changes nothing.
 *
 * One line for each rule with a bound and each of its groups that the record would join: directly, or through the measures
 * its rule is built on. A field that is not set yet (the minutes still to be typed) does not hide a line unless its value
 * decides whether, or under which keys, the rule counts the record; where such a value is missing the line says so: no
 * value, nothing left, the missing fields named. Rules that are not in force on the record's day have no line.
 * @param out  Made for the same engine; cleared first, empty on failure.
 * @return POLICY_OK, POLICY_E_ARGUMENT, POLICY_E_STATE (too late, as for a post) or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_headroom(policy_ledger *ledger, const policy_record *record,
                                                policy_headroom *out, policy_error **err);
/**
 * Both at once, for little more than the price of one: what posting the record would cause, and what is left of every limit it
 * would touch, as policy_ledger_check and policy_ledger_headroom say it. Changes nothing.
 * @param out   Findings made for the same engine; cleared first, empty on failure.
 * @param left  Headroom made for the same engine; cleared first, empty on failure.
 * @return POLICY_OK, POLICY_E_ARGUMENT, POLICY_E_STATE (too late, as for a post) or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_check_with_headroom(policy_ledger *ledger, const policy_record *record,
                                                           policy_findings *out, policy_headroom *left,
                                                           policy_error **err);
/**
 * The same for one rule and one group, without a record.
 *
 * @param rule  Id of a rule with a bound.
 * @param keys  One value for each of the rule's keys, in its order (`per`). Text is read as the field of that name would
 *              be (三年级, 2班, 2021年11月22日), a date also given as POLICY_VALUE_DATE.
 * @param n     How many.
 * @return POLICY_OK; POLICY_E_NOT_FOUND for an unknown rule (with the nearest id); POLICY_E_ARGUMENT for a rule without a
 *         bound, another number of keys, a key that cannot be read or is empty; POLICY_E_NOMEM. No line when the rule is
 *         not in force on the group's day: the latest among its records, else the date among its keys, else the run's.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_headroom_of(policy_ledger *ledger, const char *rule, const policy_value *keys,
                                                   size_t n, policy_headroom *out, policy_error **err);

/** Lines, in the order of rules and keys; a rule with a lower and an upper bound has two for each group. @since 1.0 */
POLICY_API size_t policy_headroom_count(const policy_headroom *headroom);
/** The rule's id, borrowed from the engine; NULL past the end. @since 1.0 */
POLICY_API const char *policy_headroom_rule(const policy_headroom *headroom, size_t i);
/** The group's keys; a key that is not known has kind POLICY_DATUM_NONE. @since 1.0 */
POLICY_API size_t policy_headroom_key_count(const policy_headroom *headroom, size_t i);
POLICY_API const char *policy_headroom_key_name(const policy_headroom *headroom, size_t i, size_t k);
POLICY_API policy_datum policy_headroom_key(const policy_headroom *headroom, size_t i, size_t k);

/** What side of the value the limit is on. @since 1.0 */
typedef int32_t policy_bound;
enum { POLICY_BOUND_AT_MOST = 0, POLICY_BOUND_AT_LEAST = 1, POLICY_BOUND_EXACTLY = 2 };
POLICY_API policy_bound policy_headroom_bound(const policy_headroom *headroom, size_t i);

/** The value now: nothing posted counts as 0; kind POLICY_DATUM_NONE where there is no value yet (of a greatest, a share)
 *  or it cannot be told, POLICY_DATUM_RANGE where missing values leave it open. @since 1.0 */
POLICY_API policy_datum policy_headroom_value(const policy_headroom *headroom, size_t i);
/** The bound; of several of one kind the strictest. With only a warning threshold, that. @since 1.0 */
POLICY_API policy_datum policy_headroom_limit(const policy_headroom *headroom, size_t i);
/** The warning threshold on the same side, kind POLICY_DATUM_NONE without one. @since 1.0 */
POLICY_API policy_datum policy_headroom_warning(const policy_headroom *headroom, size_t i);
/** Limit less value for an upper bound and an exact one, value less limit for a lower one: negative when the bound is
 *  broken (except that of an exact bound any rest breaks it). A range where the value is one; kind POLICY_DATUM_NONE when
 *  it cannot be told. @since 1.0 */
POLICY_API policy_datum policy_headroom_left(const policy_headroom *headroom, size_t i);
/** The unit of value, limit and rest (分钟, min), as the field that is measured has it, else the parameter that is the
 *  limit; "" without one. Static, or borrowed from the engine. @since 1.0 */
POLICY_API const char *policy_headroom_unit(const policy_headroom *headroom, size_t i, policy_language language);

/** Fields whose missing values keep the line from being exact. Borrowed. @since 1.0 */
POLICY_API size_t policy_headroom_missing_count(const policy_headroom *headroom, size_t i);
POLICY_API const char *policy_headroom_missing(const policy_headroom *headroom, size_t i, size_t k);

/**
 * The line for people: "三年级2班 11月22日：上限60分钟，已布置45分钟，还可布置15分钟".
 *
 * @param out  Receives text the caller owns.
 * @return POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_headroom_message(const policy_headroom *headroom, size_t i, policy_language language,
                                                 policy_text **out, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
