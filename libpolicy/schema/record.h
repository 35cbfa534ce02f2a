/*
 * A record being filled: one cell a field, as text or as a value, before its readers ran.
 *
 * Reused from row to row: clearing keeps the memory. `record_resolve` runs the readers in the order they need each other
 * (school, then its system, then own date, then the rest) and gives one value a field; NONE and UNKNOWN carry the
 * field's own bit (1 << index).
 */
#ifndef POLICY_SCHEMA_RECORD_H
#define POLICY_SCHEMA_RECORD_H

#include "base/arena.h"
#include "schema/schema.h"

typedef enum cell_kind {
    CELL_ABSENT = 0, /* no such column */
    CELL_EMPTY,
    CELL_TEXT,
    CELL_VALUE,
    CELL_LOST /* there was a cell, but which one cannot be told (a row with too many): unknown whatever the default */
} cell_kind;

typedef struct cell {
    uint8_t kind;
    value v;  /* CELL_VALUE */
    str text; /* CELL_TEXT */
    str unit; /* unit named in the column's header */
} cell;

typedef struct record {
    const schema_type *type;
    cell *cells;   /* type->field_count */
    str source;    /* name of the file or stream; str_none for a host's own records */
    uint64_t row;  /* 1-based data row; 0 when not from a table */
    uint32_t part; /* of a row that holds several records (a wide sheet), from 1; 0: the row is one record */
    str id;        /* the host's id for it, or str_none */
    arena memory;  /* copies of text set by the host */
} record;

policy_status record_init(record *r, const schema_type *t, const policy_allocator *a);
void record_clear(record *r);
void record_free(record *r);

/* One cell that could not be read. */
typedef struct record_problem {
    int field;
    reader_failure failure;
    str text;
} record_problem;

typedef struct record_systems { /* looks up a school; returns false when it is not known */
    bool (*find)(void *context, str school, int32_t *primary_years, int32_t *junior_years, uint8_t *stage);
    void *context;
    int32_t default_year;
} record_systems;

/* `find` is asked once a record, with str_none when the record names no school, so that it can answer with the pack's own
 * years. A grade is also checked against the one its class names (四(2)班 under 三年级 is READER_AMBIGUOUS).
 * values[field_count]; problems has room for field_count. Returns the number of problems, or -1 out of memory. */
int record_resolve(const schema *s, const record *r, const record_systems *systems, arena *scratch, value *values,
                   record_problem *problems);
/* The same, and what its readers were told in the end; `context` may be NULL. */
int record_resolve_in(const schema *s, const record *r, const record_systems *systems, arena *scratch, value *values,
                      record_problem *problems, reader_context *context);

#endif
