/*
 * A growing piece of text with a ceiling: how messages, reports and JSON are put together.
 *
 * After a failed append `failed` stays set and further appends do nothing, so callers check once, at the end.
 */
#ifndef POLICY_BASE_BUFFER_H
#define POLICY_BASE_BUFFER_H

#include "base/allocator.h"
#include "base/text.h"

typedef struct buffer {
    const policy_allocator *allocator;
    char *data; /* NUL after size once anything was appended */
    size_t size, capacity, ceiling;
    bool failed;
    bool full; /* it failed because of the ceiling */
} buffer;

void buffer_init(buffer *b, const policy_allocator *allocator, size_t ceiling); /* ceiling 0: 64 MiB */
void buffer_free(buffer *b);
void buffer_clear(buffer *b);
void buffer_put(buffer *b, str text);
void buffer_put_c(buffer *b, const char *c_string);
void buffer_put_char(buffer *b, char c);
void buffer_put_code_point(buffer *b, uint32_t code_point);
void buffer_put_int(buffer *b, int64_t number);
void buffer_put_uint(buffer *b, uint64_t number);
void buffer_put_double(buffer *b, double number); /* shortest text that reads back equal, '.' in every locale */
static inline str buffer_text(const buffer *b)
{
    return (str){b->data ? b->data : "", b->size};
}

#endif
