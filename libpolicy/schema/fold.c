/*
 * Folding: the many ways to type one character become one.
 *
 * Full-width forms become ASCII (３ → 3, （ → (, ： → :), the dashes of Chinese and Western typography become '-', circled
 * and bracketed digits become digits (② → 2, ⑵ → (2)), white space and invisible marks go, ASCII letters become small.
 * Malformed bytes stay as they are: a text that holds one simply matches nothing.
 */
#include "schema/readers.h"

static uint32_t folded(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) /* ！ to ～ */
        c -= 0xFEE0;
    switch (c) {
    case 0x2010: /* ‐ ‑ ‒ – — ― − ─ ━ */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case 0x2500:
    case 0x2501:
        return '-';
    case 0x301C: /* 〜 */
    case 0x223C: /* ∼ */
        return '~';
    case 0x3010: /* 【 〔 〖 */
    case 0x3014:
    case 0x3016:
        return '(';
    case 0x3011:
    case 0x3015:
    case 0x3017:
        return ')';
    case '[':
    case '{':
        return '(';
    case ']':
    case '}':
        return ')';
    case 0x2236: /* ∶ */
    case 0xFE55:
        return ':';
    case 0x2018: /* ‘ ’ ′ */
    case 0x2019:
    case 0x2032:
        return '\'';
    case 0x2264: /* ≤ ≦ ≥ ≧ are told apart by the readers */
    case 0x2266:
        return 0x2264;
    case 0x2265:
    case 0x2267:
        return 0x2265;
    default:
        return c;
    }
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x00A0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x202F || c == 0x205F;
}

static bool is_invisible(uint32_t c)
{
    return c == 0xFEFF || c == 0x200B || c == 0x200C || c == 0x200D || c == 0x2060 || c == 0x200E || c == 0x200F;
}

typedef struct sink {
    char *out;
    size_t room, size;
} sink;

static void put(sink *s, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++, s->size++)
        if (s->size < s->room)
            s->out[s->size] = bytes[i];
}

static void put_number(sink *s, uint32_t n)
{
    char digits[2] = {(char)('0' + n / 10), (char)('0' + n % 10)};
    if (n >= 10)
        put(s, digits, 2);
    else
        put(s, digits + 1, 1);
}

size_t fold_with(str text, unsigned flags, char *out, size_t room)
{
    sink s = {out, room, 0};
    bool space_due = false;
    for (size_t at = 0; at < text.size;) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        if (c == UTF8_BAD) {
            put(&s, text.data + from, at - from);
            continue;
        }
        if (is_invisible(c))
            continue;
        if (is_space(c)) {
            space_due = (flags & FOLD_SPACES) != 0 && s.size != 0;
            continue;
        }
        if (space_due) { /* one blank for a run of them, none at the ends */
            put(&s, " ", 1);
            space_due = false;
        }
        if (c >= 0x2460 && c <= 0x2473) { /* ① to ⑳ */
            put_number(&s, c - 0x245F);
            continue;
        }
        if (c >= 0x2474 && c <= 0x2487) { /* ⑴ to ⒇ */
            put(&s, "(", 1);
            put_number(&s, c - 0x2473);
            put(&s, ")", 1);
            continue;
        }
        if (c >= 0x3220 && c <= 0x3228) { /* ㈠ to ㈨ */
            put(&s, "(", 1);
            put_number(&s, c - 0x321F);
            put(&s, ")", 1);
            continue;
        }
        c = folded(c);
        if (c >= 'A' && c <= 'Z' && !(flags & FOLD_CASE))
            c += 'a' - 'A';
        char bytes[4];
        put(&s, bytes, utf8_put(bytes, c));
    }
    return s.size;
}

size_t reader_fold(str text, char *out, size_t room)
{
    return fold_with(text, 0, out, room);
}

bool fold_cell(str text, unsigned flags, fold_room *room, str *out)
{
    /* Folding never makes a text longer than four thirds (⑵ is three bytes and becomes three or four). */
    size_t size = fold_with(text, flags, room->data, sizeof room->data);
    *out = (str){room->data, size};
    return size <= sizeof room->data;
}

/* Can it begin one of the words below, or what folds to one: a blank, a dash, a full-width form? */
static bool may_begin_placeholder(unsigned char byte)
{
    switch (byte) {
    case '-':
    case '/':
    case '\\':
    case 'n':
    case 'N':
    case '#':
    case ' ':
        return true;
    default: /* 长, 望 and most of Chinese: no */
        return byte < ' ' || byte == 0xC2 || byte == 0xE2 || byte == 0xE3 || byte == 0xE6 || byte == 0xE7 ||
               byte == 0xEF;
    }
}

bool reader_is_placeholder(str text)
{
    if (text.size > 24 || (text.size > 0 && !may_begin_placeholder((unsigned char)text.data[0])))
        return false;
    char room[32];
    size_t size = fold_with(text, 0, room, sizeof room);
    if (size > sizeof room)
        return false;
    static const char *const words[] = {"-",   "--",   "---", "----", "/",    "//",   "\\", "无",
                                        "n/a", "null", "nil", "none", "暂无", "#n/a", "空"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal((str){room, size}, str_of(words[i])))
            return true;
    return false;
}
