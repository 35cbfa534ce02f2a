/*
 * One batch of rows as borrowed columns, checked and matched to the fields of a record type.
 *
 * What the Arrow door (import.c) makes and what the two consumers read: rows one by one (batch_row), or whole columns
 * (columns/). Nothing is copied; a batch lives as long as the arrays it was made from.
 */
#ifndef POLICY_ARROW_BATCH_H
#define POLICY_ARROW_BATCH_H

#include "schema/record.h"

typedef enum column_storage {
    COLUMN_NULL, /* every row is null */
    COLUMN_BOOL, /* bits */
    COLUMN_INT8,
    COLUMN_INT16,
    COLUMN_INT32,
    COLUMN_INT64,
    COLUMN_UINT8,
    COLUMN_UINT16,
    COLUMN_UINT32,
    COLUMN_UINT64,
    COLUMN_FLOAT16,
    COLUMN_FLOAT32,
    COLUMN_FLOAT64,
    COLUMN_UTF8,       /* int32 offsets */
    COLUMN_LARGE_UTF8, /* int64 offsets */
    COLUMN_UTF8_VIEW
} column_storage;

/* What the numbers mean. */
typedef enum column_meaning {
    MEANING_PLAIN,
    MEANING_DATE_DAYS,   /* date32: days since 1970-01-01 */
    MEANING_DATE_MILLIS, /* date64 */
    MEANING_TIME,        /* since midnight, in `unit` */
    MEANING_TIMESTAMP /* since 1970-01-01, in `unit`; UTC when `clock` is given, else what a clock on the wall showed */
} column_meaning;

typedef struct column column;
struct column {
    column_storage storage; /* of the indices, for a dictionary */
    column_meaning meaning;
    int64_t unit;             /* per second: 1, 1000, 1000000, 1000000000 */
    const struct zone *clock; /* of a timestamp with a zone: its wall clock is what counts; NULL */
    int64_t offset;           /* add to every row */
    const uint8_t *validity;  /* bits from `offset`; NULL: no nulls */
    const void *values;       /* numbers, bits, offsets or views; aligned to their size (views to 8) */
    const char *text;         /* of utf8 and large_utf8 */
    const void **buffers;     /* of utf8_view: the data buffers */
    const int64_t *buffer_sizes;
    int64_t buffer_count;
    const column *dictionary; /* not NULL: values are indices into it (its own offset and nulls count) */
    int64_t length;           /* rows that may be asked for; of a dictionary, its entries */
};

typedef struct batch {
    const schema_type *type;
    int64_t rows;
    const column **fields; /* type->field_count; NULL: absent */
    str *units;            /* named in the column's header; str_none */
    str source;
    uint64_t first_row; /* number of row 0 */

    /* Of a table, whose rows are compared with each other and may be cut short; NULL for arrays. */
    const uint64_t *numbers; /* by row: its number, ascending, instead of first_row and on */
    const uint32_t *cuts;    /* by row: 0 for a whole one; one more than its cells; BATCH_CUT_LOST */
    const uint32_t *places;  /* with cuts, by field: which column of the sheet fills it */
    uint64_t *contents;      /* feeding fills in: by row, record_content */
} batch;

#define BATCH_CUT_LOST UINT32_MAX /* cells that cannot be told apart */

static inline uint64_t batch_number(const batch *b, int64_t row)
{
    return b->numbers != NULL ? b->numbers[row] : b->first_row + (uint64_t)row;
}

static inline bool column_is_null(const column *c, int64_t row)
{
    int64_t i = row + c->offset;
    return c->storage == COLUMN_NULL || (c->validity != NULL && !(c->validity[i >> 3] >> (i & 7) & 1));
}

/* The text of a row of a column of texts; the row is not null. */
str column_text(const column *c, int64_t row);
/* Of a column of integers (the indices of a dictionary among them). Unsigned 64-bit numbers come as their bits. */
int64_t column_integer(const column *c, int64_t row);
/* Fill a record's cells from one row, as if it were whole. Texts are borrowed from the batch. */
void batch_row(const batch *b, int64_t row, record *out);
/* The same where the row may be cut: cells that it does not have are absent or lost. */
void batch_row_as_cut(const batch *b, int64_t row, record *out);
/* One cell. */
void batch_cell(const batch *b, uint32_t field, int64_t row, cell *out);
/* The cell that row `row` of a column (no dictionary) is to a field: what batch_cell makes of each entry of a dictionary. */
void column_cell(const column *c, int64_t row, const schema_field *field, str unit, cell *out);

#endif
