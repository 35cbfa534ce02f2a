/*
 * Byte masks: one byte a row, 255 or 0. Plain loops over bytes, which compilers turn into vector code.
 */
#include "columns/conditions.h"

void mask_and(uint8_t *restrict into, const uint8_t *restrict a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        into[i] &= a[i];
    }
}

void mask_and_not(uint8_t *restrict into, const uint8_t *restrict a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        into[i] &= (uint8_t)~a[i];
    }
}

void mask_or(uint8_t *restrict into, const uint8_t *restrict a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        into[i] |= a[i];
    }
}

void mask_or_not(uint8_t *restrict into, const uint8_t *restrict a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        into[i] |= (uint8_t)~a[i];
    }
}

void mask_not(uint8_t *restrict into, const uint8_t *restrict a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        into[i] = (uint8_t)~a[i];
    }
}

bool mask_any(const uint8_t *a, size_t count)
{
    uint8_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= a[i];
    }
    return any != 0;
}
