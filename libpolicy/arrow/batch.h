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
    MEANING_TIMESTAMP    /* since 1970-01-01, in `unit`; UTC when `zone` is given, else local */
} column_meaning;

typedef struct column column;
struct column {
    column_storage storage; /* of the indices, for a dictionary */
    column_meaning meaning;
    int64_t unit;            /* per second: 1, 1000, 1000000, 1000000000 */
    str zone;                /* of a timestamp; str_none */
    int64_t offset;          /* add to every row */
    const uint8_t *validity; /* bits from `offset`; NULL: no nulls */
    const void *values;      /* numbers, bits, offsets or views */
    const char *text;        /* of utf8 and large_utf8 */
    const void **buffers;    /* of utf8_view: the data buffers */
    int64_t buffer_count;
    const column *dictionary; /* not NULL: values are indices into it (its own offset and nulls count) */
    int64_t length;           /* of the column; of the dictionary */
};

typedef struct batch {
    const schema_type *type;
    int64_t rows;
    const column **fields; /* type->field_count; NULL: absent */
    str *units;            /* named in the column's header; str_none */
    str source;
    uint64_t first_row; /* number of row 0 */
} batch;

static inline bool column_is_null(const column *c, int64_t row)
{
    int64_t i = row + c->offset;
    return c->storage == COLUMN_NULL || (c->validity != NULL && !(c->validity[i >> 3] >> (i & 7) & 1));
}

/* Fill a record's cells from one row. Texts are borrowed from the batch. */
void batch_row(const batch *b, int64_t row, record *out);
/* One cell. */
void batch_cell(const batch *b, uint32_t field, int64_t row, cell *out);

#endif
