/*
 * Rows out as arrays of the Arrow C Data Interface: columns are described by a table, filled value by value, and handed over.
 *
 * Arrays own their buffers and need nothing of ours but the allocator's functions; they may outlive everything, and be
 * released on any thread. A failed allocation is remembered: callers look once, at export_array.
 */
#ifndef POLICY_ARROW_EXPORT_H
#define POLICY_ARROW_EXPORT_H

#include "base/allocator.h"
#include "base/text.h"
#include "policy/arrow.h"

typedef enum export_kind {
    EXPORT_TEXT, /* utf8 */
    EXPORT_INT64,
    EXPORT_UINT64,
    EXPORT_DOUBLE,
    EXPORT_BOOL,
    EXPORT_LIST,  /* of its one child */
    EXPORT_MAP,   /* of its one child, a struct of key and value */
    EXPORT_STRUCT /* of its children */
} export_kind;

/* A column and what is in it. Usually static; its names live as long as it is used. */
typedef struct export_field {
    const char *name;
    export_kind kind;
    bool nullable;
    uint32_t child_count;
    const struct export_field *children;
} export_field;

typedef struct export_column export_column;

/* NULL out of memory. The description is kept. */
export_column *export_column_new(const policy_allocator *a, const export_field *field);
void export_column_free(export_column *c);
export_column *export_child(export_column *c, uint32_t i);

/* One value more. */
void export_text(export_column *c, str text);
void export_int64(export_column *c, int64_t number);
void export_uint64(export_column *c, uint64_t number);
void export_double(export_column *c, double number);
void export_bool(export_column *c, bool truth);
void export_null(export_column *c); /* of a column without children */
/* Lists, maps and structs: what was put into the children since the last one is one value. */
void export_close(export_column *c);

size_t export_bytes(const export_column *c); /* of the texts in it and below */

/* What has been put in so far as an array, which the caller releases; the column is empty then. False out of memory. */
bool export_array(export_column *c, struct ArrowArray *out);
/* The column's type; the caller releases it. False out of memory. */
bool export_schema(const policy_allocator *a, const export_field *field, struct ArrowSchema *out);

#endif
