/*
 * See arrow_rows.h.
 */
#include "support/arrow_rows.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_int live;

int arrow_rows_live(void)
{
    return atomic_load(&live);
}

static void *block(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (p == NULL) {
        abort();
    }
    return p;
}

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(block(size), text, size);
}

/* ---- releasing ---- */

static void release_array(struct ArrowArray *a)
{
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i]->release != NULL) {
            a->children[i]->release(a->children[i]);
        }
        free(a->children[i]);
    }
    if (a->dictionary != NULL && a->dictionary->release != NULL) {
        a->dictionary->release(a->dictionary);
    }
    free(a->dictionary);
    for (int64_t i = 0; i < a->n_buffers; i++) {
        free((void *)a->buffers[i]);
    }
    free(a->buffers);
    free(a->children);
    a->release = NULL;
    atomic_fetch_sub(&live, 1);
}

static void release_schema(struct ArrowSchema *s)
{
    for (int64_t i = 0; i < s->n_children; i++) {
        if (s->children[i]->release != NULL) {
            s->children[i]->release(s->children[i]);
        }
        free(s->children[i]);
    }
    if (s->dictionary != NULL && s->dictionary->release != NULL) {
        s->dictionary->release(s->dictionary);
    }
    free(s->dictionary);
    free(s->children);
    free((void *)s->format);
    free((void *)s->name);
    s->release = NULL;
    atomic_fetch_sub(&live, 1);
}

/* ---- one column ---- */

static bool is(const char *format, const char *other)
{
    return strcmp(format, other) == 0;
}

static int64_t civil_days(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t units_of(char unit)
{
    return unit == 's' ? 1 : unit == 'm' ? 1000 : unit == 'u' ? 1000000 : 1000000000;
}

/* The number that a text is in a format; days, times and timestamps from ISO spellings. */
static int64_t number_of(const char *format, const char *text)
{
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0; /* a null is a date that fits all */
    if (format[0] == 't' && format[1] == 't') {
        sscanf(text, "%d:%d:%d", &hour, &minute, &second);
        return ((int64_t)hour * 3600 + minute * 60 + second) * units_of(format[2]);
    }
    if (format[0] == 't') {
        sscanf(text, "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour, &minute, &second);
        int64_t days = civil_days(year, month, day);
        return is(format, "tdD")   ? days
               : is(format, "tdm") ? days * 86400000
                                   : (days * 86400 + hour * 3600 + minute * 60 + second) * units_of(format[2]);
    }
    return strtoll(text, NULL, 10);
}

static size_t width_of(const char *format)
{
    return is(format, "c") || is(format, "C")                      ? 1
           : is(format, "s") || is(format, "S") || is(format, "e") ? 2
           : is(format, "i") || is(format, "I") || is(format, "f") || is(format, "tdD") || is(format, "tts") ||
                   is(format, "ttm")
               ? 4
               : 8;
}

static void put_number(char *at, const char *format, const char *text)
{
    size_t width = width_of(format);
    if (is(format, "f")) {
        float f = strtof(text, NULL);
        memcpy(at, &f, sizeof f);
    } else if (is(format, "g")) {
        double d = strtod(text, NULL);
        memcpy(at, &d, sizeof d);
    } else if (is(format, "e")) { /* small whole numbers are enough */
        int whole = (int)strtol(text, NULL, 10), exponent = 0;
        while (whole >> (exponent + 1)) {
            exponent++;
        }
        unsigned bits =
            whole == 0 ? 0u : (unsigned)(exponent + 15) << 10 | ((unsigned)whole << 10 >> exponent & 0x3FFu);
        uint16_t half = (uint16_t)bits;
        memcpy(at, &half, sizeof half);
    } else {
        int64_t n = number_of(format, text);
        if (is(format, "L")) {
            uint64_t u = strtoull(text, NULL, 10);
            memcpy(&n, &u, sizeof n);
        }
        memcpy(at, &n, width); /* little-endian, as every machine these tests run on */
    }
}

static void make_column(const char *format, const char *const *texts, size_t count, size_t offset,
                        struct ArrowArray *out);

static void fill_texts(struct ArrowArray *a, const char *const *texts, size_t count, bool large)
{
    size_t bytes = 0, width = large ? 8 : 4;
    for (size_t i = 0; i < count; i++) {
        bytes += texts[i] ? strlen(texts[i]) : 0;
    }
    char *offsets = block((count + 1) * width), *data = block(bytes);
    int64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size = texts[i] ? strlen(texts[i]) : 0;
        memcpy(offsets + i * width, &at, width);
        memcpy(data + at, texts[i] ? texts[i] : "", size);
        at += (int64_t)size;
    }
    memcpy(offsets + count * width, &at, width);
    a->buffers[1] = offsets;
    a->buffers[2] = data;
}

/* Short texts stand in the view, long ones in a data buffer, of which there are two. */
static void fill_views(struct ArrowArray *a, const char *const *texts, size_t count)
{
    size_t bytes[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        size_t size = texts[i] ? strlen(texts[i]) : 0;
        bytes[i % 2] += size > 12 ? size : 0;
    }
    char *views = block(count * 16), *data[2] = {block(bytes[0]), block(bytes[1])};
    int32_t at[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        int32_t size = texts[i] ? (int32_t)strlen(texts[i]) : 0, buffer = (int32_t)(i % 2);
        memcpy(views + i * 16, &size, 4);
        if (size <= 12) {
            memcpy(views + i * 16 + 4, texts[i] ? texts[i] : "", (size_t)size);
            continue;
        }
        memcpy(views + i * 16 + 4, texts[i], 4);
        memcpy(views + i * 16 + 8, &buffer, 4);
        memcpy(views + i * 16 + 12, &at[buffer], 4);
        memcpy(data[buffer] + at[buffer], texts[i], (size_t)size);
        at[buffer] += size;
    }
    int64_t *sizes = block(2 * sizeof *sizes);
    sizes[0] = (int64_t)bytes[0];
    sizes[1] = (int64_t)bytes[1];
    a->buffers[1] = views;
    a->buffers[2] = data[0];
    a->buffers[3] = data[1];
    a->buffers[4] = sizes;
}

static void fill_dictionary(struct ArrowArray *a, const char *format, const char *const *texts, size_t count)
{
    char indices_format[2] = {format[0], '\0'};
    size_t width = width_of(indices_format), entries = 0;
    const char **distinct = block((count + 1) * sizeof *distinct);
    char *indices = block(count * width);
    for (size_t i = 0; i < count; i++) {
        int64_t at = 0;
        if (texts[i] == NULL) { /* a null slot may hold anything */
            at = 77;
        } else {
            while ((size_t)at < entries && strcmp(distinct[at], texts[i]) != 0) {
                at++;
            }
            if ((size_t)at == entries) {
                distinct[entries++] = texts[i];
            }
        }
        memcpy(indices + i * width, &at, width);
    }
    a->buffers[1] = indices;
    a->dictionary = block(sizeof *a->dictionary);
    make_column(format + 2, distinct, entries, 0, a->dictionary);
    free(distinct);
}

static void make_column(const char *format, const char *const *texts, size_t count, size_t offset,
                        struct ArrowArray *out)
{
    size_t nulls = 0;
    bool views = is(format, "vu"), text = is(format, "u") || is(format, "U"), nothing = is(format, "n");
    for (size_t i = offset; i < count; i++) {
        nulls += texts[i] == NULL;
    }
    *out = (struct ArrowArray){.length = (int64_t)(count - offset),
                               .offset = (int64_t)offset,
                               .null_count = nothing ? (int64_t)(count - offset) : (int64_t)nulls,
                               .n_buffers = nothing ? 0
                                            : views ? 5
                                            : text  ? 3
                                                    : 2,
                               .release = release_array};
    atomic_fetch_add(&live, 1);
    out->buffers = block(5 * sizeof *out->buffers);
    if (nothing) {
        return;
    }
    if (nulls > 0) {
        uint8_t *bits = block((count + 7) / 8);
        for (size_t i = 0; i < count; i++) {
            bits[i / 8] = (uint8_t)(bits[i / 8] | (texts[i] != NULL) << i % 8);
        }
        out->buffers[0] = bits;
    }
    if (format[1] == ':' && strchr("cCsSiIlL", format[0])) {
        fill_dictionary(out, format, texts, count);
    } else if (text) {
        fill_texts(out, texts, count, is(format, "U"));
    } else if (views) {
        fill_views(out, texts, count);
    } else if (is(format, "b")) {
        uint8_t *bits = block((count + 7) / 8);
        for (size_t i = 0; i < count; i++) {
            bits[i / 8] = (uint8_t)(bits[i / 8] | (texts[i] && is(texts[i], "true")) << i % 8);
        }
        out->buffers[1] = bits;
    } else {
        char *numbers = block(count * width_of(format));
        for (size_t i = 0; i < count; i++) {
            put_number(numbers + i * width_of(format), format, texts[i] ? texts[i] : "1970-01-01");
        }
        out->buffers[1] = numbers;
    }
}

/* ---- tables ---- */

void arrow_rows_export(const arrow_rows *t, const size_t *order, size_t from, size_t until, size_t offset,
                       struct ArrowArray *out)
{
    size_t count = until - from;
    *out = (struct ArrowArray){.length = (int64_t)count,
                               .n_buffers = 1,
                               .n_children = (int64_t)t->column_count,
                               .buffers = block(sizeof *out->buffers),
                               .children = block(t->column_count * sizeof *out->children),
                               .release = release_array};
    atomic_fetch_add(&live, 1);
    for (size_t c = 0; c < t->column_count; c++) {
        const char **texts = block((count + offset) * sizeof *texts);
        for (size_t i = 0; i < offset; i++) {
            texts[i] = t->row_count > 0 ? t->cells[c] : NULL;
        }
        for (size_t i = 0; i < count; i++) {
            size_t row = order ? order[from + i] : from + i;
            texts[offset + i] = t->cells[row * t->column_count + c];
        }
        out->children[c] = block(sizeof **out->children);
        make_column(t->formats[c], texts, count + offset, offset, out->children[c]);
        free(texts);
    }
}

static void make_schema(const char *format, const char *name, struct ArrowSchema *out)
{
    bool dictionary = format[0] != '\0' && format[1] == ':' && strchr("cCsSiIlL", format[0]);
    char indices[2] = {format[0], '\0'};
    *out = (struct ArrowSchema){.format = copy(dictionary ? indices : format),
                                .name = copy(name),
                                .flags = ARROW_FLAG_NULLABLE,
                                .release = release_schema};
    atomic_fetch_add(&live, 1);
    if (dictionary) {
        out->dictionary = block(sizeof *out->dictionary);
        make_schema(format + 2, "", out->dictionary);
    }
}

void arrow_rows_schema(const arrow_rows *t, struct ArrowSchema *out)
{
    make_schema("+s", "", out);
    out->n_children = (int64_t)t->column_count;
    out->children = block(t->column_count * sizeof *out->children);
    for (size_t c = 0; c < t->column_count; c++) {
        out->children[c] = block(sizeof **out->children);
        make_schema(t->formats[c], t->names[c], out->children[c]);
    }
}

/* ---- streams ---- */

typedef struct row_stream {
    const arrow_rows *table;
    const size_t *order;
    size_t at, until, size;
} row_stream;

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    const row_stream *s = stream->private_data;
    arrow_rows_schema(s->table, out);
    return 0;
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    row_stream *s = stream->private_data;
    if (s->at >= s->until) {
        *out = (struct ArrowArray){.release = NULL};
        return 0;
    }
    size_t until = s->size > 0 && s->until - s->at > s->size ? s->at + s->size : s->until;
    arrow_rows_export(s->table, s->order, s->at, until, s->at % 3, out); /* slices now and then */
    s->at = until;
    return 0;
}

static const char *stream_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return NULL;
}

static void stream_release(struct ArrowArrayStream *stream)
{
    free(stream->private_data);
    stream->release = NULL;
    atomic_fetch_sub(&live, 1);
}

void arrow_rows_stream(const arrow_rows *t, const size_t *order, size_t from, size_t until, size_t size,
                       struct ArrowArrayStream *out)
{
    row_stream *s = block(sizeof *s);
    *s = (row_stream){t, order, from, until, size};
    *out = (struct ArrowArrayStream){stream_schema, stream_next, stream_error, stream_release, s};
    atomic_fetch_add(&live, 1);
}
