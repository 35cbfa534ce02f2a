/*
 * Inside the calculator: values to and from the JSON of its requests and replies.
 */
#ifndef POLICY_EXPR_CALCULATOR_H
#define POLICY_EXPR_CALCULATOR_H

#include <jansson.h>

#include "base/buffer.h"
#include "base/messages.h"
#include "expr/expr.h"

enum { CALCULATOR_MAX_DEPTH = 64 /* nesting of a request; bounds the recursion over it */ };

/* Why a request was refused. `path` says where: "typed.x". */
typedef struct calculator_failure {
    bool nomem;
    message_id message;
    str path;
    str argument; /* borrowed from the request or static */
} calculator_failure;

/* ---- calculator_read.c: values live in the arena, which also has a copy of all text ---- */

/* A plain JSON value as CEL sees it; with a type (other than dyn) it is read as that type. */
bool calculator_read_plain(arena *a, const json_t *json, const type *t, value *out, calculator_failure *why);
/* {"type": ..., "value": ...} */
bool calculator_read_typed(arena *a, const json_t *json, value *out, calculator_failure *why);

/* ---- calculator_write.c ---- */

/* The members of the reply without its braces: "type": "int", "value": "3". False: nested too deeply. */
bool calculator_write_value(buffer *out, value v, int depth);
void calculator_write_string(buffer *out, str text); /* quoted and escaped; malformed UTF-8 becomes U+FFFD */

#endif
