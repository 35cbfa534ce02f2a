/*
 * Kernels for x86 processors with vectors of 256 and 512 bits; see kernels.h.
 */
#ifndef POLICY_COLUMNS_KERNELS_X86_H
#define POLICY_COLUMNS_KERNELS_X86_H

#include "columns/kernels.h"

/* One loop for all of them: what it becomes depends on the function that it is put into. */
static inline bool kernels_narrow(uint64_t *restrict into, const uint64_t *restrict a, bool turned, size_t words)
{
    uint64_t any = 0;
    if (turned) {
        for (size_t w = 0; w < words; w++) {
            into[w] &= ~a[w];
            any |= into[w];
        }
    } else {
        for (size_t w = 0; w < words; w++) {
            into[w] &= a[w];
            any |= into[w];
        }
    }
    return any != 0;
}

/* A block of a column is too short for the processor to see where it goes on, and columns are looked at in turn: what the
 * block after the next will read is asked for while this one is worked on, line by line. Measured over columns that are
 * not in the cache: a third to half of the time. It may lie behind the column's end; asking never reads. */
#define FETCH_ROWS 8192
static inline void kernels_fetch(const void *at, size_t width)
{
#ifdef __GNUC__
    __builtin_prefetch((const void *)((uintptr_t)at + (uintptr_t)FETCH_ROWS * width), 0, 2);
#else
    (void)at;
    (void)width;
#endif
}

/* What several parts have in common, up to MEET_WORDS of it. */
#define MEET_WORDS 64
static inline void kernels_meet(const bit_part *parts, size_t part_count, size_t from, uint64_t *restrict into,
                                size_t words)
{
    for (size_t w = 0; w < words; w++) {
        into[w] = parts[0].bits[from + w] ^ parts[0].flip;
    }
    for (size_t k = 1; k < part_count; k++) {
        const uint64_t *bits = parts[k].bits + from, flip = parts[k].flip;
        for (size_t w = 0; w < words; w++) {
            into[w] &= bits[w] ^ flip;
        }
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNELS_X86 1
extern const kernels kernels_avx2, kernels_avx512;
bool kernels_have_avx2(void);
bool kernels_have_avx512(void);
#endif

#endif
