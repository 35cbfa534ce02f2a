/**
 * @file record.h
 * One row to be judged, filled field by field and reused from row to row.
 *
 * A field that was never set counts as "column not supplied". Text goes through the field's reader, as a spreadsheet's
 * cell would. Text is copied (but see policy_record_set_borrowed). A record that is cleared and filled again does not
 * allocate once it was as full before. One thread at a time; keeps its engine alive.
 */
#ifndef POLICY_RECORD_H
#define POLICY_RECORD_H

#include "policy/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_record policy_record;

/** Make an empty record of a type. POLICY_OK, POLICY_E_NOT_FOUND or POLICY_E_NOMEM. @since 1.0 */
POLICY_API policy_status policy_record_new(policy_engine *engine, const char *type, policy_record **out,
                                           policy_error **err);
/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_record_free(policy_record *record);
/** Back to empty; keeps its memory. @since 1.0 */
POLICY_API void policy_record_clear(policy_record *record);

/** How a value is handed over. @since 1.0 */
typedef int32_t policy_value_kind;
enum {
    POLICY_VALUE_ABSENT = 0, /**< As if never set. */
    POLICY_VALUE_NONE = 1,   /**< Supplied and empty. */
    POLICY_VALUE_TEXT = 2,   /**< `text`, `size`: UTF-8, read by the field's reader. */
    POLICY_VALUE_INT = 3,
    POLICY_VALUE_DOUBLE = 4,
    POLICY_VALUE_BOOL = 5,      /**< `integer` 0 or 1. */
    POLICY_VALUE_DATE = 6,      /**< `integer`: days since 1970-01-01. */
    POLICY_VALUE_TIME = 7,      /**< `integer`: seconds since midnight. */
    POLICY_VALUE_TIMESTAMP = 8, /**< `integer`: microseconds since 1970-01-01 UTC. */
    POLICY_VALUE_CODE = 9       /**< `integer`: an enum value by its code, see policy_engine_code; nothing is read. */
};

/** One value for policy_record_set_many. 40 bytes; zero-fill what a kind does not use. @since 1.0 */
typedef struct policy_value {
    policy_value_kind kind;
    int32_t reserved; /**< Zero. */
    int64_t integer;
    double number;
    const char *text; /**< Borrowed for the call; by policy_record_set_borrowed for longer. */
    size_t size;
} policy_value;

/**
 * Set one field by handle (policy_engine_field).
 *
 * @return POLICY_OK; POLICY_E_ARGUMENT for a handle of another type or a kind the field cannot take; POLICY_E_NOMEM.
 * A value outside the field's range is accepted here and reported when the record is judged, as a cell would be.
 * @since 1.0
 */
POLICY_API policy_status policy_record_set(policy_record *record, int32_t field, const policy_value *value,
                                           policy_error **err);
/** Set n fields at once: one foreign call a record. On failure nothing was set. @since 1.0 */
POLICY_API policy_status policy_record_set_many(policy_record *record, const int32_t *fields,
                                                const policy_value *values, size_t n, policy_error **err);
/**
 * The same without copying texts: they must stay as they are until the field is set again, the record is cleared or freed.
 *
 * For hosts that fill a record, ask and forget it: nothing is allocated.
 * @since 1.0
 */
POLICY_API policy_status policy_record_set_borrowed(policy_record *record, const int32_t *fields,
                                                    const policy_value *values, size_t n, policy_error **err);
/**
 * Fill the record from a JSON object, as a form arrives over HTTP: cleared first, then each member is a field by its name.
 *
 * Texts are read as a spreadsheet's cell would be; numbers and booleans are taken as such; null is an empty cell; what is not
 * named was not supplied.
 * @param text  UTF-8, at most 1 MiB; borrowed for the call.
 * @return POLICY_OK; POLICY_E_SYNTAX (no JSON object, or a member twice; the message names line and column);
 *         POLICY_E_NOT_FOUND (no such field, with the nearest name); POLICY_E_ARGUMENT (a list, an object, or a kind that the
 *         field cannot take); POLICY_E_LIMIT. The record is then as it was. POLICY_E_NOMEM: it may be empty.
 * @since 1.0
 */
POLICY_API policy_status policy_record_set_json(policy_record *record, const char *text, size_t size,
                                                policy_error **err);
/** Set a field by name to a text of NUL-terminated UTF-8 (NULL: none). @since 1.0 */
POLICY_API policy_status policy_record_set_text(policy_record *record, const char *field, const char *text,
                                                policy_error **err);
/** Set a field by name to an integer. @since 1.0 */
POLICY_API policy_status policy_record_set_int(policy_record *record, const char *field, int64_t value,
                                               policy_error **err);

/** Where the record comes from, for findings: a file's name (copied; NULL for none) and the 1-based data row. @since 1.0 */
POLICY_API policy_status policy_record_set_source(policy_record *record, const char *source, uint64_t row,
                                                  policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
