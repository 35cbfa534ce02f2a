/*
 * Tokens of the expression language.
 */
#ifndef POLICY_EXPR_LEXER_H
#define POLICY_EXPR_LEXER_H

#include "expr/tree.h"

typedef enum token_kind {
    TOKEN_END,
    TOKEN_FAILED,      /* lexer->why says what is wrong */
    TOKEN_NAME,        /* also reserved words; the parser decides where they may stand */
    TOKEN_QUOTED_NAME, /* `a-b`, after a dot only */
    TOKEN_INT,
    TOKEN_UINT,
    TOKEN_DOUBLE,
    TOKEN_STRING,
    TOKEN_BYTES,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NULL,
    TOKEN_IN,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_QUESTION,
    TOKEN_COLON,
    TOKEN_COMMA,
    TOKEN_DOT,
    TOKEN_OPEN, /* ( */
    TOKEN_CLOSE,
    TOKEN_OPEN_BRACKET, /* [ */
    TOKEN_CLOSE_BRACKET,
    TOKEN_OPEN_BRACE, /* { */
    TOKEN_CLOSE_BRACE
} token_kind;

typedef struct token {
    token_kind kind;
    uint32_t offset, until;
    str text;       /* NAME, QUOTED_NAME: the name; STRING, BYTES: what it stands for */
    uint64_t whole; /* INT (2^63 too, for a minus before it), UINT */
    double number;  /* DOUBLE */
} token;

typedef struct lexer {
    arena *arena;
    str text;
    size_t at;
    parse_failure why;
} lexer;

token lexer_next(lexer *l);
bool lexer_reserved(str name); /* words that no variable or function may be called */

#endif
