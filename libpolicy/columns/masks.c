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

/* 255 is minus one in a byte: up to 255 rows can be counted before their sum must be taken. */
uint32_t mask_count(const uint8_t *a, size_t count)
{
    uint32_t total = 0;
    for (size_t i = 0; i < count;) {
        size_t end = count - i < 32 ? count : i + 32;
        uint64_t word, sum = 0;
        for (; i + 8 <= end; i += 8) {
            memcpy(&word, a + i, 8);
            sum += word & UINT64_C(0x0101010101010101);
        }
        total += (uint32_t)(sum * UINT64_C(0x0101010101010101) >> 56);
        for (; i < end; i++) {
            total += a[i] & 1;
        }
    }
    return total;
}

bool mask_any(const uint8_t *a, size_t count)
{
    uint8_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= a[i];
    }
    return any != 0;
}

uint32_t mask_list(const uint8_t *a, size_t count, uint16_t *rows)
{
    uint32_t n = 0;
    for (size_t i = 0; i < count; i++) {
        rows[n] = (uint16_t)i;
        n += a[i] & 1;
    }
    return n;
}
