/*
 * A growing piece of text. See buffer.h.
 */
#include "base/buffer.h"

#include "base/number.h"

#define DEFAULT_CEILING ((size_t)64 << 20)

void buffer_init(buffer *b, const policy_allocator *allocator, size_t ceiling)
{
    *b = (buffer){.allocator = allocator, .ceiling = ceiling ? ceiling : DEFAULT_CEILING};
}

void buffer_free(buffer *b)
{
    allocator_free(b->allocator, b->data);
    b->data = NULL;
    b->size = b->capacity = 0;
    b->failed = b->full = false;
}

void buffer_clear(buffer *b)
{
    b->size = 0;
    b->failed = b->full = false;
    if (b->data)
        b->data[0] = '\0';
}

void buffer_put(buffer *b, str text)
{
    if (b->failed)
        return;
    void *data = b->data;
    /* The closing NUL is not counted against the ceiling. */
    b->full = text.size > b->ceiling - b->size;
    if (b->full || !allocator_grow(b->allocator, &data, &b->capacity, b->size + text.size + 1, 1, b->ceiling + 1)) {
        b->failed = true;
        return;
    }
    b->data = data;
    if (text.size)
        memcpy(b->data + b->size, text.data, text.size);
    b->size += text.size;
    b->data[b->size] = '\0';
}

void buffer_put_c(buffer *b, const char *c_string)
{
    buffer_put(b, str_of(c_string));
}

void buffer_put_char(buffer *b, char c)
{
    buffer_put(b, (str){&c, 1});
}

void buffer_put_code_point(buffer *b, uint32_t code_point)
{
    char bytes[4];
    size_t size = utf8_put(bytes, code_point);
    if (!size)
        size = utf8_put(bytes, 0xFFFD);
    buffer_put(b, (str){bytes, size});
}

void buffer_put_int(buffer *b, int64_t number)
{
    char text[NUMBER_TEXT];
    size_t size = number_write_int(text, number);
    buffer_put(b, (str){text, size});
}

void buffer_put_uint(buffer *b, uint64_t number)
{
    char text[NUMBER_TEXT];
    size_t size = number_write_uint(text, number);
    buffer_put(b, (str){text, size});
}

void buffer_put_double(buffer *b, double number)
{
    char text[NUMBER_TEXT];
    size_t size = number_write_double(text, number);
    buffer_put(b, (str){text, size});
}
