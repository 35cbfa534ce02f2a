/*
 * A sheet: decoded text cut into rows, with its separator and header found. What the reader of records (table.c) and the
 * profiler of score tables (profile.c) have in common.
 */
#ifndef POLICY_TABLE_SHEET_H
#define POLICY_TABLE_SHEET_H

#include "table/csv.h"
#include "table/encoding.h"

#define SHEET_HEADER_ROWS 10 /* the header is among the first so many rows */

typedef struct sheet {
    const policy_allocator *allocator;
    arena memory;
    str name;
    decoder decoder;
    csv csv;
    policy_status pending; /* what decoding the first window ended with */
    str *titles;           /* lines above the header, cells joined by blanks */
    size_t title_count;
    str *header;
    size_t column_count;
    uint64_t rows;    /* data rows read so far */
    bool held;        /* the row in csv is still to be given out */
    notices *notices; /* borrowed */
    str type;         /* of the records, for notices */
} sheet;

/* How many cells of a row are names of columns one knows; no two for the same one. */
typedef size_t sheet_score(void *context, const str *cells, size_t count);

/* Takes the source's bytes but not the source: the caller closes it. Notices go to `n`. */
policy_status sheet_open(sheet *s, const table_options *options, const table_source *source, str record_type,
                         notices *n, policy_error **err);
void sheet_close(sheet *s);
/* Find separator and header; afterwards sheet_next gives the rows below it. */
policy_status sheet_find_header(sheet *s, sheet_score *score, void *context, policy_error **err);
/* The next row of cells: s->csv.cells, s->csv.count; s->rows is its number. */
policy_status sheet_next(sheet *s, bool *more, policy_error **err);
/* Have the next sheet_next give the same row again. */
void sheet_hold(sheet *s);
policy_status sheet_notice(sheet *s, policy_notice_kind kind, uint64_t row, str column, str text, policy_error **err);
/* What the parser is given as `fill` and `fail`, with the sheet as context. */
policy_status sheet_fill(void *context, char *out, size_t room, size_t *got);
policy_status sheet_fail(void *context, policy_status status, place at, policy_error **err);
bool cells_blank(const str *cells, size_t count);

#endif
