/*
 * Borrowed text: a pointer and a length, always UTF-8, never owned.
 *
 * `str` is how text travels inside the library. It may hold NUL bytes and need not end in one; text kept in an
 * arena through arena_text() always does, so that `.data` can be handed out as a C string.
 */
#ifndef POLICY_BASE_TEXT_H
#define POLICY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
    const char *data; /* never NULL for a present text; str_none has NULL */
    size_t size;
} str;

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    } /* in static initialisers */
#define str_none ((str){NULL, 0})

static inline str str_of(const char *c_string)
{
    return (str){c_string, c_string ? strlen(c_string) : 0};
}
static inline bool str_equal(str a, str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
int str_compare(str a, str b); /* by bytes, which for UTF-8 is by code points */
bool str_starts(str text, str prefix);
bool str_ends(str text, str suffix);
bool str_contains(str text, str part);
str str_trim(str text); /* ASCII white space and U+3000, U+00A0, U+FEFF at both ends */
/* Surely nothing to trim, by the first and last byte: of most texts. */
static inline bool str_is_trim(str text)
{
    unsigned char first = text.size ? (unsigned char)text.data[0] : 0;
    unsigned char last = text.size ? (unsigned char)text.data[text.size - 1] : 0;
    return first > ' ' && first != 0xC2 && first != 0xE3 && first != 0xEF && last > ' ' && last != 0xA0 &&
           last != 0x80 && last != 0xBF;
}
str str_slice(str text, size_t from, size_t until);
uint64_t str_hash(str text); /* not for hostile input across processes; stable within one build */

/* UTF-8. `utf8_next` reads the code point at *at and moves on; a malformed byte gives UTF8_BAD and moves one byte. */
#define UTF8_BAD 0xFFFFFFFFu
uint32_t utf8_next(str text, size_t *at);
size_t utf8_put(char out[4], uint32_t code_point); /* bytes written, 0 for a surrogate or past U+10FFFF */
bool utf8_valid(str text, size_t *bad_at);         /* bad_at may be NULL */
size_t utf8_count(str text);                       /* code points */

/* The name in `names` nearest to `wrong` by edit distance over code points (at most a third of its length, at least
 * one), or str_none: what "did you mean" offers. */
str str_nearest(str wrong, const str *names, size_t count);

#endif
