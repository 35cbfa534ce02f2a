/*
 * From the structs of the Arrow C Data Interface to batches (batch.h), checked before use.
 *
 * A schema is read once (arrow_layout), then any number of arrays against it (arrow_batch). What cannot be checked is
 * what a producer says of its own memory: pointers and the sizes of buffers are taken on trust, so a hostile producer is
 * outside of what is promised; a buggy one is found out. Nothing is moved or released here.
 */
#ifndef POLICY_ARROW_IMPORT_H
#define POLICY_ARROW_IMPORT_H

#include "arrow/format.h"
#include "policy/arrow.h"
#include "table/notice.h"

/* One column of the schema. */
typedef struct layout_column {
    str name;             /* "#3" when it has none */
    int field;            /* -1: not known, or another one fills the field; its data is not looked at */
    arrow_format values;  /* of the dictionary's entries, when there is one */
    arrow_format indices; /* of the column itself */
    bool dictionary;
    str unit;           /* named in its header; str_none */
    struct zone *clock; /* of timestamps with a zone */
} layout_column;

typedef struct arrow_layout {
    const policy_allocator *allocator;
    const schema_type *type;
    arena memory;
    layout_column *columns;
    int64_t column_count;
    str *units; /* by field */
} arrow_layout;

/* Columns to fields by name or header alias; what is not known, or is there twice, becomes a notice under `source`.
 * Free in any case. */
policy_status arrow_layout_read(arrow_layout *l, const policy_allocator *a, const schema_type *t,
                                const struct ArrowSchema *from, str source, notices *out, policy_error **err);
void arrow_layout_free(arrow_layout *l);

typedef struct arrow_batch_options {
    bool trusted;        /* values are not looked at: offsets, UTF-8, dictionary indices */
    uint64_t text_bytes; /* a longer text is refused; at most UINT32_MAX */
    str source;
    uint64_t first_row;
} arrow_batch_options;

/* The array as a batch whose structures are in `memory`; its data stays where it is, but for buffers that are not aligned,
 * which are copied. */
policy_status arrow_batch_read(const arrow_layout *l, const struct ArrowArray *array,
                               const arrow_batch_options *options, arena *memory, batch *out, policy_error **err);

/* ---- between the files of the import ---- */

/* Where an error is said to be. */
typedef struct arrow_place {
    const policy_allocator *allocator;
    str column;
    uint64_t first_row;
    policy_error **err;
} arrow_place;
policy_status arrow_malformed(const arrow_place *at, message_id what);
policy_status arrow_malformed_row(const arrow_place *at, message_id what, int64_t row);

/* Look at every value of rows [0, rows) (entries, for a dictionary), nulls excepted. */
policy_status arrow_check_values(const column *c, int64_t rows, uint64_t text_bytes, const arrow_place *at);

#endif
