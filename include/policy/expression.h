/**
 * @file expression.h
 * The calculator: one expression of the rule language, its variables, and its value or error, as JSON.
 *
 * It is what `policy eval` is made of, and what other tools ask to know exactly what an expression means.
 */
#ifndef POLICY_EXPRESSION_H
#define POLICY_EXPRESSION_H

#include "policy/options.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Evaluate, or only check, one expression.
 *
 * The request is a JSON object; every key but `expr` is optional:
 *
 *     {"expr": "grade <= years", "vars": {"grade": 3}, "typed": {"years": {"type": "uint", "value": "5"}},
 *      "types": {"grade": "int"}, "container": "", "disable_macros": false, "disable_check": false, "check": false}
 *
 * `vars` are plain JSON values, `typed` are values in the form of the reply. `types` names static types; a plain value
 * with a type is read as that type (a date from "2021-11-19"), one without is dyn. A variable with a type but no value
 * is unknown.
 *
 * The reply is a JSON object on one line: {"type": "int", "value": "3"}, or with `check` {"checked": "list(int)"}, or
 * {"error": "...", "line": 1, "column": 4} (line and column where there are any). int and uint are strings, doubles
 * numbers or "NaN", "Infinity", "-Infinity"; bytes are base64, dates 2021-11-19, timestamps RFC 3339, durations "1.5s",
 * types their names; a list is an array of such objects, a map an array of [key, value]. A result that depends on a
 * variable without a value is {"type": "unknown", "missing": ["x"]}.
 *
 * An expression that breaks is a reply, and POLICY_OK. A request that is no such object is a reply with an error too,
 * and the same error with its status.
 *
 * @param options   Limits and allocator, or NULL for defaults. Borrowed for the call.
 * @param request   `size` bytes of UTF-8; no NUL needed.
 * @param language  Language of the sentences in the reply.
 * @param reply     Receives text the caller owns; NULL only when out of memory or for a NULL argument.
 * @param err       Receives an error the caller frees, on failure; may be NULL.
 * @return POLICY_OK, POLICY_E_SYNTAX (not JSON), POLICY_E_ARGUMENT (JSON, but no such request), POLICY_E_LIMIT (nested
 *         or long beyond the limits) or POLICY_E_NOMEM.
 * @threadsafe  Yes.
 * @since 1.0
 */
POLICY_API policy_status policy_expression_evaluate(const policy_options *options, const char *request, size_t size,
                                                    policy_language language, policy_text **reply, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
