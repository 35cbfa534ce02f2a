/*
 * A look at a script's text before Lua sees it; see scan.h.
 *
 * Counts over the tokens of tokens.h. It need not reject what Lua's own parser rejects; it must never see less nesting,
 * shorter chains or fewer constants than Lua does.
 */
#include "script/scan.h"

#include "base/arena.h"
#include "base/map.h"
#include "script/length.h"
#include "script/tokens.h"

typedef struct scanner {
    tokens in;
    map constants; /* spelled as in the source; kind and text together are one key */
    uint32_t nesting;
    uint32_t chain[SCAN_NESTING + 2];     /* suffixes so far of the expression at each nesting */
    uint32_t operators[SCAN_NESTING + 2]; /* likewise, that group to the right: Lua's parser calls itself for each */
    bool after_operand;                   /* the last token ended an operand: a word now begins another expression */
    scan_failure *why;
} scanner;

static bool refuse_at(scanner *s, size_t at, message_id message, const char *argument)
{
    s->why->message = message;
    s->why->argument = str_of(argument);
    s->why->line = s->in.line;
    s->why->column = (uint32_t)utf8_count(str_slice(s->in.text, s->in.line_start < at ? s->in.line_start : at, at)) + 1;
    return false;
}

static bool add_constant(scanner *s)
{
    str spelled = tokens_text(&s->in);
    if (map_get(&s->constants, spelled) != MAP_NONE)
        return true;
    if (!map_put(&s->constants, spelled, 0)) {
        s->why->nomem = true;
        return false;
    }
    return s->constants.count <= SCAN_CONSTANTS || refuse_at(s, s->in.from, MESSAGE_SCRIPT_CONSTANTS, "250");
}

static bool opens_block(str word)
{
    return str_equal(word, STR("function")) || str_equal(word, STR("do")) || str_equal(word, STR("then")) ||
           str_equal(word, STR("repeat"));
}

static bool closes_block(str word)
{
    return str_equal(word, STR("end")) || str_equal(word, STR("until")) || str_equal(word, STR("elseif"));
}

/* Words that no operand ends with. ("end" may end one; then a sign after it has two sides, and counting it as a prefix
 * would only be strict.) */
static bool is_keyword(str word)
{
    static const char *const words[] = {"and", "break",    "do",     "else", "elseif", "end",
                                        "for", "function", "goto",   "if",   "in",     "local",
                                        "or",  "repeat",   "return", "then", "until",  "while"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(word, str_of(words[i])))
            return true;
    return false;
}

static bool deeper(scanner *s)
{
    if (++s->nesting > SCAN_NESTING)
        return refuse_at(s, s->in.from, MESSAGE_SCRIPT_NESTING, "100");
    s->chain[s->nesting] = 0;
    s->operators[s->nesting] = 0;
    return true;
}

static bool another_operator(scanner *s)
{
    return ++s->operators[s->nesting] <= SCAN_OPERATORS || refuse_at(s, s->in.from, MESSAGE_SCRIPT_OPERATORS, "100");
}

static void shallower(scanner *s)
{
    if (s->nesting > 0)
        s->nesting--;
}

static bool scan_word(scanner *s)
{
    str word = tokens_text(&s->in);
    if (str_equal(word, STR(LENGTH_NAME)))
        return refuse_at(s, s->in.from, MESSAGE_SCRIPT_RESERVED, LENGTH_NAME);
    if (s->after_operand)
        s->chain[s->nesting] = 0;
    if (str_equal(word, STR("not"))) {
        s->after_operand = false;
        return another_operator(s);
    }
    if (s->after_operand) /* and, or, or another statement: what grouped to the right has ended */
        s->operators[s->nesting] = 0;
    s->after_operand = !is_keyword(word);
    if (opens_block(word))
        return deeper(s);
    if (closes_block(word)) {
        shallower(s);
        return true;
    }
    return add_constant(s);
}

static bool longer_chain(scanner *s)
{
    return ++s->chain[s->nesting] <= SCAN_CHAIN || refuse_at(s, s->in.from, MESSAGE_SCRIPT_CHAIN, "200");
}

/* A punctuation character. A chain is what '.', ':' and '[' join; brackets keep the chain around them, and any operator
 * begins a new expression. */
static bool scan_sign(scanner *s, int c)
{
    bool operand = false;
    switch (c) {
    case '.':
        if (tokens_peek(&s->in, 0) != '.') {
            s->after_operand = false;
            return longer_chain(s);
        }
        s->in.at += tokens_peek(&s->in, 1) == '.' ? 2 : 1; /* .. or ... */
        s->chain[s->nesting] = 0;
        s->after_operand = false;
        return another_operator(s);
    case ':':
        if (tokens_peek(&s->in, 0) == ':') { /* a label */
            s->in.at++;
            break;
        }
        s->after_operand = false;
        return longer_chain(s);
    case '[':
        if (!longer_chain(s))
            return false;
        s->after_operand = false;
        return deeper(s);
    case '(':
    case '{':
        s->after_operand = false;
        return deeper(s);
    case ']':
    case ')':
    case '}':
        shallower(s);
        operand = true;
        break;
    case '-':
    case '~':
    case '#':
    case '^':
        s->chain[s->nesting] = 0;
        if (c == '^' || !s->after_operand) { /* else it has two sides, and groups to the left */
            s->after_operand = false;
            return another_operator(s);
        }
        break;
    case '=':
    case ',':
    case ';':
        s->operators[s->nesting] = 0;
        s->chain[s->nesting] = 0;
        break;
    default:
        s->chain[s->nesting] = 0;
        break;
    }
    s->after_operand = operand;
    return true;
}

static bool scan_token(scanner *s, token_kind kind)
{
    switch (kind) {
    case TOKEN_WORD:
        return scan_word(s);
    case TOKEN_SIGN:
        return scan_sign(s, (unsigned char)s->in.text.data[s->in.from]);
    default:
        s->after_operand = true;
        return add_constant(s);
    }
}

bool scan_script(const policy_allocator *a, str text, scan_failure *why)
{
    *why = (scan_failure){0};
    scanner s = {.in = tokens_new(text), .why = why};
    if (text.size > SCAN_BYTES)
        return refuse_at(&s, 0, MESSAGE_SCRIPT_BYTES, "65536");
    if (tokens_peek(&s.in, 0) == '#') /* a byte order mark hides nothing behind it */
        return refuse_at(&s, s.in.at, MESSAGE_SCRIPT_SHELL_LINE, "");
    size_t bad;
    if (!utf8_valid(text, &bad) || memchr(text.data ? text.data : "", '\x1b', text.size) ||
        memchr(text.data ? text.data : "", '\0', text.size))
        return refuse_at(&s, 0, MESSAGE_SCRIPT_NOT_TEXT, "");
    map_init(&s.constants, a);
    bool fine = true;
    for (token_kind kind; fine && (kind = tokens_next(&s.in)) != TOKEN_END;)
        fine = scan_token(&s, kind);
    map_free(&s.constants);
    return fine;
}
