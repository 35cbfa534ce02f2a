/*
 * Lua's patterns in linear time; see pattern.h.
 */
#include "script/pattern.h"

#include "base/buffer.h"

/* Classes as the inside of a bracket expression; the upper-case letter is the complement. */
static const char *class_of(uint32_t c)
{
    switch (c) {
    case 'a':
        return "a-zA-Z";
    case 'c':
        return "\\x00-\\x1F\\x7F";
    case 'd':
        return "0-9";
    case 'g':
        return "\\x21-\\x7E";
    case 'l':
        return "a-z";
    case 'p':
        return "\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E";
    case 's':
        return " \\t-\\r";
    case 'u':
        return "A-Z";
    case 'w':
        return "0-9A-Za-z";
    case 'x':
        return "0-9A-Fa-f";
    default:
        return NULL;
    }
}

/* What is in 0x00-0x10FFFF and not in the class: written as ranges, since complements do not nest in a set. */
static const char *complement_of(uint32_t c)
{
    switch (c) {
    case 'A':
        return "\\x00-\\x40\\x5B-\\x60\\x7B-\\x{10FFFF}";
    case 'C':
        return "\\x20-\\x7E\\x80-\\x{10FFFF}";
    case 'D':
        return "\\x00-\\x2F\\x3A-\\x{10FFFF}";
    case 'G':
        return "\\x00-\\x20\\x7F-\\x{10FFFF}";
    case 'L':
        return "\\x00-\\x60\\x7B-\\x{10FFFF}";
    case 'P':
        return "\\x00-\\x20\\x30-\\x39\\x41-\\x5A\\x61-\\x7A\\x7F-\\x{10FFFF}";
    case 'S':
        return "\\x00-\\x08\\x0E-\\x1F\\x21-\\x{10FFFF}";
    case 'U':
        return "\\x00-\\x40\\x5B-\\x{10FFFF}";
    case 'W':
        return "\\x00-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x{10FFFF}";
    case 'X':
        return "\\x00-\\x2F\\x3A-\\x40\\x47-\\x60\\x67-\\x{10FFFF}";
    default:
        return NULL;
    }
}

static void put_literal(buffer *out, uint32_t c)
{
    if (c < 0x80 && strchr("\\.+*?()|[]{}^$-", (int)c) && c != 0)
        buffer_put_char(out, '\\');
    if (c == 0)
        buffer_put_c(out, "\\x00");
    else
        buffer_put_code_point(out, c);
}

typedef struct translation {
    str text;
    size_t at;
    buffer out;
    uint32_t captures, positions;
    uint32_t open[PATTERN_CAPTURES];
    uint32_t open_count;
    const char *failure;
} translation;

static bool fail(translation *t, const char *sentence)
{
    if (!t->failure)
        t->failure = sentence;
    return false;
}

/* After a '%': a class, or the character itself, as the inside of a set. */
static bool put_escape(translation *t)
{
    if (t->at >= t->text.size)
        return fail(t, "malformed pattern (ends with '%')");
    uint32_t c = utf8_next(t->text, &t->at);
    const char *set = class_of(c) ? class_of(c) : complement_of(c);
    if (set)
        buffer_put_c(&t->out, set);
    else
        put_literal(&t->out, c);
    return true;
}

static bool put_set(translation *t)
{
    buffer_put_char(&t->out, '[');
    if (t->at < t->text.size && t->text.data[t->at] == '^') {
        buffer_put_char(&t->out, '^');
        t->at++;
    }
    bool first = true;
    for (;; first = false) {
        if (t->at >= t->text.size)
            return fail(t, "malformed pattern (missing ']')");
        uint32_t c = utf8_next(t->text, &t->at);
        if (c == ']' && !first)
            break;
        if (c == '%') {
            if (!put_escape(t))
                return false;
            continue;
        }
        put_literal(&t->out, c);
        if (t->at + 1 < t->text.size && t->text.data[t->at] == '-' && t->text.data[t->at + 1] != ']') {
            t->at++;
            uint32_t end = utf8_next(t->text, &t->at);
            if (end < c)
                return fail(t, "malformed pattern (a range runs backwards)");
            buffer_put_char(&t->out, '-');
            put_literal(&t->out, end);
        }
    }
    buffer_put_char(&t->out, ']');
    return true;
}

static bool put_capture(translation *t)
{
    if (t->captures >= PATTERN_CAPTURES)
        return fail(t, "too many captures");
    if (t->at < t->text.size && t->text.data[t->at] == ')') {
        t->at++;
        t->positions |= 1u << t->captures;
        t->captures++;
        buffer_put_c(&t->out, "()");
        return true;
    }
    t->open[t->open_count++] = t->captures++;
    buffer_put_char(&t->out, '(');
    return true;
}

/* One item that a repetition may follow. False at a failure; *repeats says whether it may be repeated. */
static bool put_item(translation *t, bool *repeats)
{
    *repeats = true;
    uint32_t c = utf8_next(t->text, &t->at);
    switch (c) {
    case '(':
        *repeats = false;
        return put_capture(t);
    case ')':
        *repeats = false;
        if (t->open_count == 0)
            return fail(t, "invalid pattern capture");
        t->open_count--;
        buffer_put_char(&t->out, ')');
        return true;
    case '$':
        if (t->at == t->text.size) {
            *repeats = false;
            buffer_put_c(&t->out, "\\z");
            return true;
        }
        put_literal(&t->out, c);
        return true;
    case '.':
        buffer_put_c(&t->out, "(?s:.)");
        return true;
    case '[':
        return put_set(t);
    case '%':
        if (t->at < t->text.size && strchr("bf0123456789", t->text.data[t->at]))
            return fail(t, "%b, %f and back-references are not offered here");
        buffer_put_char(&t->out, '[');
        if (!put_escape(t))
            return false;
        buffer_put_char(&t->out, ']');
        return true;
    default:
        if (c == UTF8_BAD)
            return fail(t, "a pattern must be UTF-8 text");
        put_literal(&t->out, c);
        return true;
    }
}

static void put_repetition(translation *t)
{
    if (t->at >= t->text.size)
        return;
    switch (t->text.data[t->at]) {
    case '*':
        buffer_put_char(&t->out, '*');
        break;
    case '+':
        buffer_put_char(&t->out, '+');
        break;
    case '-':
        buffer_put_c(&t->out, "*?");
        break;
    case '?':
        buffer_put_char(&t->out, '?');
        break;
    default:
        return;
    }
    t->at++;
}

bool pattern_compile(const policy_allocator *a, str text, bool anchors, size_t max_instructions, pattern *out,
                     pattern_failure *why)
{
    *out = (pattern){0};
    why->text = NULL;
    translation t = {.text = text};
    buffer_init(&t.out, a, 0);
    if (anchors && text.size > 0 && text.data[0] == '^') {
        buffer_put_c(&t.out, "\\A");
        t.at = 1;
    }
    bool fine = true, repeats;
    while (fine && t.at < text.size) {
        fine = put_item(&t, &repeats);
        if (fine && repeats)
            put_repetition(&t);
    }
    if (fine && t.open_count > 0)
        fine = fail(&t, "unfinished capture");
    if (fine && t.out.failed)
        fine = false;
    if (fine) {
        regex_failure failure;
        out->program = regex_new(a, buffer_text(&t.out), max_instructions, &failure);
        if (!out->program) {
            fine = false;
            if (!failure.nomem)
                t.failure = "the pattern is too large";
        }
    }
    out->captures = t.captures;
    out->positions = t.positions;
    why->text = t.failure;
    buffer_free(&t.out);
    return fine;
}

void pattern_free(pattern *p)
{
    regex_free(p->program);
    *p = (pattern){0};
}
