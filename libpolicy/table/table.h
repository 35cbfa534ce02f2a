/*
 * Tables: a file or stream of bytes, decoded, cut into rows, its header matched with a record type, one record a row.
 *
 *   source (bytes) → encoding.c (UTF-8) → csv.c (rows of cells) → header.c (columns) → table.c (records, notices)
 *
 * Knows schemas and records but no engine: the public handles are engine/table_door.c. One thread at a time.
 */
#ifndef POLICY_TABLE_TABLE_H
#define POLICY_TABLE_TABLE_H

#include "base/error.h"
#include "base/platform.h"
#include "schema/record.h"
#include "table/notice.h"

/* Where bytes come from. `read` as policy_read in policy/table.h; on failure *reason may be set to a static text. */
typedef struct table_source {
    const char *name; /* for errors, notices, findings; copied by table_open */
    policy_status (*read)(void *context, void *into, size_t room, size_t *got, const char **reason);
    void (*close)(void *context); /* may be NULL; called by table_free, and by table_open when it fails */
    void *context;
} table_source;

/* A path, "-" for standard input (whose name is then "-"). */
policy_status table_source_open(const policy_allocator *a, const char *path, table_source *out, policy_error **err);

typedef struct table_options {
    const policy_allocator *allocator; /* NULL: the system's */
    uint64_t cell_bytes, columns;      /* limits; 0: the defaults of policy/options.h */
    size_t block_bytes;                /* of text read at once, where rows are read many at a time; 0: a megabyte */
} table_options;

typedef struct table table;

/* The schema type must outlive the table. */
policy_status table_open(const schema_type *t, const table_options *options, const table_source *source, table **out,
                         policy_error **err);
/* A real score table, looked at as a whole: yields one record of `score_sheet` (profile.h). */
policy_status table_open_scores(const schema_type *score_sheet, const table_options *options,
                                const table_source *source, table **out, policy_error **err);
void table_free(table *t);

/* The next row into `r` (of the table's type; cleared first). Its texts are borrowed until the next call; source and row
 * are set. *more false: the end. */
policy_status table_next(table *t, record *r, bool *more, policy_error **err);

const schema_type *table_type(const table *t);
const char *table_source_name(const table *t);
const char *table_encoding(const table *t);
size_t table_column_count(const table *t);
str table_column_name(const table *t, size_t column);  /* NUL after it; str_none past the end */
int table_column_field(const table *t, size_t column); /* -1: none */
uint64_t table_rows(const table *t);
uint64_t table_bytes(const table *t);
notices *table_notices(table *t);

#endif
