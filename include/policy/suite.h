/**
 * @file suite.h
 * The test cases of a pack, run one by one.
 *
 * A suite is the YAML files in a pack's tests/ folder. Each case gives records and the findings it expects. One thread at
 * a time; keeps its engine alive.
 */
#ifndef POLICY_SUITE_H
#define POLICY_SUITE_H

#include "policy/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_suite policy_suite;

/** Read the cases of a pack that the engine was built from (by name), or of a folder or file (by path). @since 1.0 */
POLICY_API policy_status policy_suite_new(policy_engine *engine, const char *pack_or_path, policy_suite **out,
                                          policy_error **err);
POLICY_API void policy_suite_free(policy_suite *suite);
POLICY_API size_t policy_suite_count(const policy_suite *suite);
/** Borrowed; NULL or 0 past the end. @since 1.0 */
POLICY_API const char *policy_suite_case_name(const policy_suite *suite, size_t i);
POLICY_API const char *policy_suite_case_file(const policy_suite *suite, size_t i);
POLICY_API uint32_t policy_suite_case_line(const policy_suite *suite, size_t i);
/** Run one case. *difference is NULL when it passes, else what was expected and what came (caller frees). The return
 *  value is an error only when the case could not be run. @since 1.0 */
POLICY_API policy_status policy_suite_run(policy_suite *suite, size_t i, policy_language language,
                                          policy_text **difference, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
