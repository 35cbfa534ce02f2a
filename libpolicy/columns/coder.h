/*
 * Fields into codes: a block of rows of a batch, each cell read by its field's reader once for every distinct content.
 *
 *   column --content--> raw number --reader--> code, a number of the field's domain of values
 *
 * What most cells are read as depends on nothing else, and then the raw number is the code. A grade in words depends on
 * the school's system and the school year, an upper end of minutes on the minutes: such a field has a number for every
 * combination of the raw numbers it depends on. So every row's codes are what record_resolve would give for it.
 *
 * A row with a cell that could not be read is odd: it has notices of its own and is left to the row path, as is one with
 * more distinct contents than are worth numbering. A free text beyond that is "not coded" and nothing is known of it.
 */
#ifndef POLICY_COLUMNS_CODER_H
#define POLICY_COLUMNS_CODER_H

#include "arrow/batch.h"
#include "columns/domain.h"
#include "columns/numbers.h"
#include "columns/pairs.h"
#include "ledger/state.h"

#define BLOCK_ROWS   2048
#define CHAIN_LINKS  24
#define CODES_MOST   (UINT32_C(1) << 18) /* distinct contents of a column */
#define CONTEXT_MOST 4096

/* One number for a row of several numbers, by pairing them one after the other. */
typedef struct chain {
    pairs links[CHAIN_LINKS];
    uint32_t inputs;
    uint32_t *results; /* by last number: what the combination means */
    size_t result_capacity;
    uint32_t result_count;
} chain;

typedef struct coder {
    uint32_t field;
    domain values;
    uint32_t odd_code, uncoded_code; /* DOMAIN_FULL when there are none yet */
    const column *column;            /* of this batch; NULL: absent */
    uint32_t kind;                   /* of its storage and meaning, to see a change */
    str unit;                        /* copied */
    bool wanted;                     /* somebody reads it, or its cells may be unreadable */
    bool raw;                        /* others depend on its raw numbers, or it on theirs */
    bool dependent, in_context;      /* on raw[]; on the reading context too */
    uint64_t depends;                /* fields whose raw numbers decide, its own included */
    integers integers;
    texts texts;
    uint32_t *entries; /* of this batch's dictionary: number + 1 */
    size_t entry_capacity;
    uint32_t null_number, raw_count; /* null_number: NUMBER_NONE until met */
    uint32_t *value_of_raw;
    size_t value_capacity;
    chain chain;
    uint32_t *numbers; /* of the block: raw where `raw`, else the codes themselves */
    uint32_t *codes;   /* of the block */
} coder;

typedef struct coding {
    policy_ledger *ledger;
    uint32_t type_at;
    const schema_type *type;
    coder *coders; /* by field */
    const batch *batch;
    int64_t row; /* of the block's first row */
    size_t count;
    uint8_t odd[BLOCK_ROWS]; /* 255: the row is odd */
    bool any_odd;
    record single, whole;
    value *values;
    record_problem *problems;
    reader_context context;
    chain contexts; /* of raw numbers to a number of `seen` */
    reader_context *seen;
    size_t seen_capacity;
    uint32_t seen_count;
    uint64_t context_fields;
    uint32_t *context_numbers; /* of the block */
    uint32_t *spare;
    bool laid_out;
} coding;

coding *coding_new(policy_ledger *l, uint32_t type_at,
                   uint64_t wanted); /* fields that programs read; NULL out of memory */
void coding_free(coding *c);
/* Look at a batch's columns: what depends on what. False out of memory. */
bool coding_begin(coding *c, const batch *b);
/* Code rows [row, row + count). False out of memory. */
bool coding_block(coding *c, int64_t row, size_t count);

#endif
