/*
 * Lua's tokens, for who looks at a script before Lua does (scan.h, length.h).
 *
 * Strings, long brackets, comments and line ends are read exactly as Lua 5.4 reads them: a look that sees other tokens than
 * Lua is worth nothing. What Lua refuses (an unfinished string) may be read in any way that ends.
 */
#ifndef POLICY_SCRIPT_TOKENS_H
#define POLICY_SCRIPT_TOKENS_H

#include "base/text.h"

typedef enum token_kind { TOKEN_END = 0, TOKEN_WORD, TOKEN_NUMBER, TOKEN_STRING, TOKEN_SIGN } token_kind;

typedef struct tokens {
    str text;
    size_t from; /* where the last token begins */
    size_t at;   /* and where it ended */
    uint32_t line;
    size_t line_start;
} tokens;

/* At the first token; a byte order mark is no part of the text. */
tokens tokens_new(str text);
/* The next token is text[from, at). A sign is one byte: "..", "::" and the like are several tokens. */
token_kind tokens_next(tokens *l);
/* The byte `ahead` of the last token's end; -1 past the end of the text. */
int tokens_peek(const tokens *l, size_t ahead);
/* The last token's text. */
str tokens_text(const tokens *l);

#endif
