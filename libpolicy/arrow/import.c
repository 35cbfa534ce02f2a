/*
 * Arrays: what a producer hands over, checked part by part until it is a batch. See import.h.
 *
 *   array of rows    length, offset, validity, as many children as columns
 *     column         length at least what the rows need, buffers as its format has them, bitmap where there are nulls
 *       dictionary   the same, with its own length and offset
 *
 * Then the values (values.c), unless the caller vouches for them.
 */
#include "arrow/import.h"

#include "base/number.h"

policy_status arrow_malformed(const arrow_place *at, message_id what)
{
    return error_set(at->err, at->allocator,
                     &(error_spec){.status = POLICY_E_ARGUMENT,
                                   .message = MESSAGE_ARROW_ARRAY,
                                   .arguments = {at->column, message_argument(what)}});
}

policy_status arrow_malformed_row(const arrow_place *at, message_id what, int64_t row)
{
    char number[NUMBER_TEXT];
    str text = {number, number_write_uint(number, at->first_row + (uint64_t)row)};
    return error_set(at->err, at->allocator,
                     &(error_spec){.status = POLICY_E_ARGUMENT,
                                   .message = MESSAGE_ARROW_ARRAY_ROW,
                                   .arguments = {at->column, message_argument(what), text}});
}

#define ROWS_MAX (INT64_MAX / 64) /* of length and offset together: no size in bits or bytes overflows */

/* What any array must keep to. */
static policy_status check_array(const struct ArrowArray *a, const arrow_place *at)
{
    if (a == NULL) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_POINTER);
    }
    if (a->length < 0 || a->offset < 0 || a->length > ROWS_MAX || a->offset > ROWS_MAX - a->length) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_LENGTH);
    }
    if (a->null_count < -1 || a->null_count > a->length) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_NULLS);
    }
    if (a->n_buffers < 0 || (a->n_buffers > 0 && a->buffers == NULL)) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_BUFFERS);
    }
    return POLICY_OK;
}

static bool buffers_fit(column_storage s, int64_t count)
{
    switch (s) {
    case COLUMN_NULL:
        return count <= 1; /* some producers give a bitmap all the same */
    case COLUMN_UTF8:
    case COLUMN_LARGE_UTF8:
        return count == 3;
    case COLUMN_UTF8_VIEW:
        return count >= 3; /* the last one tells the sizes of those before it */
    default:
        return count == 2;
    }
}

/* A buffer that the kernels can read in place; a copy of what is used when it is not aligned. NULL out of memory. */
static const void *aligned(const void *from, size_t width, int64_t elements, arena *memory)
{
    size_t needed = width > 8 ? 8 : width;
    if (needed <= 1 || (uintptr_t)from % needed == 0) {
        return from;
    }
    if ((uint64_t)elements > SIZE_MAX / width) {
        return NULL;
    }
    void *copy = arena_array(memory, (size_t)elements, width);
    if (copy != NULL) {
        memcpy(copy, from, (size_t)elements * width);
    }
    return copy;
}

/* Offsets of an empty array may be missing: then all texts are empty, since there are none. */
static policy_status take_buffers(column *c, const struct ArrowArray *a, int64_t rows, arena *memory,
                                  const arrow_place *at)
{
    c->validity = a->n_buffers > 0 && a->null_count != 0 ? a->buffers[0] : NULL;
    if (c->storage == COLUMN_NULL) {
        c->validity = NULL;
        return POLICY_OK;
    }
    if (a->null_count > 0 && c->validity == NULL) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_VALIDITY);
    }
    if (rows == 0) { /* nothing will be read */
        c->values = NULL;
        return POLICY_OK;
    }
    const void *values = a->buffers[1];
    if (values == NULL) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_VALUES);
    }
    bool offsets = c->storage == COLUMN_UTF8 || c->storage == COLUMN_LARGE_UTF8;
    c->values = aligned(values, arrow_storage_width(c->storage), c->offset + rows + (offsets ? 1 : 0), memory);
    if (c->values == NULL) {
        return error_nomem(at->err);
    }
    if (offsets) {
        c->text = a->buffers[2]; /* NULL: no text has a byte */
    }
    if (c->storage == COLUMN_UTF8_VIEW) {
        c->buffer_count = a->n_buffers - 3;
        c->buffers = (const void **)a->buffers + 2;
        const void *sizes = a->buffers[a->n_buffers - 1];
        if (c->buffer_count > 0 && sizes == NULL) {
            return arrow_malformed(at, MESSAGE_ARROW_BAD_VALUES);
        }
        if (c->buffer_count > 0) {
            c->buffer_sizes = aligned(sizes, sizeof(int64_t), c->buffer_count, memory);
            if (c->buffer_sizes == NULL) {
                return error_nomem(at->err);
            }
        }
        for (int64_t i = 0; i < c->buffer_count; i++) {
            if (c->buffer_sizes[i] < 0 || (c->buffers[i] == NULL && c->buffer_sizes[i] > 0)) {
                return arrow_malformed(at, MESSAGE_ARROW_BAD_VALUES);
            }
        }
    }
    return POLICY_OK;
}

/* One column of `rows` rows that begin `skip` behind its own offset. */
static policy_status take_column(column *c, const struct ArrowArray *a, int64_t skip, int64_t rows, arena *memory,
                                 const arrow_place *at)
{
    policy_status status = a->release == NULL ? arrow_malformed(at, MESSAGE_ARROW_BAD_RELEASED) : check_array(a, at);
    if (status != POLICY_OK) {
        return status;
    }
    if (!buffers_fit(c->storage, a->n_buffers)) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_BUFFERS);
    }
    if (a->n_children != 0) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_CHILDREN);
    }
    if (a->length < skip || a->length - skip < rows) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_SHORT);
    }
    c->offset = a->offset + skip;
    c->length = rows;
    return take_buffers(c, a, rows, memory, at);
}

static policy_status take_field(const layout_column *from, const struct ArrowArray *a, const struct ArrowArray *rows,
                                const arrow_batch_options *options, arena *memory, batch *out, const arrow_place *at)
{
    column *c = arena_new(memory, sizeof *c);
    if (c == NULL) {
        return error_nomem(at->err);
    }
    const arrow_format *own = from->dictionary ? &from->indices : &from->values;
    *c = (column){.storage = own->storage,
                  .meaning = own->meaning,
                  .unit = own->unit,
                  .clock = from->dictionary ? NULL : from->clock};
    if (a == NULL || (a->dictionary != NULL) != from->dictionary) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_CHILDREN);
    }
    policy_status status = take_column(c, a, rows->offset, rows->length, memory, at);
    if (status == POLICY_OK && from->dictionary) {
        const struct ArrowArray *entries = a->dictionary;
        column *d = arena_new(memory, sizeof *d);
        if (d == NULL) {
            return error_nomem(at->err);
        }
        *d = (column){.storage = from->values.storage,
                      .meaning = from->values.meaning,
                      .unit = from->values.unit,
                      .clock = from->clock};
        if (entries->dictionary != NULL) {
            return arrow_malformed(at, MESSAGE_ARROW_BAD_CHILDREN);
        }
        status = take_column(d, entries, 0, entries->length, memory, at);
        c->dictionary = d;
        if (status == POLICY_OK && !options->trusted) {
            arrow_place entry = *at;
            entry.first_row = 0;
            status = arrow_check_values(d, d->length, options->text_bytes, &entry);
        }
    }
    if (status == POLICY_OK && !options->trusted) {
        status = arrow_check_values(c, rows->length, options->text_bytes, at);
    }
    out->fields[from->field] = c;
    return status;
}

/* Rows have cells; a row that is itself null is no row. */
static policy_status check_rows(const struct ArrowArray *a, const arrow_batch_options *options, const arrow_place *at)
{
    const uint8_t *validity = a->null_count != 0 ? a->buffers[0] : NULL;
    if (a->null_count > 0 && validity == NULL) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_VALIDITY);
    }
    for (int64_t i = a->offset; validity != NULL && i < a->offset + a->length; i++) {
        if (!(validity[i >> 3] >> (i & 7) & 1)) {
            char number[NUMBER_TEXT];
            str text = {number, number_write_uint(number, options->first_row + (uint64_t)(i - a->offset))};
            return error_set(
                at->err, at->allocator,
                &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_ARROW_NULL_ROW, .arguments = {text}});
        }
    }
    return POLICY_OK;
}

policy_status arrow_batch_read(const arrow_layout *l, const struct ArrowArray *array,
                               const arrow_batch_options *options, arena *memory, batch *out, policy_error **err)
{
    arrow_place at = {l->allocator, message_argument(MESSAGE_ARROW_THE_ROWS), options->first_row, err};
    if (array->release == NULL) {
        return error_set(err, l->allocator,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARROW_RELEASED,
                                       .arguments = {STR("ArrowArray")}});
    }
    policy_status status = check_array(array, &at);
    if (status != POLICY_OK) {
        return status;
    }
    if (array->n_buffers != 1 || array->dictionary != NULL) {
        return arrow_malformed(&at, MESSAGE_ARROW_BAD_BUFFERS);
    }
    if (array->n_children != l->column_count || (array->n_children > 0 && array->children == NULL)) {
        return arrow_malformed(&at, MESSAGE_ARROW_BAD_COUNT);
    }
    if ((uint64_t)array->length > UINT64_MAX - options->first_row) {
        return error_set(err, l->allocator, &(error_spec){.status = POLICY_E_LIMIT, .message = MESSAGE_ARROW_TOO_MANY});
    }
    status = check_rows(array, options, &at);
    if (status != POLICY_OK) {
        return status;
    }
    *out = (batch){.type = l->type,
                   .rows = array->length,
                   .units = l->units,
                   .source = options->source,
                   .first_row = options->first_row};
    out->fields = arena_array(memory, l->type->field_count + 1, sizeof *out->fields);
    if (out->fields == NULL) {
        return error_nomem(err);
    }
    for (int64_t i = 0; i < l->column_count && status == POLICY_OK; i++) {
        if (l->columns[i].field >= 0) {
            at.column = l->columns[i].name;
            status = take_field(&l->columns[i], array->children[i], array, options, memory, out, &at);
        }
    }
    return status;
}
