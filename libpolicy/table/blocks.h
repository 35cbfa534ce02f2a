/*
 * Many rows of a table at once, as columns of texts: what the column path is fed with.
 *
 *   bytes ─ table_block_fill ─→ text of whole rows ─ table_block_read ─→ columns ─ table_block_take ─→ the table's count
 *           one after the other                      side by side                  in order
 *
 * A block is about a megabyte of text, cut where a row ends; so how the file is read, by how many threads, shows nowhere:
 * not in the rows' numbers, the notices or an error's line. Only tables of one record a row have blocks (table_has_blocks).
 * A block is used again and again; its memory is bounded by its text, and so is that of reading a file of any size.
 */
#ifndef POLICY_TABLE_BLOCKS_H
#define POLICY_TABLE_BLOCKS_H

#include "table/table.h"

#define TABLE_CUT_LOST UINT32_MAX

/* Texts of one column, as Arrow's utf8 has them: text i is bytes [offsets[i], offsets[i + 1]). */
typedef struct block_column {
    int32_t *offsets; /* rows + 1 */
    char *text;       /* with room for 64 bytes more than there are texts */
    size_t text_size, text_capacity, offset_capacity;
    uint32_t place; /* number of the column in the sheet */
    int field;
    str unit;
} block_column;

typedef struct table_block table_block;

/* Can the rows that are still to come be read in blocks? */
bool table_has_blocks(const table *t);
table_block *table_block_new(const table *t); /* NULL out of memory */
void table_block_free(table_block *b);
/* The next text. *more false: there is none, and the block is empty. POLICY_E_NOMEM; what is wrong with the source is said
 * by table_block_take. */
policy_status table_block_fill(table *t, table_block *b, bool *more, policy_error **err);
/* Text into columns; may run beside others of other blocks, all of which are filled. How it went is said when it is taken. */
void table_block_read(table_block *b);
/* Number the block's rows, and move its notices to the table. Blocks are taken in the order they were filled. What is wrong
 * with the text is an error here, and of the table as a whole. */
policy_status table_block_take(table *t, table_block *b, policy_error **err);

/* ---- of a block that was taken ---- */

size_t table_block_rows(const table_block *b);
size_t table_block_column_count(const table_block *b);
const block_column *table_block_column(const table_block *b, size_t i);
const uint64_t *table_block_numbers(const table_block *b); /* by row: its number in the table */
/* By row: 0 for a whole one; else one more than the cells it has, or TABLE_CUT_LOST where its cells cannot be told apart.
 * NULL when all are whole. */
const uint32_t *table_block_cuts(const table_block *b);

#endif
