/**
 * @file common.h
 * What every header of libpolicy needs: export macro, status codes, languages, verdicts, severities.
 *
 * Numbers of enumerators are part of the ABI: they are never reused, and new ones may appear in any release, so a
 * caller's `switch` needs a default branch. All enumerations cross the ABI as `int32_t`.
 */
#ifndef POLICY_COMMON_H
#define POLICY_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#if defined(POLICY_BUILDING)
#define POLICY_API __declspec(dllexport)
#else
#define POLICY_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define POLICY_API __attribute__((visibility("default")))
#else
#define POLICY_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Outcome of a call; zero is success. @since 1.0 */
typedef int32_t policy_status;
enum {
    POLICY_OK = 0,
    POLICY_E_NOMEM = 1,      /**< Out of memory; nothing was changed. */
    POLICY_E_ARGUMENT = 2,   /**< NULL, a foreign handle, or a value outside what the function takes. */
    POLICY_E_STATE = 3,      /**< The call came too early or too late for this handle. */
    POLICY_E_LIMIT = 4,      /**< Over a budget or size limit. */
    POLICY_E_CANCELLED = 5,  /**< A callback asked to stop. */
    POLICY_E_NOT_FOUND = 6,  /**< No pack, rule, field or group of that name. */
    POLICY_E_IO = 7,         /**< A file could not be opened or read. */
    POLICY_E_ENCODING = 8,   /**< Text that is not in any encoding the library reads. */
    POLICY_E_SYNTAX = 9,     /**< Malformed YAML, expression, CSV, JSON or Lua. */
    POLICY_E_TYPE = 10,      /**< A wrong type, or an overload that does not exist. */
    POLICY_E_NAME = 11,      /**< An unknown key, field, enum value or function in authored text. */
    POLICY_E_DUPLICATE = 12, /**< A key, id or name that is already taken. */
    POLICY_E_VERSION = 13,   /**< A pack or saved state for another version. */
    POLICY_E_TIGHTEN = 14,   /**< An overlay that would loosen its base, or that cannot be shown not to. */
    POLICY_E_DATA = 15,      /**< Bad input data: no header, no column that is known, a value that does not fit. */
    POLICY_E_EVALUATE = 16,  /**< An expression ended in an error (division by zero, overflow, no such key ...). */
    POLICY_E_SCRIPT = 17,    /**< A Lua script failed or went over its budget. */
    POLICY_E_INTERNAL = 18   /**< A broken promise of the library's own code; please report. */
};

/** The name of a status, such as "POLICY_E_TYPE"; never NULL, also for unknown numbers. Static. Thread-safe.
 *  @since 1.0 */
POLICY_API const char *policy_status_name(policy_status status);

/** Language of a text made for people. @since 1.0 */
typedef int32_t policy_language;
enum { POLICY_LANGUAGE_ZH = 0, POLICY_LANGUAGE_EN = 1 };

/** What a rule says of a record or group. @since 1.0 */
typedef int32_t policy_verdict;
enum {
    POLICY_PASS = 0,
    POLICY_FAIL = 1,
    POLICY_UNKNOWN = 2,        /**< A needed value is missing or unreadable; the fields are named. */
    POLICY_NOT_APPLICABLE = 3, /**< The rule does not speak of this record. */
    POLICY_NOT_IN_FORCE = 4,   /**< The record's own date lies outside the rule's time in force. */
    POLICY_ERROR = 5           /**< The rule or script broke. */
};

/** How grave a finding is. @since 1.0 */
typedef int32_t policy_severity;
enum { POLICY_INFO = 0, POLICY_WARNING = 1, POLICY_VIOLATION = 2 };

/** English code of a verdict ("pass", "fail", "unknown", "not_applicable", "not_in_force", "error") or a severity
 *  ("info", "warning", "violation"); "?" for unknown numbers. Static. Thread-safe. @since 1.0 */
POLICY_API const char *policy_verdict_name(policy_verdict verdict);
POLICY_API const char *policy_severity_name(policy_severity severity);

/** Text made on demand, owned by the caller. @since 1.0 */
typedef struct policy_text policy_text;
/** The bytes, UTF-8, with a NUL after them. Borrowed from the handle. */
POLICY_API const char *policy_text_data(const policy_text *text);
/** Bytes without the closing NUL. */
POLICY_API size_t policy_text_size(const policy_text *text);
/** Free it; NULL is fine. Any thread. */
POLICY_API void policy_text_free(policy_text *text);

#ifdef __cplusplus
}
#endif
#endif
