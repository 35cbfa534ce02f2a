/**
 * @file finding.h
 * What was found: rule, verdict, keys, value, limit, evidence, messages; and the counts of everything judged.
 *
 * Findings are sorted by rule order, key, source, row. They are immutable and stand on their own (they keep the engine
 * alive); any thread may read them. Text is rendered on demand.
 */
#ifndef POLICY_FINDING_H
#define POLICY_FINDING_H

#include "policy/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_findings policy_findings;
typedef struct policy_finding policy_finding;

/** Make an empty list for calls that fill one the caller keeps (policy_ledger_check and its like). Keeps the engine alive.
 *  POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM. @since 1.0 */
POLICY_API policy_status policy_findings_new(policy_engine *engine, policy_findings **out, policy_error **err);
/** Empty it, keeping its memory; NULL is fine. What was borrowed from it ends. One thread at a time. @since 1.0 */
POLICY_API void policy_findings_clear(policy_findings *findings);
/** Free; NULL is fine. Any thread. @since 1.0 */
POLICY_API void policy_findings_free(policy_findings *findings);
POLICY_API size_t policy_findings_count(const policy_findings *findings);
/** Borrowed from `findings`; NULL past the end. @since 1.0 */
POLICY_API const policy_finding *policy_findings_at(const policy_findings *findings, size_t i);

/** How many records or groups a rule (index as in policy_engine_rule_id) gave a verdict: each kind, all findings included.
 *  A limit with a warning threshold counts a soft finding as fail. @since 1.0 */
POLICY_API uint64_t policy_findings_verdicts(const policy_findings *findings, size_t rule, policy_verdict verdict);
/** Records posted of a type (index as in policy_engine_type_name); -1 when the type was not supplied at all. @since 1.0 */
POLICY_API int64_t policy_findings_records(const policy_findings *findings, size_t type);

POLICY_API const char *policy_finding_rule(const policy_finding *finding);
POLICY_API const char *policy_finding_clause(const policy_finding *finding); /**< "" when the rule names none. */
POLICY_API const char *
policy_finding_quote(const policy_finding *finding); /**< The clause's words; "" when not known. */
POLICY_API policy_verdict policy_finding_verdict(const policy_finding *finding);
POLICY_API policy_severity policy_finding_severity(const policy_finding *finding);
POLICY_API const char *policy_finding_table(const policy_finding *finding); /**< Record type it comes from. */

/** What a typed value of a finding is: keys, value, limit. @since 1.0 */
typedef int32_t policy_datum_kind;
enum {
    POLICY_DATUM_NONE = 0,
    POLICY_DATUM_BOOL = 1, /**< `integer` 0 or 1. */
    POLICY_DATUM_INT = 2,
    POLICY_DATUM_DOUBLE = 3,
    POLICY_DATUM_TEXT = 4, /**< Strings, enums, dates (ISO), times (HH:MM), durations: only `text`. */
    POLICY_DATUM_RANGE = 5 /**< Known only to lie between: `text` is "45..70" or "45.." */
};
typedef struct policy_datum {
    policy_datum_kind kind;
    int32_t reserved;
    int64_t integer;
    double number;
    const char *text; /**< Canonical text of any kind, UTF-8, NUL-terminated. Borrowed from the findings. */
} policy_datum;

/** The names that say what was judged: group keys of a limit rule, identity fields of a record. @since 1.0 */
POLICY_API size_t policy_finding_key_count(const policy_finding *finding);
POLICY_API const char *policy_finding_key_name(const policy_finding *finding, size_t i);
POLICY_API policy_datum policy_finding_key(const policy_finding *finding, size_t i);
/** The measured value and the limit; kind POLICY_DATUM_NONE where there is none: a predicate over records has neither, one
 *  over a measure has its value. @since 1.0 */
POLICY_API policy_datum policy_finding_value(const policy_finding *finding);
POLICY_API policy_datum policy_finding_limit(const policy_finding *finding);
/** The unit of both (分钟, min), as the field that is measured has it, else the parameter that is the limit; "" without one,
 *  and for a language that is neither. Static, or borrowed from the engine. @since 1.0 */
POLICY_API const char *policy_finding_unit(const policy_finding *finding, policy_language language);

/** Evidence rows, smallest (source, row) first; of a group that cannot be judged, those with the values that are missing.
 *  `complete` tells whether these are all. @since 1.0 */
POLICY_API size_t policy_finding_row_count(const policy_finding *finding);
POLICY_API const char *policy_finding_row_source(const policy_finding *finding, size_t i);
POLICY_API uint64_t policy_finding_row(const policy_finding *finding, size_t i);
POLICY_API bool policy_finding_rows_complete(const policy_finding *finding);

/** Fields whose values are missing and mattered. @since 1.0 */
POLICY_API size_t policy_finding_missing_count(const policy_finding *finding);
POLICY_API const char *policy_finding_missing(const policy_finding *finding, size_t i);

/** The message for people, by the pack's template (or, for unknown and error, the library's own sentence).
 *  Receives text the caller owns. @since 1.0 */
POLICY_API policy_status policy_finding_message(const policy_finding *finding, policy_language language,
                                                policy_text **out, policy_error **err);

/** Of a fail that policy_ledger_check found: the nearest value of the record's own field that would pass, a number or a
 *  time of day; kind POLICY_DATUM_NONE when there is none, and in findings of other calls. @since 1.0 */
POLICY_API policy_datum policy_finding_nearest(const policy_finding *finding);
/** What would have to be different, for people: "预计时长不超过15分钟" where there is a nearest value; for another fail that
 *  hangs on dates or times, the fields and the condition, as the rule has it; "" when there is nothing to say.
 *  Receives text the caller owns. POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM. @since 1.0 */
POLICY_API policy_status policy_finding_suggestion(const policy_finding *finding, policy_language language,
                                                   policy_text **out, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
