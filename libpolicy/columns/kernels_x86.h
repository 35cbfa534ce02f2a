/*
 * Kernels for x86 processors with vectors of 256 and 512 bits; see kernels.h.
 */
#ifndef POLICY_COLUMNS_KERNELS_X86_H
#define POLICY_COLUMNS_KERNELS_X86_H

#include "columns/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNELS_X86 1
extern const kernels kernels_avx2, kernels_avx512;
bool kernels_have_avx2(void);
bool kernels_have_avx512(void);
#endif

#endif
