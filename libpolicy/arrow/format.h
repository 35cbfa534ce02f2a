/*
 * What the format strings of the Arrow C Data Interface say, as far as a cell can be of that format.
 */
#ifndef POLICY_ARROW_FORMAT_H
#define POLICY_ARROW_FORMAT_H

#include "arrow/batch.h"

typedef struct arrow_format {
    column_storage storage;
    column_meaning meaning;
    int64_t unit; /* per second, of times and timestamps */
    str zone;     /* as the format names it; str_none when it names none */
} arrow_format;

/* False: not a format that cells come in. */
bool arrow_format_read(const char *text, arrow_format *out);

/* Bytes of one element of the values buffer; 0 for bits and nulls; 16 for a view; of an offset for text. */
size_t arrow_storage_width(column_storage s);
bool arrow_storage_is_index(column_storage s); /* an integer: may number a dictionary's entries */
bool arrow_storage_is_text(column_storage s);
/* Can a field take columns like that? */
bool arrow_field_takes(const schema_field *field, const arrow_format *f);
/* The columns a field takes, for people: "date32, date64, timestamp or text". */
message_id arrow_field_accepted(const schema_field *field);

#endif
