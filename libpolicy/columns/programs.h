/*
 * Programs over codes: each evaluated once for every distinct combination of what it reads.
 *
 * (Where it reads one field, and that field's column can be asked as it is, not even its codes are needed: ranges.h.)
 *
 * A tuple is a set of fields as one code a row (pairs.h): {} is always 0, {grade} the coder's own code, {school, grade}
 * a pair. A truth is a condition over a tuple: a byte for each code, filled by the ordinary evaluator on a frame that
 * holds the code's values, so that it cannot mean anything else than in the row path.
 */
#ifndef POLICY_COLUMNS_PROGRAMS_H
#define POLICY_COLUMNS_PROGRAMS_H

#include "columns/coder.h"
#include "columns/ranges.h"

/* What a program reads, lets opened. */
typedef struct reads {
    uint64_t fields; /* the own date among them where a dated param or an overlay's date is read */
    bool each, record_id, calendar;
    bool beyond; /* something that no field decides */
} reads;
void reads_add(reads *r, const plan_table *t, const expr *x); /* NULL is fine */
struct tree;
void reads_add_tree(reads *r, const plan_table *t, const struct tree *part);

typedef struct tuple {
    uint64_t fields;
    struct tuple *left; /* all but the last field; NULL for one field or none */
    uint32_t field;     /* the last one */
    pairs pairs;
    uint32_t *codes; /* of the block; NULL for one field */
    uint64_t block;  /* it was coded for */
} tuple;

typedef enum truth_kind {
    TRUTH_CONDITION, /* a condition */
    TRUTH_WHEN,      /* `when` with what overlays add, as a whole */
    TRUTH_HERE,   /* the version is the one to speak for a row of that day; other: the day is not known and matters */
    TRUTH_NOWHERE /* no version of the rule is, and this one counts that */
} truth_kind;

typedef enum truth_value { TRUTH_FALSE = 0, TRUTH_TRUE = 1, TRUTH_OTHER = 2 } truth_value;

/* How a truth's rows are found in this batch. */
typedef enum truth_way {
    TRUTH_BY_CODES, /* a table by code */
    TRUTH_BY_SETS,  /* the column's own values */
    TRUTH_CONSTANT  /* no row of the batch differs from another */
} truth_way;

typedef struct truth {
    truth_kind kind;
    tuple *tuple;
    const expr *program; /* CONDITION, WHEN */
    const plan_also *also;
    uint32_t also_count;
    const plan_version *version; /* HERE, NOWHERE */
    const date_range *in_force;  /* the run's, while it is evaluated */
    str text;                    /* to find it again */
    uint8_t *yes, *no;           /* by code: 255 or 0 */
    size_t yes_capacity, no_capacity;
    uint32_t filled;
    bool plain; /* every code is one or the other */
    truth_way way;
    uint64_t version_seen; /* of the column, when the way was found */
    value_set yes_set, no_set;
    bool sets_plain;                /* the second is all that the first is not */
    truth_value of_null;            /* of the rows in neither; CONSTANT: of all */
    uint64_t yes_bits[BLOCK_WORDS]; /* of the block */
    uint64_t no_bits[BLOCK_WORDS];
    bool block_plain;
    uint64_t block;
    struct truth *next;
} truth;

/* The truths of one field that are a single range of its column's numbers: asked together, in one pass over a block. */
typedef struct range_truths {
    truth **items;
    range_test *tests;
    size_t count, capacity, test_capacity;
    uint64_t version;    /* of the column */
    const truth *newest; /* of all truths, when these were gathered */
} range_truths;

typedef struct programs {
    policy_ledger *ledger;
    const plan_table *table;
    coding *coding;
    arena memory;
    tuple **tuples;
    size_t tuples_used, tuple_room;
    truth *truths;
    range_truths *ranges; /* by field; NULL: none yet */
    expr **compiled;      /* parts of conditions */
    size_t compiled_count, compiled_capacity;
    frame *frame;   /* while feeding or judging */
    uint64_t block; /* number of the current one */
} programs;

void programs_init(programs *p, policy_ledger *l, const plan_table *t, coding *c);
void programs_free(programs *p);

tuple *tuple_of(programs *p, uint64_t fields); /* NULL out of memory */
uint32_t tuple_count(const programs *p, const tuple *n);
/* The block's codes; NULL out of memory. */
const uint32_t *tuple_codes(programs *p, tuple *n);
/* Put the code's values into the frame, which then stands for every row that has them. */
typedef enum tuple_state {
    TUPLE_LOADED,
    TUPLE_UNCODED, /* one of the values is not known here */
    TUPLE_ODD      /* only odd rows have it: it may be said of it what one likes */
} tuple_state;
tuple_state tuple_load(programs *p, const tuple *n, uint32_t code);
/* The same for a value of one field. */
void tuple_load_value(programs *p, uint32_t field, value v);
/* Values by field; fields outside the tuple are left alone. */
void tuple_values(const programs *p, const tuple *n, uint32_t code, uint32_t *codes);

/* Find or make; NULL out of memory. `like` has kind, tuple, program and so on. */
truth *truth_of(programs *p, const truth *like);
void truths_free(programs *p);
/* Bits of the block: where surely true, where surely false. *no is NULL when that is all the others. Behind the last row
 * bits may be anything. False out of memory. */
bool truth_bits(programs *p, truth *t, const uint64_t **yes, const uint64_t **no);

#endif
