/*
 * What reaches a screen: text without control characters, in columns that line up when half of it is Chinese.
 */
#ifndef POLICY_CLI_TERMINAL_H
#define POLICY_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Room for any uint64_t as decimal text. */
enum { NUMBER_ROOM = 24 };

/* Write text so that it cannot steer a terminal: control characters and bytes that are not UTF-8 come out as \xNN,
 * characters that reorder or hide what follows as \u{NNNN}. Line breaks too, unless `lines` allows them. */
void print_safe(FILE *to, const char *text);
void print_safe_lines(FILE *to, const char *text);

/* The same as an allocated string; the caller frees it. */
char *safe_text(const char *text);

/* Columns that print_safe would take: two for each wide character. */
size_t text_width(const char *text);

/* print_safe, then spaces up to `width` columns; or the spaces first. */
void print_left(FILE *to, const char *text, size_t width);
void print_right(FILE *to, const char *text, size_t width);

/* Decimal digits of a number, in `into`, which is returned. */
const char *number_text(char into[NUMBER_ROOM], uint64_t number);

/* Is somebody watching? */
bool is_terminal(FILE *stream);

/* malloc and realloc for a command that has nothing better to do without memory than to say so and end with 2. */
void *must_allocate(size_t count, size_t size);
void *must_resize(void *memory, size_t count, size_t size);
char *must_copy(const char *text, size_t size);

#endif
