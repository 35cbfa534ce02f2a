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

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNELS_X86 1
extern const kernels kernels_avx2, kernels_avx512;
bool kernels_have_avx2(void);
bool kernels_have_avx512(void);
#endif

#endif
