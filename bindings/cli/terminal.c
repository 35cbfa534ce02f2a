/*
 * What reaches a screen: safe text and widths.
 *
 * wcwidth would need a locale, and the C library of many systems does not know the newer wide characters, so the widths
 * are a short list of ranges here: everything East Asian Wide or Fullwidth takes two columns, combining marks none.
 */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct range {
    uint32_t from, to;
} range;

static const range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1B000, 0x1B2FF},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
};

static const range zero[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x0E34, 0x0E3A}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

/* Characters that a reader does not see but a terminal obeys: C1 controls, line separators, directions, joiners. */
static const range hidden[] = {
    {0x80, 0x9F},     {0x061C, 0x061C}, {0x200B, 0x200F}, {0x2028, 0x202E},
    {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
};

static bool is_in(uint32_t c, const range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= ranges[i].from && c <= ranges[i].to) {
            return true;
        }
    }
    return false;
}

/* Decode one character; its size in bytes, or 0 when the bytes are not UTF-8. The text ends with a NUL, which is no
 * continuation byte, so looking ahead is safe. */
static size_t decode(const char *text, uint32_t *c)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t size = p[0] < 0x80                   ? 1
                  : p[0] >= 0xC2 && p[0] < 0xE0 ? 2
                  : (p[0] & 0xF0) == 0xE0       ? 3
                  : p[0] >= 0xF0 && p[0] < 0xF5 ? 4
                                                : 0;
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (size == 0) {
        return 0;
    }
    *c = p[0] & mask[size];
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
        *c = *c << 6 | (p[i] & 0x3Fu);
    }
    if (*c < least[size] || *c > 0x10FFFF || (*c >= 0xD800 && *c <= 0xDFFF)) {
        return 0;
    }
    return size;
}

enum { PIECE_ROOM = 16 };

/* The next piece of safe text: copied to `piece`, its columns in *columns; returns the bytes of `text` it stands for. */
static size_t next_piece(const char *text, bool lines, char piece[PIECE_ROOM], size_t *columns)
{
    uint32_t c = 0;
    size_t size = decode(text, &c);
    if (size == 0 || c < 0x20 || c == 0x7F) {
        if (size != 0 && lines && (c == '\n' || c == '\t')) {
            piece[0] = (char)c;
            piece[1] = 0;
            *columns = 1;
            return 1;
        }
        snprintf(piece, PIECE_ROOM, "\\x%02x", (unsigned)(unsigned char)text[0]);
        *columns = strlen(piece);
        return 1;
    }
    if (is_in(c, hidden, sizeof hidden / sizeof *hidden)) {
        snprintf(piece, PIECE_ROOM, "\\u{%x}", (unsigned)c);
        *columns = strlen(piece);
        return size;
    }
    memcpy(piece, text, size);
    piece[size] = 0;
    *columns = is_in(c, zero, sizeof zero / sizeof *zero) ? 0 : is_in(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
    return size;
}

static void print_pieces(FILE *to, const char *text, bool lines)
{
    char piece[PIECE_ROOM];
    size_t columns = 0;
    for (const char *p = text; *p != 0;) {
        p += next_piece(p, lines, piece, &columns);
        fputs(piece, to);
    }
}

void print_safe(FILE *to, const char *text)
{
    print_pieces(to, text, false);
}

void print_safe_lines(FILE *to, const char *text)
{
    print_pieces(to, text, true);
}

char *safe_text(const char *text)
{
    char piece[PIECE_ROOM];
    size_t columns = 0;
    size_t room = strlen(text) * 8 + 1; /* "\u{80}" is the longest piece for its bytes: 6 for 2; "\x1b" 4 for 1 */
    char *copy = must_allocate(room, 1);
    size_t used = 0;
    for (const char *p = text; *p != 0;) {
        p += next_piece(p, false, piece, &columns);
        size_t size = strlen(piece);
        memcpy(copy + used, piece, size);
        used += size;
    }
    copy[used] = 0;
    return copy;
}

size_t text_width(const char *text)
{
    char piece[PIECE_ROOM];
    size_t width = 0;
    for (const char *p = text; *p != 0;) {
        size_t columns = 0;
        p += next_piece(p, false, piece, &columns);
        width += columns;
    }
    return width;
}

static void print_spaces(FILE *to, const char *text, size_t width)
{
    for (size_t used = text_width(text); used < width; used++) {
        fputc(' ', to);
    }
}

void print_left(FILE *to, const char *text, size_t width)
{
    print_safe(to, text);
    print_spaces(to, text, width);
}

void print_right(FILE *to, const char *text, size_t width)
{
    print_spaces(to, text, width);
    print_safe(to, text);
}

const char *number_text(char into[NUMBER_ROOM], uint64_t number)
{
    snprintf(into, NUMBER_ROOM, "%llu", (unsigned long long)number);
    return into;
}

bool is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

static void end_without_memory(void)
{
    fputs("policy: 内存不足 / out of memory\n", stderr);
    exit(2);
}

void *must_resize(void *memory, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        end_without_memory();
    }
    void *resized = realloc(memory, count * size == 0 ? 1 : count * size);
    if (resized == NULL) {
        end_without_memory();
    }
    return resized;
}

void *must_allocate(size_t count, size_t size)
{
    return must_resize(NULL, count, size);
}

char *must_copy(const char *text, size_t size)
{
    if (size == SIZE_MAX) {
        end_without_memory();
    }
    char *copy = must_allocate(size + 1, 1);
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}
