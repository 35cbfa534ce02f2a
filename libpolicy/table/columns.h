/*
 * The columns of a table: which field each fills, and for wide sheets which group of columns it belongs to.
 *
 * A wide sheet has a row for a class and day and a few columns for each subject: 语文内容, 语文时长, 数学内容, 数学时长. Each
 * group becomes a record of its own (the sheet is "melted"): the common columns, the group's own, and the group's name as
 * the subject. The subjects need no list: they are what stands before the name of a field in several headers alike.
 */
#ifndef POLICY_TABLE_COLUMNS_H
#define POLICY_TABLE_COLUMNS_H

#include "table/sheet.h"

#define GROUP_COMMON (-1)

typedef struct column {
    str name, unit;
    int field;       /* -1: none, or a second one for the same field */
    int group;       /* GROUP_COMMON: in every record of a row */
    bool extra_said; /* a column without a header: told that it holds something */
} column;

typedef struct columns {
    column *items; /* the sheet's column_count */
    str *groups;   /* names, NUL after each; empty for a sheet of one record a row */
    size_t group_count;
    int group_field; /* takes the group's name */
} columns;

/* Match the header of an opened sheet, a second line of a header with two included; says what is not known. */
policy_status columns_match(columns *c, sheet *s, const schema_type *t, policy_error **err);

#endif
