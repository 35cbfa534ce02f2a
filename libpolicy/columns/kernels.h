/*
 * The loops that look at every row: raw columns into bits, one a row.
 *
 * Bit i of word i / 64 is row i; the bits behind the last row are 0. A whole number is in [low, low + span] exactly when
 * v - low, computed in its own width, is no more than span: one test for <, <=, ==, >=, > of signed and unsigned columns.
 *
 * There are three versions of these loops: plain C that compilers turn into vector code of the build's own target
 * (SSE2 on x86-64: bytes of a mask, then packed by multiplication), and for x86 processors that have more, AVX2 and
 * AVX-512 (with its count of bits), chosen when a ledger's columns are first fed. tests/columns/test_kernels.c compares all that the machine has;
 * bench_columns prints what each of them does a nanosecond.
 */
#ifndef POLICY_COLUMNS_KERNELS_H
#define POLICY_COLUMNS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rows in [low, low + span], into `out`. */
typedef struct range_test {
    uint64_t low, span;
    uint64_t *out;
} range_test;

/* Bits that take part in a conjunction: as they are, or with `flip` all ones, turned. */
typedef struct bit_part {
    const uint64_t *bits;
    uint64_t flip;
} bit_part;

typedef struct kernels {
    const char *name;
    /* Several tests in one pass over the values. By log2 of the width in bytes. */
    void (*within[4])(const void *values, size_t count, const range_test *tests, size_t test_count);
    /* Are all of them in [low, low + span]? */
    bool (*all_within[4])(const void *values, size_t count, uint64_t low, uint64_t span);
    void (*within_float)(const float *values, size_t count, float low, float high, uint64_t *out);
    void (*within_double)(const double *values, size_t count, double low, double high, uint64_t *out);
    /* Bytes of 255 and 0 (their uppermost bits count). */
    void (*pack)(const uint8_t *bytes, size_t count, uint64_t *out);
    /* What all parts have in common, into `into` (NULL: nowhere), and how many bits that is. At least one part. */
    uint64_t (*meet)(const bit_part *parts, size_t part_count, uint64_t *into, size_t words);
    /* into &= a, or its reverse; is anything left? */
    bool (*narrow)(uint64_t *into, const uint64_t *a, bool turned, size_t words);
} kernels;

extern const kernels kernels_plain;
const kernels *kernels_best(void);              /* of this processor */
const kernels *kernels_named(const char *name); /* NULL where this processor or build has no such ones; for tests */

/* out[i] = table[indices[i]]; 0 for rows that are not valid (NULL: all are). Loads, one a row, whatever the processor. */
void bytes_of_entries(const void *indices, uint32_t log2_width, size_t count, const uint64_t *valid,
                      const uint8_t *table, uint8_t *out);
/* Bits of a bitmap that begin at any bit. */
void bits_from_bitmap(const uint8_t *bitmap, int64_t offset, size_t count, uint64_t *out);
/* Bytes of 255 and 0. */
void bits_to_bytes(const uint64_t *bits, size_t count, uint8_t *out);

#endif
