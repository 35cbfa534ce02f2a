/*
 * A look at a script's text before Lua sees it; see scan.h.
 *
 * A lexer for Lua's tokens that understands strings, long brackets and comments, and counts. It need not reject what
 * Lua's own parser rejects; it must never see less nesting, shorter chains or fewer constants than Lua does.
 */
#include "script/scan.h"

#include "base/arena.h"
#include "base/map.h"

typedef struct scanner {
    str text;
    size_t at;
    uint32_t line;
    size_t line_start;
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
    s->why->line = s->line;
    s->why->column = (uint32_t)utf8_count(str_slice(s->text, s->line_start, at)) + 1;
    return false;
}

static int peek(const scanner *s, size_t ahead)
{
    return s->at + ahead < s->text.size ? (unsigned char)s->text.data[s->at + ahead] : -1;
}

static void newline(scanner *s)
{
    s->line++;
    s->line_start = s->at;
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* At a '[': the number of '=' of a long bracket, or -1. */
static int long_bracket(const scanner *s)
{
    size_t level = 0;
    while (peek(s, 1 + level) == '=')
        level++;
    return peek(s, 1 + level) == '[' ? (int)level : -1;
}

/* Past a long bracket of `level`; to the end of the text when it is not closed (Lua reports that). */
static void skip_long_bracket(scanner *s, int level)
{
    s->at += (size_t)level + 2;
    while (s->at < s->text.size) {
        char c = s->text.data[s->at++];
        if (c == '\n')
            newline(s);
        if (c != ']')
            continue;
        int signs = 0;
        while (peek(s, 0) == '=' && signs < level) {
            s->at++;
            signs++;
        }
        if (signs == level && peek(s, 0) == ']') {
            s->at++;
            return;
        }
    }
}

static void skip_string(scanner *s, int quote)
{
    s->at++;
    while (s->at < s->text.size) {
        char c = s->text.data[s->at++];
        if (c == '\\' && s->at < s->text.size) {
            if (s->text.data[s->at++] == '\n')
                newline(s);
        } else if (c == '\n') {
            newline(s); /* unfinished: Lua reports it */
            return;
        } else if (c == quote) {
            return;
        }
    }
}

static bool add_constant(scanner *s, size_t from)
{
    str spelled = str_slice(s->text, from, s->at);
    if (map_get(&s->constants, spelled) != MAP_NONE)
        return true;
    if (!map_put(&s->constants, spelled, 0)) {
        s->why->nomem = true;
        return false;
    }
    return s->constants.count <= SCAN_CONSTANTS || refuse_at(s, from, MESSAGE_SCRIPT_CONSTANTS, "250");
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
        return refuse_at(s, s->at, MESSAGE_SCRIPT_NESTING, "100");
    s->chain[s->nesting] = 0;
    s->operators[s->nesting] = 0;
    return true;
}

static bool another_operator(scanner *s)
{
    return ++s->operators[s->nesting] <= SCAN_OPERATORS || refuse_at(s, s->at - 1, MESSAGE_SCRIPT_OPERATORS, "100");
}

static void shallower(scanner *s)
{
    if (s->nesting > 0)
        s->nesting--;
}

static bool scan_word(scanner *s)
{
    size_t from = s->at;
    while (is_letter(peek(s, 0)) || is_digit(peek(s, 0)))
        s->at++;
    str word = str_slice(s->text, from, s->at);
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
    return add_constant(s, from);
}

static bool scan_number(scanner *s)
{
    size_t from = s->at;
    while (
        is_letter(peek(s, 0)) || is_digit(peek(s, 0)) || peek(s, 0) == '.' ||
        ((peek(s, 0) == '+' || peek(s, 0) == '-') && s->at > from && strchr("eEpP", s->text.data[s->at - 1]) != NULL))
        s->at++;
    return add_constant(s, from);
}

static bool longer_chain(scanner *s)
{
    return ++s->chain[s->nesting] <= SCAN_CHAIN || refuse_at(s, s->at - 1, MESSAGE_SCRIPT_CHAIN, "200");
}

/* A punctuation character. A chain is what '.', ':' and '[' join; brackets keep the chain around them, and any operator
 * begins a new expression. */
static bool scan_sign(scanner *s, int c)
{
    bool operand = false;
    switch (c) {
    case '.':
        if (peek(s, 0) != '.') {
            s->after_operand = false;
            return longer_chain(s);
        }
        s->at += peek(s, 1) == '.' ? 2 : 1; /* .. or ... */
        s->chain[s->nesting] = 0;
        s->after_operand = false;
        return another_operator(s);
    case ':':
        if (peek(s, 0) == ':') { /* a label */
            s->at++;
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

static bool scan_token(scanner *s)
{
    int c = peek(s, 0);
    if (is_letter(c))
        return scan_word(s);
    if (is_digit(c) || (c == '.' && is_digit(peek(s, 1)))) {
        s->after_operand = true;
        return scan_number(s);
    }
    size_t from = s->at;
    if (c == '"' || c == '\'') {
        s->after_operand = true;
        skip_string(s, c);
        return add_constant(s, from);
    }
    if (c == '[' && long_bracket(s) >= 0) {
        s->after_operand = true;
        skip_long_bracket(s, long_bracket(s));
        return add_constant(s, from);
    }
    s->at++;
    return scan_sign(s, c);
}

static bool skip_space_and_comments(scanner *s)
{
    for (;;) {
        int c = peek(s, 0);
        if (c == '\n') {
            s->at++;
            newline(s);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            s->at++;
        } else if (c == '-' && peek(s, 1) == '-') {
            s->at += 2;
            int level = peek(s, 0) == '[' ? long_bracket(s) : -1;
            if (level >= 0)
                skip_long_bracket(s, level);
            else
                while (s->at < s->text.size && s->text.data[s->at] != '\n')
                    s->at++;
        } else {
            return s->at < s->text.size;
        }
    }
}

bool scan_script(const policy_allocator *a, str text, scan_failure *why)
{
    *why = (scan_failure){0};
    scanner s = {.text = text, .line = 1, .why = why};
    if (text.size > SCAN_BYTES)
        return refuse_at(&s, 0, MESSAGE_SCRIPT_BYTES, "65536");
    if (text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0) {
        s.at = 3; /* a byte order mark is no part of the text, and hides nothing behind it */
        s.line_start = 3;
    }
    if (peek(&s, 0) == '#')
        return refuse_at(&s, s.at, MESSAGE_SCRIPT_SHELL_LINE, "");
    size_t bad;
    if (!utf8_valid(text, &bad) || memchr(text.data ? text.data : "", '\x1b', text.size) ||
        memchr(text.data ? text.data : "", '\0', text.size))
        return refuse_at(&s, 0, MESSAGE_SCRIPT_NOT_TEXT, "");
    map_init(&s.constants, a);
    bool fine = true;
    while (fine && skip_space_and_comments(&s))
        fine = scan_token(&s);
    map_free(&s.constants);
    return fine;
}
