/*
 * Bits of a word.
 */
#ifndef POLICY_BASE_BITS_H
#define POLICY_BASE_BITS_H

#include <stdint.h>

/* Number of the lowest bit that is set; there must be one. */
static inline uint32_t bits_lowest(uint64_t bits)
{
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctzll(bits);
#else
    uint32_t at = 0;
    for (; !(bits & 1); bits >>= 1) {
        at++;
    }
    return at;
#endif
}

#endif
