/**
 * @file error.h
 * What went wrong, where, and what to do about it.
 *
 * Functions that can fail return a policy_status and take `policy_error **err` last. `err` may be NULL; `*err` must be
 * NULL on entry and stays NULL on success. On failure it receives an error that the caller frees. Loading reports every
 * error it finds in one run, chained in order of place. Errors are immutable: any thread may read one.
 */
#ifndef POLICY_ERROR_H
#define POLICY_ERROR_H

#include "policy/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_error policy_error;

/** Free the error and all chained to it; NULL is fine. @since 1.0 */
POLICY_API void policy_error_free(policy_error *err);

/** The next error of the same run, borrowed from the first; NULL at the end. @since 1.0 */
POLICY_API const policy_error *policy_error_next(const policy_error *err);

/** Status code. POLICY_OK for NULL. @since 1.0 */
POLICY_API policy_status policy_error_status(const policy_error *err);

/** One sentence without the place, in the language asked for, "did you mean" included. Borrowed; never NULL. @since 1.0 */
POLICY_API const char *policy_error_message(const policy_error *err, policy_language language);

/** File as the caller named it; NULL where there is none. Borrowed. @since 1.0 */
POLICY_API const char *policy_error_file(const policy_error *err);
/** Line from 1; 0 where there is none. @since 1.0 */
POLICY_API uint32_t policy_error_line(const policy_error *err);
/** Column from 1, in code points; 0 where there is none. @since 1.0 */
POLICY_API uint32_t policy_error_column(const policy_error *err);
/** Id of the rule the error belongs to; NULL where there is none. Borrowed. @since 1.0 */
POLICY_API const char *policy_error_rule(const policy_error *err);
/** The nearest existing name; NULL where none is near. Borrowed. @since 1.0 */
POLICY_API const char *policy_error_nearest(const policy_error *err);
/** A second place that matters, such as the first of two duplicates: its file (NULL where there is none), line, column. @since 1.0 */
POLICY_API const char *policy_error_other_file(const policy_error *err);
POLICY_API uint32_t policy_error_other_line(const policy_error *err);
POLICY_API uint32_t policy_error_other_column(const policy_error *err);
/** The source line with a line under it that points at the place with ^; NULL where there is none. Borrowed. @since 1.0 */
POLICY_API const char *policy_error_excerpt(const policy_error *err);

#ifdef __cplusplus
}
#endif
#endif
