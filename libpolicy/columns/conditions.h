/*
 * Conditions as masks: && || ! over truths, a block of rows at a time.
 *
 * A conjunction of simple tests on single fields would need a table over all of its fields at once; split at its operators
 * each part needs one over the few fields it reads, and parts that rules share are looked up once a block. Lets are
 * opened. The masks say where a condition is surely true and where surely false: by the rules of && and || the one is the
 * AND, the other the OR of those of the parts, and what is neither (unknown, an error) is the row evaluator's.
 */
#ifndef POLICY_COLUMNS_CONDITIONS_H
#define POLICY_COLUMNS_CONDITIONS_H

#include "columns/programs.h"

typedef enum condition_kind {
    CONDITION_TRUTH,
    CONDITION_ALL, /* && */
    CONDITION_ANY, /* || */
    CONDITION_NOT,
    CONDITION_CONSTANT,
    CONDITION_OTHER /* nothing can be said */
} condition_kind;

typedef struct condition {
    condition_kind kind;
    bool constant;
    truth *truth;
    struct condition **children;
    uint32_t count;
    uint64_t *yes, *no;          /* bits of the block, where they are made here */
    uint8_t *yes_rows, *no_rows; /* as bytes, for those who asked for them */
} condition;

/* A condition; what cannot be looked up by codes is CONDITION_OTHER. NULL out of memory. `also`: what overlays add. */
condition *condition_of(programs *p, const env *e, const expr *x, const plan_also *also, uint32_t also_count,
                        const date_range *in_force);
/* The block's masks, valid until the next block; *no NULL where it is all that *yes is not. Behind the last row bits may
 * be anything. False out of memory. */
bool condition_bits(programs *p, condition *c, const uint64_t **yes, const uint64_t **no);
/* A conjunction being gathered on a block, part by part: parts of rules without the steps between. */
#define PARTS_MOST 16
typedef struct conjunction {
    bit_part parts[PARTS_MOST];
    uint32_t count;
    bool plain; /* each row is one or the other; false: `parts` says nothing */
    bool never; /* no row of the block, whatever is still added */
} conjunction;
/* Add a condition. False out of memory. */
bool conjunction_add(programs *p, conjunction *x, condition *c);
/* The same, a byte a row: 255 or 0. */
bool condition_rows(programs *p, condition *c, const uint8_t **yes, const uint8_t **no);

/* ---- masks of bytes (masks.c) ---- */

void mask_and(uint8_t *into, const uint8_t *a, size_t count);
void mask_and_not(uint8_t *into, const uint8_t *a, size_t count);
void mask_or(uint8_t *into, const uint8_t *a, size_t count);
void mask_or_not(uint8_t *into, const uint8_t *a, size_t count);
void mask_not(uint8_t *into, const uint8_t *a, size_t count);
bool mask_any(const uint8_t *a, size_t count);
/* How many of a word's lowest bits are 0; there is a bit that is not. */
static inline uint32_t mask_skip(uint64_t bits)
{
#ifdef __GNUC__
    return (uint32_t)__builtin_ctzll(bits);
#else
    uint32_t n = 0;
    for (; !(bits & 1); bits >>= 1) {
        n++;
    }
    return n;
#endif
}

#endif
