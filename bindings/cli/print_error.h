/*
 * Errors and notes of the library, as people read them.
 */
#ifndef POLICY_CLI_PRINT_ERROR_H
#define POLICY_CLI_PRINT_ERROR_H

#include <stdio.h>

#include <policy/error.h>

/* Write an error and all that are chained to it: `file:line:column: sentence`, the source line with a caret under the
 * place, the second place where there is one. Returns how many there were. */
size_t print_errors(FILE *to, const policy_error *err, policy_language language);

#endif
