/*
 * Looking at every value: offsets, views, UTF-8 and dictionary indices, of the rows that are used and are not null.
 *
 * The bytes of a null may be anything, and so may what lies outside a slice. Offsets are different: those of a null have
 * to be in order too, for the next text begins where it ends.
 */
#include "arrow/import.h"

#include "base/number.h"

static policy_status check_size(uint64_t size, uint64_t limit, int64_t row, const arrow_place *at)
{
    if (size <= limit) {
        return POLICY_OK;
    }
    char number[NUMBER_TEXT];
    str text = {number, number_write_uint(number, at->first_row + (uint64_t)row)};
    return error_set(at->err, at->allocator,
                     &(error_spec){.status = POLICY_E_LIMIT,
                                   .message = MESSAGE_ARROW_ARRAY_ROW,
                                   .arguments = {at->column, message_argument(MESSAGE_ARROW_BAD_LONG), text}});
}

/* Bytes below 128 are characters of their own, so a stretch of them needs no look at where its texts begin. */
static bool is_ascii(const char *text, size_t size)
{
    uint64_t seen = 0;
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        seen |= word;
    }
    for (; i < size; i++) {
        seen |= (unsigned char)text[i];
    }
    return (seen & UINT64_C(0x8080808080808080)) == 0;
}

static int64_t offset_at(const column *c, int64_t i)
{
    return c->storage == COLUMN_UTF8 ? ((const int32_t *)c->values)[i] : ((const int64_t *)c->values)[i];
}

/* Are offsets in order, and no text longer than the limit? One look at all of them, without a branch a row; where the answer
 * is no, they are looked at again, one by one, to say where. */
#define OFFSETS_FIT(NAME, TYPE)                                                                                        \
    static bool NAME(const TYPE *offsets, int64_t rows, uint64_t limit)                                                \
    {                                                                                                                  \
        uint64_t longest = 0;                                                                                          \
        for (int64_t i = 0; i < rows; i++) { /* a step back is a very long one */                                      \
            uint64_t size = (uint64_t)offsets[i + 1] - (uint64_t)offsets[i];                                           \
            longest = size > longest ? size : longest;                                                                 \
        }                                                                                                              \
        return longest <= limit;                                                                                       \
    }
OFFSETS_FIT(offsets_fit, int32_t)
OFFSETS_FIT(large_offsets_fit, int64_t)

static policy_status check_offsets(const column *c, int64_t rows, uint64_t limit, const arrow_place *at)
{
    int64_t first = offset_at(c, c->offset), last = first;
    if (first < 0) {
        return arrow_malformed_row(at, MESSAGE_ARROW_BAD_OFFSETS, 0);
    }
    bool fit = c->storage == COLUMN_UTF8 ? offsets_fit((const int32_t *)c->values + c->offset, rows, limit)
                                         : large_offsets_fit((const int64_t *)c->values + c->offset, rows, limit);
    if (fit) {
        last = offset_at(c, c->offset + rows);
    }
    for (int64_t i = 0; i < rows && !fit; i++) {
        int64_t next = offset_at(c, c->offset + i + 1);
        if (next < last) {
            return arrow_malformed_row(at, MESSAGE_ARROW_BAD_OFFSETS, i);
        }
        if ((uint64_t)(next - last) > limit && !column_is_null(c, i)) {
            return check_size((uint64_t)(next - last), limit, i, at);
        }
        last = next;
    }
    if (last > first && c->text == NULL) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_VALUES);
    }
    if ((uint64_t)last > SIZE_MAX) {
        return arrow_malformed(at, MESSAGE_ARROW_BAD_OFFSETS);
    }
    if (last == first || is_ascii(c->text + first, (size_t)(last - first))) {
        return POLICY_OK;
    }
    for (int64_t i = 0; i < rows; i++) {
        if (!column_is_null(c, i) && !utf8_valid(column_text(c, i), NULL)) {
            return arrow_malformed_row(at, MESSAGE_ARROW_BAD_UTF8, i);
        }
    }
    return POLICY_OK;
}

static policy_status check_views(const column *c, int64_t rows, uint64_t limit, const arrow_place *at)
{
    for (int64_t i = 0; i < rows; i++) {
        if (column_is_null(c, i)) {
            continue;
        }
        int32_t view[4]; /* size, first bytes, buffer, offset */
        memcpy(view, (const char *)c->values + (size_t)(c->offset + i) * sizeof view, sizeof view);
        if (view[0] < 0 || (view[0] > 12 && (view[2] < 0 || view[2] >= c->buffer_count || view[3] < 0 ||
                                             (int64_t)view[3] + view[0] > c->buffer_sizes[view[2]]))) {
            return arrow_malformed_row(at, MESSAGE_ARROW_BAD_VIEW, i);
        }
        policy_status status = check_size((uint64_t)view[0], limit, i, at);
        if (status != POLICY_OK) {
            return status;
        }
        if (!utf8_valid(column_text(c, i), NULL)) {
            return arrow_malformed_row(at, MESSAGE_ARROW_BAD_UTF8, i);
        }
    }
    return POLICY_OK;
}

/* The greatest index, negative ones being greater than any; of rows that are null, too. */
#define GREATEST(TYPE)                                                                                                 \
    do {                                                                                                               \
        const TYPE *v = (const TYPE *)c->values + c->offset;                                                           \
        TYPE most = 0;                                                                                                 \
        for (int64_t i = 0; i < rows; i++) {                                                                           \
            most = v[i] > most ? v[i] : most;                                                                          \
        }                                                                                                              \
        return most;                                                                                                   \
    } while (0)

static uint64_t greatest_index(const column *c, int64_t rows)
{
    switch (c->storage) {
    case COLUMN_INT8:
    case COLUMN_UINT8:
        GREATEST(uint8_t);
    case COLUMN_INT16:
    case COLUMN_UINT16:
        GREATEST(uint16_t);
    case COLUMN_INT32:
    case COLUMN_UINT32:
        GREATEST(uint32_t);
    default:
        GREATEST(uint64_t);
    }
}

/* The greatest that the storage takes for no negative number. */
static uint64_t greatest_allowed(column_storage s)
{
    return s == COLUMN_INT8 ? INT8_MAX : s == COLUMN_INT16 ? INT16_MAX : s == COLUMN_INT32 ? INT32_MAX : INT64_MAX;
}

static policy_status check_indices(const column *c, int64_t rows, const arrow_place *at)
{
    uint64_t greatest = greatest_index(c, rows);
    if (greatest < (uint64_t)c->dictionary->length && greatest <= greatest_allowed(c->storage)) {
        return POLICY_OK;
    }
    for (int64_t i = 0; i < rows; i++) {
        int64_t index = column_is_null(c, i) ? -1 : column_integer(c, i);
        if (index >= c->dictionary->length || (index < 0 && !column_is_null(c, i))) {
            return arrow_malformed_row(at, MESSAGE_ARROW_BAD_ENTRY, i);
        }
    }
    return POLICY_OK;
}

policy_status arrow_check_values(const column *c, int64_t rows, uint64_t text_bytes, const arrow_place *at)
{
    uint64_t limit = text_bytes < UINT32_MAX ? text_bytes : UINT32_MAX;
    if (rows == 0) {
        return POLICY_OK;
    }
    if (c->dictionary != NULL) {
        return check_indices(c, rows, at);
    }
    switch (c->storage) {
    case COLUMN_UTF8:
    case COLUMN_LARGE_UTF8:
        return check_offsets(c, rows, limit, at);
    case COLUMN_UTF8_VIEW:
        return check_views(c, rows, limit, at);
    default:
        return POLICY_OK;
    }
}
