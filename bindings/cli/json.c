/*
 * JSON on its way out.
 */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "terminal.h"

json_t *json_must(json_t *value)
{
    if (value == NULL) {
        fputs("policy: 内存不足 / out of memory\n", stderr);
        exit(2);
    }
    return value;
}

void json_put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, json_must(value)) != 0) {
        json_must(NULL);
    }
}

void json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, json_must(value)) != 0) {
        json_must(NULL);
    }
}

json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) {
        return value;
    }
    /* Not UTF-8 (or no memory, which the second attempt finds out): keep what is ASCII, and whole characters. */
    size_t size = strlen(text);
    char *copy = must_allocate(size * 3 + 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        size_t length = 1;
        while (length < 4 && ((unsigned char)text[i + length] & 0xC0) == 0x80) {
            length++;
        }
        json_t *piece = json_stringn(text + i, length);
        if (piece != NULL) {
            memcpy(copy + used, text + i, length);
            used += length;
            json_decref(piece);
            i += length;
        } else {
            memcpy(copy + used, "\xEF\xBF\xBD", 3);
            used += 3;
            i++;
        }
    }
    value = json_must(json_stringn(copy, used));
    free(copy);
    return value;
}

json_t *json_datum(policy_datum datum)
{
    switch (datum.kind) {
    case POLICY_DATUM_NONE:
        return json_null();
    case POLICY_DATUM_BOOL:
        return json_boolean(datum.integer != 0);
    case POLICY_DATUM_INT:
        return json_must(json_integer(datum.integer));
    case POLICY_DATUM_DOUBLE:
        if (datum.number > -9e15 && datum.number < 9e15 && datum.number == (double)(int64_t)datum.number) {
            return json_must(json_integer((json_int_t)datum.number)); /* 75, as every other writer has it */
        }
        if (isfinite(datum.number)) {
            return json_must(json_real(datum.number));
        }
        return json_text(datum.text);
    default:
        return json_text(datum.text != NULL ? datum.text : "");
    }
}

/* Inside JSON text a byte above 0x7E can only stand in a string, so rewriting it there is safe. */
typedef struct filter {
    FILE *to;
    bool after_c2;
} filter;

static int write_filtered(const char *buffer, size_t size, void *context)
{
    filter *f = context;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)buffer[i];
        if (f->after_c2) {
            f->after_c2 = false;
            if (c < 0xA0) {
                fprintf(f->to, "\\u%04x", (unsigned)c);
                continue;
            }
            fputc(0xC2, f->to);
        }
        if (c == 0xC2) {
            f->after_c2 = true;
        } else if (c == 0x7F) {
            fputs("\\u007f", f->to);
        } else {
            fputc(c, f->to);
        }
    }
    return ferror(f->to) != 0 ? -1 : 0;
}

bool json_write(FILE *to, const json_t *value)
{
    filter f = {to, false};
    return json_dump_callback(value, write_filtered, &f, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) == 0;
}

bool json_write_text(FILE *to, const char *text, size_t size)
{
    filter f = {to, false};
    return write_filtered(text, size, &f) == 0;
}
