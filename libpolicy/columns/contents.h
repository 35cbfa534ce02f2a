/*
 * Contents of rows: what record_content says of each, from codes. Rows of a table are compared by them.
 */
#ifndef POLICY_COLUMNS_CONTENTS_H
#define POLICY_COLUMNS_CONTENTS_H

#include "columns/coder.h"

typedef struct code_contents {
    uint64_t *items; /* by code */
    size_t capacity;
    uint32_t count;
} code_contents;

typedef struct contents {
    code_contents *fields;            /* by field; NULL until rows are compared */
    uint64_t whole_rows[BLOCK_WORDS]; /* of the block: rows whose codes say all of it */
} contents;

void contents_free(contents *c, uint32_t field_count, const policy_allocator *a);
/* The block's rows, into out[count]; nothing is said of rows that are not in whole_rows afterwards. False out of memory. */
bool contents_block(contents *c, coding *from, uint64_t *out);

#endif
