/*
 * Borrowed text: comparing, trimming, hashing, UTF-8, and the nearest name. See text.h.
 */
#include "base/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

int str_compare(str a, str b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    if (order)
        return order < 0 ? -1 : 1;
    return (a.size > b.size) - (a.size < b.size);
}

bool str_starts(str text, str prefix)
{
    return text.size >= prefix.size && (prefix.size == 0 || memcmp(text.data, prefix.data, prefix.size) == 0);
}

bool str_ends(str text, str suffix)
{
    return text.size >= suffix.size &&
           (suffix.size == 0 || memcmp(text.data + (text.size - suffix.size), suffix.data, suffix.size) == 0);
}

/* Finds candidates by first byte, so the common case is one memchr. The worst case is |text| * |part|; callers bound
 * the length of what they look for. */
bool str_contains(str text, str part)
{
    if (part.size == 0)
        return true;
    if (text.size < part.size)
        return false;
    const char *at = text.data;
    size_t left = text.size - part.size + 1;
    while (left) {
        const char *hit = memchr(at, part.data[0], left);
        if (!hit)
            return false;
        if (memcmp(hit, part.data, part.size) == 0)
            return true;
        left -= (size_t)(hit - at) + 1;
        at = hit + 1;
    }
    return false;
}

/* Bytes of white space at the start of `text`. */
static size_t space_at_start(str text)
{
    if (text.size == 0)
        return 0;
    char c = text.data[0];
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 1;
    if (str_starts(text, STR("\xC2\xA0")))
        return 2;
    if (str_starts(text, STR("\xE3\x80\x80")) || str_starts(text, STR("\xEF\xBB\xBF")))
        return 3;
    return 0;
}

static size_t space_at_end(str text)
{
    if (text.size == 0)
        return 0;
    char c = text.data[text.size - 1];
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return 1;
    if (str_ends(text, STR("\xC2\xA0")))
        return 2;
    if (str_ends(text, STR("\xE3\x80\x80")) || str_ends(text, STR("\xEF\xBB\xBF")))
        return 3;
    return 0;
}

str str_trim(str text)
{
    size_t n;
    while ((n = space_at_start(text)) != 0) {
        text.data += n;
        text.size -= n;
    }
    while ((n = space_at_end(text)) != 0)
        text.size -= n;
    return text;
}

str str_slice(str text, size_t from, size_t until)
{
    if (!text.data)
        return text;
    if (until > text.size)
        until = text.size;
    if (from > until)
        from = until;
    return (str){text.data + from, until - from};
}

/* Eight bytes a step, each mixed in by a multiplication whose high half is folded back; a last mix so that low bits,
 * which choose the slot, depend on all input. */
uint64_t str_hash(str text)
{
    const uint64_t k = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = k ^ (uint64_t)text.size;
    size_t at = 0;
    while (at < text.size) {
        uint64_t word = 0;
        size_t n = text.size - at < 8 ? text.size - at : 8;
        memcpy(&word, text.data + at, n);
        h = (h ^ word) * k;
        h ^= h >> 31;
        at += n;
    }
    h *= UINT64_C(0xD6E8FEB86659FD93);
    return h ^ (h >> 32);
}

uint32_t utf8_next(str text, size_t *at)
{
    size_t i = *at;
    if (i >= text.size)
        return UTF8_BAD;
    const unsigned char *p = (const unsigned char *)text.data + i;
    size_t left = text.size - i;
    *at = i + 1;
    if (p[0] < 0x80)
        return p[0];

    size_t size;
    uint32_t c, least;
    if (p[0] < 0xC2)
        return UTF8_BAD; /* a continuation byte, or an overlong form of ASCII */
    if (p[0] < 0xE0) {
        size = 2, c = p[0] & 0x1Fu, least = 0x80;
    } else if (p[0] < 0xF0) {
        size = 3, c = p[0] & 0x0Fu, least = 0x800;
    } else if (p[0] < 0xF5) {
        size = 4, c = p[0] & 0x07u, least = 0x10000;
    } else {
        return UTF8_BAD;
    }
    if (left < size)
        return UTF8_BAD;
    for (size_t k = 1; k < size; k++) {
        if ((p[k] & 0xC0) != 0x80)
            return UTF8_BAD;
        c = c << 6 | (p[k] & 0x3Fu);
    }
    if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return UTF8_BAD;
    *at = i + size;
    return c;
}

size_t utf8_put(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        if (c >= 0xD800 && c <= 0xDFFF)
            return 0;
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    if (c > 0x10FFFF)
        return 0;
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Is the character at `p`, with three bytes there, one of most of Chinese: three bytes, of which only the first is narrowed? */
static bool is_plain_three(const unsigned char *p)
{
    return p[0] > 0xE0 && p[0] < 0xF0 && p[0] != 0xED && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
}

#ifdef __SSE2__
/* How many of the 64 bytes at `p` are whole characters of one byte, or of three as above; 0 where there are others. */
static size_t plain_64(const char *p)
{
    uint64_t leads = 0, follow = 0, high = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i lead = _mm_andnot_si128(
            _mm_cmpeq_epi8(b, _mm_set1_epi8((char)0xED)),
            _mm_and_si128(_mm_cmpgt_epi8(b, _mm_set1_epi8((char)0xE0)), _mm_cmplt_epi8(b, _mm_set1_epi8((char)0xF0))));
        __m128i following = _mm_cmplt_epi8(b, _mm_set1_epi8((char)0xC0));
        high |= (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 * i;
        leads |= (uint64_t)(unsigned)_mm_movemask_epi8(lead) << 16 * i;
        follow |= (uint64_t)(unsigned)_mm_movemask_epi8(following) << 16 * i;
    }
    if (follow != (leads << 1 | leads << 2) || high != (leads | follow))
        return 0;
    return leads >> 63 ? 63 : leads >> 62 ? 62 : 64;
}
#endif

/* The end of the plain characters from `at` on, as far as it is easily told. */
static size_t skip_plain(str text, size_t at)
{
#ifdef __SSE2__
    for (size_t n = 1; n != 0 && text.size - at >= 64; at += n)
        n = plain_64(text.data + at);
#endif
    const unsigned char *p = (const unsigned char *)text.data;
    for (size_t until = text.size - at < 64 ? text.size : at + 64; at < until;) {
        if (p[at] < 0x80)
            at++;
        else if (text.size - at >= 3 && is_plain_three(p + at))
            at += 3;
        else
            break;
    }
    return at;
}

bool utf8_valid(str text, size_t *bad_at)
{
    for (size_t at = 0; at < text.size;) {
        size_t start = skip_plain(text, at);
        at = start;
        if (at < text.size && utf8_next(text, &at) == UTF8_BAD) {
            if (bad_at)
                *bad_at = start;
            return false;
        }
    }
    return true;
}

size_t utf8_count(str text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.size; count++)
        utf8_next(text, &at);
    return count;
}

/* --- the nearest name ----------------------------------------------------------------------------------------------*/

#define LONGEST_NAME 96 /* code points; nobody mistypes a longer one by a letter */

/* Letters that people confuse without noticing count as equal, so that `Due_Date` is near `due-date`. */
static uint32_t fold(uint32_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 'a';
    return c == '_' ? '-' : c;
}

static size_t decode(str text, uint32_t out[LONGEST_NAME])
{
    size_t count = 0;
    for (size_t at = 0; at < text.size;) {
        if (count == LONGEST_NAME)
            return LONGEST_NAME + 1;
        out[count++] = fold(utf8_next(text, &at));
    }
    return count;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with insertion, deletion, substitution and the swap of two neighbours. */
static size_t distance(const uint32_t *a, size_t a_size, const uint32_t *b, size_t b_size)
{
    size_t rows[3][LONGEST_NAME + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_size; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t best = least(last[j], now[j - 1]) + 1;
            best = least(best, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, before[j - 2] + 1);
            now[j] = best;
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b_size];
}

str str_nearest(str wrong, const str *names, size_t count)
{
    uint32_t a[LONGEST_NAME], b[LONGEST_NAME];
    size_t a_size = decode(wrong, a);
    if (a_size == 0 || a_size > LONGEST_NAME)
        return str_none;
    size_t allowed = a_size / 3 ? a_size / 3 : 1;
    size_t best = allowed + 1;
    str nearest = str_none;
    for (size_t i = 0; i < count; i++) {
        size_t b_size = decode(names[i], b);
        if (b_size == 0 || b_size > LONGEST_NAME)
            continue;
        size_t d = distance(a, a_size, b, b_size);
        /* Names that share nothing are not near, however short. */
        if (d < best && d < a_size) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}
