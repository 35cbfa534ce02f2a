/*
 * Between the parser and the macros only.
 */
#ifndef POLICY_EXPR_PARSER_H
#define POLICY_EXPR_PARSER_H

#include "expr/lexer.h"

typedef struct parser {
    lexer lexer;
    token token;    /* the next one, not yet taken */
    uint32_t taken; /* where the last one taken ends */
    const parse_options *options;
    size_t depth;
} parser;

/* A node over children (kept, not copied). NULL after a failure that is noted: memory, or too deep. */
tree *parser_node(parser *p, tree_kind kind, uint32_t offset, uint32_t until, tree **children, size_t count);
/* Note the first failure; always NULL. */
tree *parser_refuse(parser *p, uint32_t offset, message_id message, str argument);

/* A call as written, before it is known whether it is a macro. */
typedef struct written_call {
    tree *target; /* NULL for name(...) */
    str name;
    uint32_t offset, until; /* of the name */
    uint32_t begin;         /* of the whole call */
    tree **arguments;
    size_t count;
} written_call;

/* True when it is a macro: *out is what it stands for, NULL after a failure. */
bool macro_expand(parser *p, const written_call *call, tree **out);

#endif
