/*
 * Rows of texts handed over through the Arrow C Data Interface, in whatever formats a test asks for.
 *
 * A table holds texts (NULL is a null). arrow_rows_export makes an array of some of its rows, each column in the format it
 * was given: a plain Arrow format, or "c:u" for a dictionary (8-bit indices into utf8; s and i are wider). Every buffer is a
 * block of its own and exactly as long as it must be, so that an address sanitizer sees each step beyond. Needs no test
 * framework: programs use it too.
 */
#ifndef TESTS_SUPPORT_ARROW_ROWS_H
#define TESTS_SUPPORT_ARROW_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "policy/arrow.h"

typedef struct arrow_rows {
    size_t column_count;
    const char *const *names;   /* as in the schema */
    const char *const *formats; /* by column */
    size_t row_count;
    const char *const *cells; /* row after row */
} arrow_rows;

/* Rows order[from] ... order[until - 1] (order NULL: as they stand), behind `offset` rows that are sliced away. */
void arrow_rows_export(const arrow_rows *t, const size_t *order, size_t from, size_t until, size_t offset,
                       struct ArrowArray *out);
void arrow_rows_schema(const arrow_rows *t, struct ArrowSchema *out);
/* Rows [from, until) in batches of `size` (0: all in one). The table and the order are borrowed until the release. */
void arrow_rows_stream(const arrow_rows *t, const size_t *order, size_t from, size_t until, size_t size,
                       struct ArrowArrayStream *out);

/* Arrays, schemas and streams that were made and not yet released. */
int arrow_rows_live(void);

#endif
