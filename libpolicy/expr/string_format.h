/*
 * The calls of the string extension that write text: format() and strings.quote().
 */
#ifndef POLICY_EXPR_STRING_FORMAT_H
#define POLICY_EXPR_STRING_FORMAT_H

#include "expr/functions.h"

value string_format(evaluation *ev, const value *arguments, size_t count);
value string_quote(evaluation *ev, const value *arguments, size_t count);

#endif
