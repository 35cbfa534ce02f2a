/*
 * A block of a column to the numbers of what its cells hold: one loop for each kind of column, with and without nulls. What
 * comes for the first time is given a number by coder.c.
 */
#include "columns/coder_cells.h"

int64_t coding_content_bits(const column *k, int64_t row)
{
    int64_t at = k->offset + row;
    switch (k->storage) {
    case COLUMN_BOOL:
        return ((const uint8_t *)k->values)[at >> 3] >> (at & 7) & 1;
    case COLUMN_FLOAT16:
        return ((const uint16_t *)k->values)[at];
    case COLUMN_FLOAT32: {
        uint32_t bits;
        memcpy(&bits, (const float *)k->values + at, sizeof bits);
        return bits;
    }
    case COLUMN_FLOAT64: {
        int64_t bits;
        memcpy(&bits, (const double *)k->values + at, sizeof bits);
        return bits;
    }
    default:
        return column_integer(k, row);
    }
}

bool coding_number_content(coding *c, coder *k, const column *from, int64_t row, uint32_t *out)
{
    if (column_is_null(from, row)) {
        return coding_number_null(c, k, out);
    }
    switch (from->storage) {
    case COLUMN_UTF8:
    case COLUMN_LARGE_UTF8:
    case COLUMN_UTF8_VIEW:
        return coding_number_text(c, k, from, row, column_text(from, row), out);
    default:
        return coding_number_integer(c, k, from, row, coding_content_bits(from, row), out);
    }
}

static size_t view_size(const char *view)
{
    int32_t size;
    memcpy(&size, view, sizeof size);
    return (size_t)size;
}

static const char *view_text(const column *c, const char *view)
{
    int32_t at[2]; /* of a long text: the buffer, the offset */
    if (view_size(view) <= 12) {
        return view + 4;
    }
    memcpy(at, view + 8, sizeof at);
    return (const char *)c->buffers[at[0]] + at[1];
}

/* Texts without nulls. `NEAR`: eight bytes may be looked at. */
#define TEXT_ROWS(NAME, PREPARE, DATA, SIZE, NEAR)                                                                     \
    static bool NAME(coding *c, coder *k)                                                                              \
    {                                                                                                                  \
        const column *from = k->column;                                                                                \
        int64_t first = from->offset + c->row;                                                                         \
        PREPARE;                                                                                                       \
        texts known = k->texts; /* here the compiler knows that nobody else writes it */                               \
        uint32_t *out = k->numbers;                                                                                    \
        for (size_t i = 0; i < c->count; i++) {                                                                        \
            size_t size = SIZE;                                                                                        \
            const char *data = DATA;                                                                                   \
            text_key key = size <= 16 && (NEAR) ? texts_short_key(data, size) : texts_key(data, size);                 \
            uint32_t number = texts_find(&known, data, key);                                                           \
            if (number == NUMBER_NONE) {                                                                               \
                if (!coding_number_new_text(c, k, from, c->row + (int64_t)i, data, key, &number)) {                    \
                    return false;                                                                                      \
                }                                                                                                      \
                known = k->texts; /* it may have moved */                                                              \
            }                                                                                                          \
            out[i] = number;                                                                                           \
        }                                                                                                              \
        return true;                                                                                                   \
    }
TEXT_ROWS(texts_utf8, const int32_t *at = (const int32_t *)from->values + first;
          const char *text = from->text ? from->text : "", text + at[i], (size_t)(at[i + 1] - at[i]),
          at[c->count] - at[i] >= 8)
TEXT_ROWS(texts_large, const int64_t *at = (const int64_t *)from->values + first;
          const char *text = from->text ? from->text : "", text + at[i], (size_t)(at[i + 1] - at[i]),
          at[c->count] - at[i] >= 8)
/* A short text is in its view, of 16 bytes. */
TEXT_ROWS(texts_view, const char *view = (const char *)from->values + (size_t)first * 16,
          view_text(from, view + 16 * i), view_size(view + 16 * i), true)

static bool number_any(coding *c, coder *k)
{
    for (size_t i = 0; i < c->count; i++) {
        if (!coding_number_content(c, k, k->column, c->row + (int64_t)i, &k->numbers[i])) {
            return false;
        }
    }
    return true;
}

/* Integers with nulls, or of a wide range. */
#define INTEGERS_OR_NULL(NAME, TYPE)                                                                                   \
    static bool NAME(coding *c, coder *k)                                                                              \
    {                                                                                                                  \
        const TYPE *v = (const TYPE *)k->column->values + k->column->offset + c->row;                                  \
        const uint64_t *valid = coding_valid(c, k->field);                                                             \
        uint32_t of_null = NUMBER_NONE, *out = k->numbers;                                                             \
        if (valid != NULL && !coding_number_null(c, k, &of_null)) {                                                    \
            return false;                                                                                              \
        }                                                                                                              \
        for (size_t i = 0; i < c->count; i++) {                                                                        \
            if (valid != NULL && !(valid[i >> 6] >> (i & 63) & 1)) {                                                   \
                out[i] = of_null;                                                                                      \
                continue;                                                                                              \
            }                                                                                                          \
            out[i] = integers_known(&k->integers, (int64_t)v[i]);                                                      \
            if (out[i] == NUMBER_NONE &&                                                                               \
                !coding_number_integer(c, k, k->column, c->row + (int64_t)i, (int64_t)v[i], &out[i])) {                \
                return false;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return true;                                                                                                   \
    }
INTEGERS_OR_NULL(number_int8_or_null, int8_t)
INTEGERS_OR_NULL(number_int16_or_null, int16_t)
INTEGERS_OR_NULL(number_int32_or_null, int32_t)
INTEGERS_OR_NULL(number_int64_or_null, int64_t)
INTEGERS_OR_NULL(number_uint8_or_null, uint8_t)
INTEGERS_OR_NULL(number_uint16_or_null, uint16_t)
INTEGERS_OR_NULL(number_uint32_or_null, uint32_t)

/* Rows of a narrow or modest range of integers without nulls: the table answers; what it does not know is looked at
 * again, one by one. */
#define INTEGER_ROWS(NAME, TYPE)                                                                                       \
    static bool NAME(coding *c, coder *k)                                                                              \
    {                                                                                                                  \
        const TYPE *v = (const TYPE *)k->column->values + k->column->offset + c->row;                                  \
        TYPE least = v[0], most = v[0];                                                                                \
        for (size_t i = 1; i < c->count; i++) {                                                                        \
            least = v[i] < least ? v[i] : least;                                                                       \
            most = v[i] > most ? v[i] : most;                                                                          \
        }                                                                                                              \
        if (!integers_cover(&k->integers, (int64_t)least, (int64_t)most)) {                                            \
            return false;                                                                                              \
        }                                                                                                              \
        if (k->integers.hashed) {                                                                                      \
            return NAME##_or_null(c, k);                                                                               \
        }                                                                                                              \
        const uint32_t *table = k->integers.table;                                                                     \
        int64_t base = k->integers.base;                                                                               \
        uint32_t any = 0, *restrict out = k->numbers;                                                                  \
        for (size_t i = 0; i < c->count; i++) {                                                                        \
            out[i] = table[(size_t)((int64_t)v[i] - base)] - 1;                                                        \
            any |= out[i];                                                                                             \
        }                                                                                                              \
        for (size_t i = 0; any > INT32_MAX && i < c->count; i++) { /* one was NUMBER_NONE */                           \
            if (out[i] == NUMBER_NONE) {                                                                               \
                out[i] = table[(size_t)((int64_t)v[i] - base)] - 1; /* another row may have been it */                 \
            }                                                                                                          \
            if (out[i] == NUMBER_NONE &&                                                                               \
                !coding_number_integer(c, k, k->column, c->row + (int64_t)i, (int64_t)v[i], &out[i])) {                \
                return false;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return true;                                                                                                   \
    }
INTEGER_ROWS(number_int8, int8_t)
INTEGER_ROWS(number_int16, int16_t)
INTEGER_ROWS(number_int32, int32_t)
INTEGER_ROWS(number_int64, int64_t)
INTEGER_ROWS(number_uint8, uint8_t)
INTEGER_ROWS(number_uint16, uint16_t)
INTEGER_ROWS(number_uint32, uint32_t)

bool coding_number_entry(coding *c, coder *k, int64_t index, uint32_t *out)
{
    if (k->entries[index] == 0) {
        if (!coding_number_content(c, k, k->column->dictionary, index, out)) {
            return false;
        }
        k->entries[index] = *out + 1;
    }
    *out = k->entries[index] - 1;
    return true;
}

bool coding_read_entry(coding *c, coder *k, int64_t at, bool *readable)
{
    uint32_t number;
    if (!coding_number_entry(c, k, at, &number)) {
        return false;
    }
    uint32_t code = coding_entry_code(c, k->field, at);
    *readable = number != NUMBER_NONE && (k->odd_code == DOMAIN_FULL || code != k->odd_code);
    return true;
}

uint32_t coding_entry_code(const coding *c, uint32_t field, int64_t at)
{
    const coder *k = &c->coders[field];
    uint32_t number = k->entries[at] - 1;
    return number == NUMBER_NONE ? DOMAIN_FULL : k->raw ? k->value_of_raw[number] : number;
}

#define DICTIONARY_ROWS(NAME, TYPE)                                                                                    \
    static bool NAME(coding *c, coder *k)                                                                              \
    {                                                                                                                  \
        const TYPE *v = (const TYPE *)k->column->values + k->column->offset + c->row;                                  \
        const uint32_t *entries = k->entries;                                                                          \
        uint32_t any = 0, *restrict out = k->numbers;                                                                  \
        for (size_t i = 0; i < c->count; i++) {                                                                        \
            out[i] = entries[(size_t)v[i]] - 1;                                                                        \
            any |= out[i];                                                                                             \
        }                                                                                                              \
        for (size_t i = 0; any > INT32_MAX && i < c->count; i++) { /* one was NUMBER_NONE */                           \
            if (out[i] == NUMBER_NONE && !coding_number_entry(c, k, (int64_t)v[i], &out[i])) {                         \
                return false;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return true;                                                                                                   \
    }
DICTIONARY_ROWS(entries_int8, int8_t)
DICTIONARY_ROWS(entries_int16, int16_t)
DICTIONARY_ROWS(entries_int32, int32_t)
DICTIONARY_ROWS(entries_int64, int64_t)
DICTIONARY_ROWS(entries_uint8, uint8_t)
DICTIONARY_ROWS(entries_uint16, uint16_t)
DICTIONARY_ROWS(entries_uint32, uint32_t)

/* The same where some rows are null. */
#define ENTRIES_OR_NULL(NAME, TYPE)                                                                                    \
    static bool NAME(coding *c, coder *k)                                                                              \
    {                                                                                                                  \
        const TYPE *v = (const TYPE *)k->column->values + k->column->offset + c->row;                                  \
        const uint64_t *valid = coding_valid(c, k->field);                                                             \
        uint32_t of_null, *out = k->numbers;                                                                           \
        if (!coding_number_null(c, k, &of_null)) {                                                                     \
            return false;                                                                                              \
        }                                                                                                              \
        for (size_t i = 0; i < c->count; i++) {                                                                        \
            if (!(valid[i >> 6] >> (i & 63) & 1)) {                                                                    \
                out[i] = of_null;                                                                                      \
            } else if (k->entries[(size_t)v[i]] != 0) {                                                                \
                out[i] = k->entries[(size_t)v[i]] - 1;                                                                 \
            } else if (!coding_number_entry(c, k, (int64_t)v[i], &out[i])) {                                           \
                return false;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return true;                                                                                                   \
    }
ENTRIES_OR_NULL(entries_int8_or_null, int8_t)
ENTRIES_OR_NULL(entries_int16_or_null, int16_t)
ENTRIES_OR_NULL(entries_int32_or_null, int32_t)
ENTRIES_OR_NULL(entries_int64_or_null, int64_t)
ENTRIES_OR_NULL(entries_uint8_or_null, uint8_t)
ENTRIES_OR_NULL(entries_uint16_or_null, uint16_t)
ENTRIES_OR_NULL(entries_uint32_or_null, uint32_t)

static bool entries_any(coding *c, coder *k)
{
    for (size_t i = 0; i < c->count; i++) {
        int64_t row = c->row + (int64_t)i;
        bool fine = column_is_null(k->column, row)
                        ? coding_number_null(c, k, &k->numbers[i])
                        : coding_number_entry(c, k, column_integer(k->column, row), &k->numbers[i]);
        if (!fine) {
            return false;
        }
    }
    return true;
}

#define INTEGER_COLUMN(NAME)                                                                                           \
    static bool of_##NAME(coding *c, coder *k, bool whole, bool entries)                                               \
    {                                                                                                                  \
        return entries ? (whole ? entries_##NAME : entries_##NAME##_or_null)(c, k)                                     \
                       : (whole ? number_##NAME : number_##NAME##_or_null)(c, k);                                      \
    }
INTEGER_COLUMN(int8)
INTEGER_COLUMN(int16)
INTEGER_COLUMN(int32)
INTEGER_COLUMN(int64)
INTEGER_COLUMN(uint8)
INTEGER_COLUMN(uint16)
INTEGER_COLUMN(uint32)

bool coding_number_column(coding *c, coder *k)
{
    const column *from = k->column;
    if (from == NULL || from->storage == COLUMN_NULL) {
        uint32_t number;
        if (!coding_number_null(c, k, &number)) {
            return false;
        }
        for (size_t i = 0; i < c->count; i++) {
            k->numbers[i] = number;
        }
        return true;
    }
    bool whole = coding_valid(c, k->field) == NULL, entries = from->dictionary != NULL;
    switch (from->storage) {
    case COLUMN_INT8:
        return of_int8(c, k, whole, entries);
    case COLUMN_INT16:
        return of_int16(c, k, whole, entries);
    case COLUMN_INT32:
        return of_int32(c, k, whole, entries);
    case COLUMN_INT64:
        return of_int64(c, k, whole, entries);
    case COLUMN_UINT8:
        return of_uint8(c, k, whole, entries);
    case COLUMN_UINT16:
        return of_uint16(c, k, whole, entries);
    case COLUMN_UINT32:
        return of_uint32(c, k, whole, entries);
    case COLUMN_UTF8:
        return whole ? texts_utf8(c, k) : number_any(c, k);
    case COLUMN_LARGE_UTF8:
        return whole ? texts_large(c, k) : number_any(c, k);
    case COLUMN_UTF8_VIEW:
        return whole ? texts_view(c, k) : number_any(c, k);
    default:
        return entries ? entries_any(c, k) : number_any(c, k);
    }
}
