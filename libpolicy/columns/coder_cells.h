/*
 * Cells to numbers, before any reader: what coder.c and coder_cells.c share.
 */
#ifndef POLICY_COLUMNS_CODER_CELLS_H
#define POLICY_COLUMNS_CODER_CELLS_H

#include "columns/coder.h"

/* ---- numbers of single contents (coder.c) ----
 *
 * Each finds or gives the number of what row `row` of `from` holds; NUMBER_NONE where it is not to be coded. False out of
 * memory. */

bool coding_number_null(coding *c, coder *k, uint32_t *out);
bool coding_number_integer(coding *c, coder *k, const column *from, int64_t row, int64_t v, uint32_t *out);
bool coding_number_text(coding *c, coder *k, const column *from, int64_t row, str text, uint32_t *out);
/* A text that was not found. */
bool coding_number_new_text(coding *c, coder *k, const column *from, int64_t row, const char *data, text_key key,
                            uint32_t *out);

/* ---- of columns (coder_cells.c) ---- */

/* What identifies a number or bit among its column's. */
int64_t coding_content_bits(const column *k, int64_t row);
bool coding_number_content(coding *c, coder *k, const column *from, int64_t row, uint32_t *out);
/* Of an entry of the column's dictionary. Numbers that were not given (NUMBER_NONE) are asked for again. */
bool coding_number_entry(coding *c, coder *k, int64_t index, uint32_t *out);
/* The whole block, into k->numbers. */
bool coding_number_column(coding *c, coder *k);

#endif
