/*
 * The rows of a table's sheet: which of them are records, and what is said of those that are not.
 *
 * What is not a record is skipped, and said: rows without any text, repeated headers, and totals and notes. A row is a
 * total or note when its first text is one of their words and no cell of it reads as a date, grade, class number, time
 * or value of an enum; so a class called 备注 is still a class. A row with more cells than the header cannot be told apart
 * from one in which a comma split a cell: it stays a record, with every cell lost.
 *
 * Shared by the two that read them: one record at a time (table.c), many rows as columns (blocks.c).
 */
#ifndef POLICY_TABLE_ROWS_H
#define POLICY_TABLE_ROWS_H

#include "table/columns.h"
#include "table/table.h"

struct table {
    const policy_allocator *allocator;
    const schema_type *type;
    table_source source;
    bool failed, is_blank_run;
    bool is_profile, is_given; /* a score table: its one record, and whether it was given out */
    sheet sheet;
    columns columns;
    bool in_row;  /* of a wide sheet: the row has more groups, */
    size_t group; /* from this one on */
    size_t block_bytes;
    notices notices;
    uint64_t given;
    record profile;
};

/* *skip: the sheet's row is no record. One notice for a run of blank rows. */
policy_status row_look(table *t, bool *skip, policy_error **err);
/* Cells of the row, without separators at the end of the line that no header stands for. */
size_t row_size(const table *t);
policy_status row_say_ragged(table *t, size_t found, policy_error **err);
/* A column without a header holds something; said once. */
policy_status row_say_extra(table *t, size_t at, policy_error **err);

#endif
