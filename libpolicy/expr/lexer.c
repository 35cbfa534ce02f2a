/*
 * The lexer: text to tokens, one at a time.
 *
 * Numbers are read here (in no locale), string and bytes literals are unescaped here: a token's text is what the
 * literal stands for. Text without an escape is borrowed from the source.
 */
#include "expr/lexer.h"

#include "base/number.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_name_start(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c);
}

static char peek(const lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.size ? l->text.data[l->at + ahead] : '\0';
}

static token refuse(lexer *l, size_t offset, message_id message, str argument)
{
    if (l->why.message == 0 && !l->why.nomem) {
        l->why.message = message;
        l->why.arguments[0] = argument;
        l->why.offset = (uint32_t)offset;
    }
    return (token){.kind = TOKEN_FAILED, .offset = (uint32_t)offset, .until = (uint32_t)offset};
}

static token no_memory(lexer *l)
{
    l->why.nomem = true;
    return (token){.kind = TOKEN_FAILED};
}

static void skip_blank(lexer *l)
{
    while (l->at < l->text.size) {
        char c = l->text.data[l->at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            l->at++;
        } else if (c == '/' && peek(l, 1) == '/') {
            while (l->at < l->text.size && l->text.data[l->at] != '\n') {
                l->at++;
            }
        } else {
            return;
        }
    }
}

bool lexer_reserved(str name)
{
    static const str words[] = {STR_INIT("as"),        STR_INIT("break"),  STR_INIT("const"),    STR_INIT("continue"),
                                STR_INIT("else"),      STR_INIT("for"),    STR_INIT("function"), STR_INIT("if"),
                                STR_INIT("import"),    STR_INIT("let"),    STR_INIT("loop"),     STR_INIT("package"),
                                STR_INIT("namespace"), STR_INIT("return"), STR_INIT("var"),      STR_INIT("void"),
                                STR_INIT("while")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_equal(words[i], name)) {
            return true;
        }
    }
    return false;
}

/* ---- strings ---- */

/* The value of `digits` hexadecimal digits at l->at, moving on; -1 when there are not so many. */
static int64_t take_hex(lexer *l, int digits)
{
    int64_t number = 0;
    for (int i = 0; i < digits; i++) {
        int d = hex_digit(peek(l, 0));
        if (d < 0 || l->at >= l->text.size) {
            return -1;
        }
        number = number * 16 + d;
        l->at++;
    }
    return number;
}

static bool simple_escape(char c, char *out)
{
    static const char from[] = "abfnrtv\\\"'`?", to[] = "\a\b\f\n\r\t\v\\\"'`?";
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        *out = to[found - from];
    }
    return found != NULL;
}

/* One escape, l->at after the backslash. Writes at most 4 bytes; 0 when malformed. */
static size_t take_escape(lexer *l, bool bytes, char out[4])
{
    char c = peek(l, 0);
    l->at++;
    if (simple_escape(c, out)) {
        return 1;
    }
    int64_t number = -1;
    bool code_unit = true; /* \x and octal: a byte in bytes literals */
    if (c == 'x' || c == 'X') {
        number = take_hex(l, 2);
    } else if (c >= '0' && c <= '3') {
        if (peek(l, 0) >= '0' && peek(l, 0) <= '7' && peek(l, 1) >= '0' && peek(l, 1) <= '7') {
            number = (c - '0') * 64 + (peek(l, 0) - '0') * 8 + (peek(l, 1) - '0');
            l->at += 2;
        }
    } else if ((c == 'u' || c == 'U') && !bytes) {
        code_unit = false;
        number = take_hex(l, c == 'u' ? 4 : 8);
    }
    if (number < 0) {
        return 0;
    }
    if (bytes && code_unit) {
        out[0] = (char)number;
        return 1;
    }
    return number > 0x10FFFF ? 0 : utf8_put(out, (uint32_t)number);
}

/* The quote that opens at l->at: 3 for a triple one, else 1. */
static size_t quote_size(const lexer *l)
{
    char q = peek(l, 0);
    return peek(l, 1) == q && peek(l, 2) == q ? 3 : 1;
}

static bool closes(const lexer *l, char quote, size_t size)
{
    return peek(l, 0) == quote && (size == 1 || (peek(l, 1) == quote && peek(l, 2) == quote));
}

/* Where the literal's text ends, from l->at; SIZE_MAX when it is not closed. Sets *plain when nothing needs work. */
static size_t find_end(const lexer *l, char quote, size_t size, bool raw, bool *plain)
{
    lexer scan = *l;
    *plain = true;
    while (scan.at < scan.text.size) {
        char c = peek(&scan, 0);
        if (closes(&scan, quote, size)) {
            return scan.at;
        }
        if (size == 1 && (c == '\n' || c == '\r')) {
            return SIZE_MAX;
        }
        if (c == '\r' && size == 3) {
            *plain = false; /* line ends are normalised */
        }
        if (c == '\\' && !raw) {
            *plain = false;
            scan.at++;
        }
        scan.at++;
    }
    return SIZE_MAX;
}

static token finish_string(lexer *l, size_t start, bool bytes, str text)
{
    return (token){
        .kind = bytes ? TOKEN_BYTES : TOKEN_STRING, .offset = (uint32_t)start, .until = (uint32_t)l->at, .text = text};
}

/* l->at is at the opening quote, `start` at the prefix if any. */
static token take_string(lexer *l, size_t start, bool raw, bool bytes)
{
    char quote = peek(l, 0);
    size_t size = quote_size(l);
    l->at += size;
    bool plain;
    size_t end = find_end(l, quote, size, raw, &plain);
    if (end == SIZE_MAX) {
        return refuse(l, start, MESSAGE_EXPR_UNCLOSED_STRING, str_none);
    }
    if (plain) {
        str text = {l->text.data + l->at, end - l->at};
        l->at = end + size;
        return finish_string(l, start, bytes, text);
    }
    char *out = arena_new(l->arena, end - l->at + 1); /* an escape is never shorter than what it stands for */
    if (!out) {
        return no_memory(l);
    }
    size_t n = 0;
    while (l->at < end) {
        char c = l->text.data[l->at];
        if (c == '\\' && !raw) {
            size_t at = l->at++;
            size_t got = take_escape(l, bytes, out + n);
            if (got == 0 || l->at > end) {
                return refuse(l, at, MESSAGE_EXPR_BAD_ESCAPE, str_slice(l->text, at, at + 2));
            }
            n += got;
        } else if (c == '\r' && size == 3) {
            l->at += l->at + 1 < end && l->text.data[l->at + 1] == '\n' ? 2 : 1;
            out[n++] = '\n';
        } else {
            out[n++] = c;
            l->at++;
        }
    }
    l->at = end + size;
    return finish_string(l, start, bytes, (str){out, n});
}

/* A string with a prefix of r, b, R, B in either order. False: it is a name. */
static bool string_ahead(const lexer *l, size_t *prefix, bool *raw, bool *bytes)
{
    *raw = *bytes = false;
    for (*prefix = 0; *prefix < 3; ++*prefix) {
        char c = peek(l, *prefix);
        if (c == '"' || c == '\'') {
            return true;
        }
        if ((c == 'r' || c == 'R') && !*raw) {
            *raw = true;
        } else if ((c == 'b' || c == 'B') && !*bytes) {
            *bytes = true;
        } else {
            return false;
        }
    }
    return false;
}

/* ---- numbers ---- */

static token take_hexadecimal(lexer *l, size_t start)
{
    uint64_t number = 0;
    size_t digits = 0;
    l->at += 2;
    for (int d; l->at < l->text.size && (d = hex_digit(peek(l, 0))) >= 0; l->at++, digits++) {
        if (number >> 60) {
            return refuse(l, start, MESSAGE_EXPR_NUMBER_RANGE, str_none);
        }
        number = number * 16 + (uint64_t)d;
    }
    bool is_unsigned = peek(l, 0) == 'u' || peek(l, 0) == 'U';
    l->at += is_unsigned;
    if (digits == 0 || is_name_part(peek(l, 0))) {
        return refuse(l, start, MESSAGE_EXPR_BAD_NUMBER, str_none);
    }
    return (token){.kind = is_unsigned ? TOKEN_UINT : TOKEN_INT,
                   .offset = (uint32_t)start,
                   .until = (uint32_t)l->at,
                   .whole = number};
}

static void skip_digits(lexer *l)
{
    while (is_digit(peek(l, 0))) {
        l->at++;
    }
}

/* Fraction and exponent, if they are there; true when one was. */
static bool skip_fraction(lexer *l)
{
    bool found = false;
    if (peek(l, 0) == '.' && is_digit(peek(l, 1))) {
        found = true;
        l->at++;
        skip_digits(l);
    }
    size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-';
    if ((peek(l, 0) == 'e' || peek(l, 0) == 'E') && is_digit(peek(l, 1 + sign))) {
        found = true;
        l->at += 1 + sign;
        skip_digits(l);
    }
    return found;
}

static token take_number(lexer *l)
{
    size_t start = l->at;
    if (peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'X')) {
        return take_hexadecimal(l, start);
    }
    skip_digits(l);
    bool fraction = skip_fraction(l);
    str text = {l->text.data + start, l->at - start};
    token t = {.offset = (uint32_t)start};
    if (fraction) {
        t.kind = TOKEN_DOUBLE;
        if (!number_read_double(text, false, &t.number)) {
            return refuse(l, start, MESSAGE_EXPR_NUMBER_RANGE, str_none);
        }
    } else {
        bool is_unsigned = peek(l, 0) == 'u' || peek(l, 0) == 'U';
        l->at += is_unsigned;
        t.kind = is_unsigned ? TOKEN_UINT : TOKEN_INT;
        if (!number_read_uint(text, &t.whole)) {
            return refuse(l, start, MESSAGE_EXPR_NUMBER_RANGE, str_none);
        }
    }
    if (is_name_part(peek(l, 0))) {
        return refuse(l, start, MESSAGE_EXPR_BAD_NUMBER, str_none);
    }
    t.until = (uint32_t)l->at;
    return t;
}

/* ---- names and marks ---- */

static token take_name(lexer *l)
{
    static const struct {
        str word;
        token_kind kind;
    } words[] = {{STR_INIT("true"), TOKEN_TRUE},
                 {STR_INIT("false"), TOKEN_FALSE},
                 {STR_INIT("null"), TOKEN_NULL},
                 {STR_INIT("in"), TOKEN_IN}};
    size_t start = l->at;
    while (is_name_part(peek(l, 0))) {
        l->at++;
    }
    token t = {TOKEN_NAME, (uint32_t)start, (uint32_t)l->at, {l->text.data + start, l->at - start}, 0, 0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_equal(words[i].word, t.text)) {
            t.kind = words[i].kind;
        }
    }
    return t;
}

static token take_quoted_name(lexer *l)
{
    size_t start = l->at++;
    while (is_name_part(peek(l, 0)) || (l->at < l->text.size && strchr(".-/ ", l->text.data[l->at]) && peek(l, 0))) {
        l->at++;
    }
    if (peek(l, 0) != '`' || l->at == start + 1) {
        return refuse(l, start, MESSAGE_EXPR_UNCLOSED_NAME, str_none);
    }
    str text = {l->text.data + start + 1, l->at - start - 1};
    l->at++;
    return (token){TOKEN_QUOTED_NAME, (uint32_t)start, (uint32_t)l->at, text, 0, 0};
}

static token_kind take_mark(lexer *l)
{
    static const struct {
        char first, second; /* second 0: any */
        token_kind kind;
    } marks[] = {{'=', '=', TOKEN_EQUAL},      {'!', '=', TOKEN_NOT_EQUAL},
                 {'<', '=', TOKEN_LESS_EQUAL}, {'>', '=', TOKEN_GREATER_EQUAL},
                 {'&', '&', TOKEN_AND},        {'|', '|', TOKEN_OR},
                 {'<', 0, TOKEN_LESS},         {'>', 0, TOKEN_GREATER},
                 {'!', 0, TOKEN_NOT},          {'+', 0, TOKEN_PLUS},
                 {'-', 0, TOKEN_MINUS},        {'*', 0, TOKEN_STAR},
                 {'/', 0, TOKEN_SLASH},        {'%', 0, TOKEN_PERCENT},
                 {'?', 0, TOKEN_QUESTION},     {':', 0, TOKEN_COLON},
                 {',', 0, TOKEN_COMMA},        {'.', 0, TOKEN_DOT},
                 {'(', 0, TOKEN_OPEN},         {')', 0, TOKEN_CLOSE},
                 {'[', 0, TOKEN_OPEN_BRACKET}, {']', 0, TOKEN_CLOSE_BRACKET},
                 {'{', 0, TOKEN_OPEN_BRACE},   {'}', 0, TOKEN_CLOSE_BRACE}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (peek(l, 0) == marks[i].first && (!marks[i].second || peek(l, 1) == marks[i].second)) {
            l->at += marks[i].second ? 2 : 1;
            return marks[i].kind;
        }
    }
    return TOKEN_FAILED;
}

/* What authors write who come from other languages, or whose keyboard is set to Chinese. */
static str advice(str text, size_t at)
{
    static const struct {
        str wrong, right;
    } pairs[] = {{STR_INIT("="), STR_INIT("==")}, {STR_INIT("&"), STR_INIT("&&")}, {STR_INIT("|"), STR_INIT("||")},
                 {STR_INIT("（"), STR_INIT("(")}, {STR_INIT("）"), STR_INIT(")")}, {STR_INIT("，"), STR_INIT(",")},
                 {STR_INIT("‘"), STR_INIT("'")},  {STR_INIT("’"), STR_INIT("'")},  {STR_INIT("“"), STR_INIT("\"")},
                 {STR_INIT("”"), STR_INIT("\"")}, {STR_INIT("："), STR_INIT(":")}, {STR_INIT("！"), STR_INIT("!")},
                 {STR_INIT("？"), STR_INIT("?")}, {STR_INIT("《"), STR_INIT("<")}, {STR_INIT("》"), STR_INIT(">")},
                 {STR_INIT("＜"), STR_INIT("<")}, {STR_INIT("＞"), STR_INIT(">")}, {STR_INIT("≤"), STR_INIT("<=")},
                 {STR_INIT("≥"), STR_INIT(">=")}, {STR_INIT("≠"), STR_INIT("!=")}, {STR_INIT("＝"), STR_INIT("==")},
                 {STR_INIT("×"), STR_INIT("*")},  {STR_INIT("÷"), STR_INIT("/")},  {STR_INIT("【"), STR_INIT("[")},
                 {STR_INIT("】"), STR_INIT("]")}, {STR_INIT("＋"), STR_INIT("+")}, {STR_INIT("－"), STR_INIT("-")}};
    str rest = {text.data + at, text.size - at};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (str_starts(rest, pairs[i].wrong)) {
            return pairs[i].right;
        }
    }
    return str_none;
}

static token bad_character(lexer *l)
{
    size_t start = l->at, until = start;
    if (utf8_next(l->text, &until) == UTF8_BAD) {
        return refuse(l, start, MESSAGE_EXPR_NOT_UTF8, str_none);
    }
    l->why.nearest = advice(l->text, start);
    return refuse(l, start, MESSAGE_EXPR_BAD_CHARACTER, str_slice(l->text, start, until));
}

token lexer_next(lexer *l)
{
    skip_blank(l);
    if (l->at >= l->text.size) {
        return (token){.kind = TOKEN_END, .offset = (uint32_t)l->text.size, .until = (uint32_t)l->text.size};
    }
    size_t start = l->at, prefix;
    bool raw, bytes;
    char c = l->text.data[l->at];
    if (string_ahead(l, &prefix, &raw, &bytes)) {
        l->at += prefix;
        return take_string(l, start, raw, bytes);
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
        return take_number(l);
    }
    if (is_name_start(c)) {
        return take_name(l);
    }
    if (c == '`') {
        return take_quoted_name(l);
    }
    token_kind kind = take_mark(l);
    if (kind == TOKEN_FAILED) {
        return bad_character(l);
    }
    return (token){.kind = kind, .offset = (uint32_t)start, .until = (uint32_t)l->at};
}
