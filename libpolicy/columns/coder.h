/*
 * Fields into codes: a block of rows of a batch, each cell read by its field's reader once for every distinct content.
 *
 *   column --content--> raw number --reader--> code, a number of the field's domain of values
 *
 * What most cells are read as depends on nothing else, and then the raw number is the code. A grade in words depends on
 * the school's system and the school year, an upper end of minutes on the minutes: such a field has a number for every
 * combination of the raw numbers it depends on. So every row's codes are what record_resolve would give for it.
 *
 * A row with a cell that could not be read is odd: it has notices of its own and is left to the row path; so is one that is
 * cut. Finding odd rows
 * comes first and is all that a block surely costs; how much that is depends on what the column holds:
 *
 *   nothing        no cell of it can fail: flags, free texts, numbers of a field without limits, and a dictionary whose
 *                  entries all can be read, which are looked at once
 *   a comparison   numbers and days of a field with limits (coder.guarded), a dictionary with an entry that cannot be read
 *   its codes      everything else: texts that are not in a dictionary, fields that depend on others
 *
 * Other codes are made when somebody asks for them (coding_codes): a column that only comparisons read (ranges.h) never
 * has any. More contents than are worth numbering are "not coded", and nothing is known of them.
 */
#ifndef POLICY_COLUMNS_CODER_H
#define POLICY_COLUMNS_CODER_H

#include "arrow/batch.h"
#include "columns/domain.h"
#include "columns/kernels.h"
#include "columns/numbers.h"
#include "columns/pairs.h"
#include "columns/texts.h"
#include "ledger/state.h"

#define BLOCK_ROWS   4096
#define BLOCK_WORDS  (BLOCK_ROWS / 64)
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

/* What a column's cells are, when they need no reader; see ranges.h. */
typedef enum column_look {
    LOOK_CODES,   /* can only be asked for its codes */
    LOOK_NOTHING, /* absent, or null in every row */
    LOOK_FLAGS,   /* bits, to a field of booleans */
    LOOK_NUMBERS, /* integers to a field of integers, days to one of dates */
    LOOK_REALS,   /* doubles and floats to a field of doubles */
    LOOK_ENTRIES  /* indices of a dictionary that was read */
} column_look;

/* Entries as they were when they were read, to know a dictionary again. */
typedef struct known_entries {
    column_storage storage;
    column_meaning meaning;
    int64_t unit, length;
    char *bytes; /* values or offsets, then texts */
    size_t size, capacity;
    bool readable; /* all of them */
} known_entries;

typedef struct coder {
    uint32_t field;
    domain values;
    uint32_t odd_code, uncoded_code; /* DOMAIN_FULL when there are none yet */
    const column *column;            /* of this batch; NULL: absent */
    uint32_t kind;                   /* of its storage and meaning, to see a change */
    str unit;                        /* copied */
    bool may_fail;                   /* cells may be unreadable */
    column_look look;
    uint32_t log2_width; /* NUMBERS, REALS, ENTRIES: of what is stored */
    bool eager;          /* coded in each block */
    bool guarded;        /* NUMBERS, REALS: outside these limits it cannot be read */
    int64_t least, most; /* NUMBERS: of what can be read */
    double low, high;    /* REALS: the same, and as the floats next to them inside */
    float low_float, high_float;
    uint8_t *readable; /* ENTRIES: 255 for those that are, 0; NULL where all are */
    size_t readable_capacity;
    known_entries known;
    uint64_t version;           /* of all this: what was worked out for another one no longer holds */
    bool raw;                   /* others depend on its raw numbers, or it on theirs */
    bool dependent, in_context; /* on raw[]; on the reading context too */
    uint64_t depends;           /* fields whose raw numbers decide, its own included */
    integers integers;
    texts texts;
    uint32_t *entries; /* of this batch's dictionary: number + 1 */
    size_t entry_capacity;
    uint32_t null_number, null_code, raw_count; /* of an empty cell: NUMBER_NONE, DOMAIN_FULL until met */
    uint32_t *value_of_raw;
    size_t value_capacity;
    chain chain;
    uint32_t *numbers;                                /* of the block: raw where `raw`, else the codes themselves */
    uint32_t *codes;                                  /* of the block */
    uint64_t numbers_block, codes_block, valid_block; /* that they are of */
    uint64_t valid[BLOCK_WORDS];                      /* of the block: rows that are not null */
    bool all_valid;
} coder;

typedef struct coding {
    policy_ledger *ledger;
    uint32_t type_at;
    const schema_type *type;
    coder *coders; /* by field */
    const batch *batch;
    int64_t row; /* of the block's first row */
    size_t count;
    uint64_t block; /* number of the current one */
    const kernels *kernels;
    uint64_t odd_bits[BLOCK_WORDS];
    uint8_t odd[BLOCK_ROWS]; /* the same as bytes: 255 for odd rows */
    bool any_odd, was_odd;
    uint32_t *checked; /* fields that are looked at in each block */
    uint32_t checked_count;
    uint64_t versions; /* given out */
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
    uint64_t context_block;
    uint32_t *spare;
    bool laid_out;
} coding;

coding *coding_new(policy_ledger *l, uint32_t type_at); /* NULL out of memory */
void coding_free(coding *c);
/* Look at a batch's columns: what depends on what, and what they hold. False out of memory. */
bool coding_begin(coding *c, const batch *b);
/* Turn to rows [row, row + count) and find the odd ones. False out of memory. */
bool coding_block(coding *c, int64_t row, size_t count);
/* The block's codes of a field; NULL out of memory. */
const uint32_t *coding_codes(coding *c, uint32_t field);
/* The code of row i of the block, whose column need not be coded for it; DOMAIN_FULL out of memory. */
uint32_t coding_cell_code(coding *c, uint32_t field, size_t i);
/* The rows of the block whose cell is not null; NULL where all are. */
const uint64_t *coding_valid(coding *c, uint32_t field);
/* Where the block's values are in the column, which is not absent. */
const void *coding_values(const coding *c, uint32_t field);
/* The values of row i of the block, of some fields (bits), as record_resolve has them; texts are the domains'. *whole false: some cell is
 * not coded, or cannot be read, and the row has to be resolved. False out of memory. */
bool coding_row(coding *c, size_t i, uint64_t fields, value *values, bool *whole);
/* The code of an empty cell (of an absent one, where the column is); DOMAIN_FULL out of memory. */
uint32_t coding_null_code(coding *c, uint32_t field);
/* The code of a dictionary's entry, look ENTRIES; DOMAIN_FULL: it cannot be read, or is not coded. */
uint32_t coding_entry_code(const coding *c, uint32_t field, int64_t at);

/* ---- what columns hold (looks.c) ---- */

/* After what depends on what is known. False out of memory. */
bool looks_begin(coding *c);
/* Rows of the block that a look is enough to find odd, into odd_bits. */
void looks_block(coding *c);
void looks_free(coder *k, const policy_allocator *a);
float float_at_least(double d); /* the next float that is no less; no greater */
float float_at_most(double d);
bool coding_is_read(const column *k, const schema_field *f, str unit); /* through the reader, as text (coder.c) */
bool coding_read_entry(coding *c, coder *k, int64_t at, bool *readable);

#endif
