/**
 * @file engine.h
 * Packs, scripts and parameters, checked and compiled. Immutable, reference-counted, shared by all threads.
 */
#ifndef POLICY_ENGINE_H
#define POLICY_ENGINE_H

#include "policy/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_engine policy_engine;

/** Take a reference; returns its argument. Any thread. @since 1.0 */
POLICY_API policy_engine *policy_engine_ref(policy_engine *engine);
/** Give a reference back; the last one frees. NULL is fine. Any thread. @since 1.0 */
POLICY_API void policy_engine_unref(policy_engine *engine);

/** Record types of the schema. Names are borrowed. @since 1.0 */
POLICY_API size_t policy_engine_type_count(const policy_engine *engine);
POLICY_API const char *policy_engine_type_name(const policy_engine *engine, size_t type);

/** A field's handle for policy_record_set_*: stable for this engine. -1 when there is none of that name. @since 1.0 */
POLICY_API int32_t policy_engine_field(const policy_engine *engine, const char *type, const char *field);
/** Number of fields of a type (0 for an unknown type) and the name of one (NULL past the end). @since 1.0 */
POLICY_API size_t policy_engine_field_count(const policy_engine *engine, const char *type);
POLICY_API const char *policy_engine_field_name(const policy_engine *engine, const char *type, size_t field);

/** Enum values of a field by number, for POLICY_VALUE_CODE: the codes in the order of the schema's list, from 0. `text` is a
 *  code or one of its spellings (书面), folded as a cell is; -1 when there is none, or the field is no enum.
 *  policy_engine_code_text gives the code's English spelling, borrowed; NULL past the end. Stable for this engine.
 *  @since 1.0 */
POLICY_API int32_t policy_engine_code(const policy_engine *engine, const char *type, const char *field,
                                      const char *text);
POLICY_API const char *policy_engine_code_text(const policy_engine *engine, const char *type, const char *field,
                                               int32_t code);

/** Rules in order; id, clause (may be ""), table and severity of each. Borrowed; NULL or -1 past the end. @since 1.0 */
POLICY_API size_t policy_engine_rule_count(const policy_engine *engine);
POLICY_API const char *policy_engine_rule_id(const policy_engine *engine, size_t rule);
POLICY_API const char *policy_engine_rule_clause(const policy_engine *engine, size_t rule);
POLICY_API const char *policy_engine_rule_table(const policy_engine *engine, size_t rule);
POLICY_API policy_severity policy_engine_rule_severity(const policy_engine *engine, size_t rule);

/** What people call a rule, a record type, a field. In the language asked for, else in the other, else the plain name
 *  (for a field: `field` itself, which may also be a key of a measure; packs may give those titles). Borrowed; NULL past the end. @since 1.0 */
POLICY_API const char *policy_engine_rule_title(const policy_engine *engine, size_t rule, policy_language language);
POLICY_API const char *policy_engine_type_title(const policy_engine *engine, size_t type, policy_language language);
POLICY_API const char *policy_engine_field_title(const policy_engine *engine, const char *type, const char *field,
                                                 policy_language language);
/** What people call a value: of an enum field (written, in Chinese 书面), or of a measure's computed key that a pack gives
 *  titles to (stage: primary, in Chinese 小学). Else, and where the language has no words for it, `value` itself. Borrowed,
 *  from the engine or the caller. @since 1.0 */
POLICY_API const char *policy_engine_value_title(const policy_engine *engine, const char *type, const char *field,
                                                 const char *value, policy_language language);

/** The packs the engine was built from, bases first: name, version and title of each. Borrowed; NULL past the end. @since 1.0 */
POLICY_API size_t policy_engine_pack_count(const policy_engine *engine);
POLICY_API const char *policy_engine_pack_name(const policy_engine *engine, size_t pack);
POLICY_API const char *policy_engine_pack_version(const policy_engine *engine, size_t pack);
POLICY_API const char *policy_engine_pack_title(const policy_engine *engine, size_t pack, policy_language language);

/** The record types in the order in which they should be fed, so that what a record's grouping reads is there before it.
 *  `position` 0 ... type_count - 1; returns the type's index. @since 1.0 */
POLICY_API size_t policy_engine_feed_order(const policy_engine *engine, size_t position);

/**
 * Fields by which the records of a type may be split so that every group is whole: each part then says all that is to be
 * said of its records, and the findings of the parts side by side are those of the whole, without a merge.
 *
 * Split by any one of them or by several together, by values as the field's reader makes them (2班 and 二班 are one class).
 * Types that share such a field by name are split alike; a type without any goes to every part as a whole, and what is found
 * of its own records is then found in each. No field at all: parts have to be merged (policy_ledger_merge).
 *
 * @return How many; the name of one, borrowed, in the schema's order. 0 and NULL for a type that is not known or past the end.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API size_t policy_engine_partition_key_count(const policy_engine *engine, const char *type);
POLICY_API const char *policy_engine_partition_key(const policy_engine *engine, const char *type, size_t i);

/**
 * Explain a rule (by id), a clause (by id), a parameter ("params.NAME"), or everything ("").
 *
 * Text for people: what it says, quote, parameters and their origin, readings, data needed, state in force.
 * @param out  Receives text the caller owns.
 * @return POLICY_OK, POLICY_E_NOT_FOUND (with the nearest name) or POLICY_E_NOMEM.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_status policy_engine_explain(const policy_engine *engine, const char *what, policy_language language,
                                               policy_text **out, policy_error **err);

/**
 * Explain how rows that come as columns (policy_ledger_feed, policy_ledger_feed_stream) are judged: for each measure and rule
 * over a record type, which parts of its conditions are compared in whole columns, which are asked once for each distinct
 * value or combination of values, and what is left to the row evaluator.
 *
 * Text for people who write packs for large tables; its form may change between versions.
 * @param out  Receives text the caller owns.
 * @return POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_status policy_engine_explain_plan(policy_engine *engine, policy_language language, policy_text **out,
                                                    policy_error **err);

/** What is wrong but not fatal: unused parameters, rules without a clause or boundary case, messages without a language,
 *  clauses without a rule. *notes is a chain like that of a load, NULL when clean; caller frees. @since 1.0 */
POLICY_API policy_status policy_engine_lint(const policy_engine *engine, policy_error **notes, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
