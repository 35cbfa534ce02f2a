/*
 * The loops in plain C, and the choice among all; see kernels.h.
 */
#include "columns/kernels.h"

#include <string.h>

#include "columns/kernels_x86.h"

/* ---- plain ---- */

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static uint64_t gather8(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word |= (uint64_t)(bytes[i] & 1) << i;
    }
    return word;
}
static void spread8(uint8_t bits, uint8_t *bytes)
{
    for (int i = 0; i < 8; i++) {
        bytes[i] = bits >> i & 1 ? 255 : 0;
    }
}
#else
/* The lowest bits of eight bytes, gathered in one: the product puts byte i's bit at 56 + i, and no two meet. */
static uint64_t gather8(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, 8);
    return (word & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >> 56;
}
/* The reverse: byte i keeps bit i of its copy, and whatever is left of it becomes 255. */
static void spread8(uint8_t bits, uint8_t *bytes)
{
    uint64_t word = bits * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
    word = (word + UINT64_C(0x7F7F7F7F7F7F7F7F)) | word;
    word = (word >> 7 & UINT64_C(0x0101010101010101)) * 255;
    memcpy(bytes, &word, 8);
}
#endif

static uint64_t gather64(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word |= gather8(bytes + 8 * i) << (8 * i);
    }
    return word;
}

#define WITHIN(NAME, TYPE)                                                                                             \
    static void test_##NAME(const TYPE *v, size_t count, TYPE least, TYPE most, uint64_t *out)                         \
    {                                                                                                                  \
        uint8_t bytes[64];                                                                                             \
        size_t i = 0;                                                                                                  \
        for (; i + 64 <= count; i += 64) {                                                                             \
            for (size_t k = 0; k < sizeof(TYPE); k++) {                                                                \
                kernels_fetch((const char *)(v + i) + 64 * k, sizeof(TYPE));                                           \
            }                                                                                                          \
            for (size_t k = 0; k < 64; k++) {                                                                          \
                bytes[k] = (TYPE)(v[i + k] - least) <= most;                                                           \
            }                                                                                                          \
            *out++ = gather64(bytes);                                                                                  \
        }                                                                                                              \
        if (i < count) {                                                                                               \
            uint64_t word = 0;                                                                                         \
            for (size_t k = 0; i + k < count; k++) {                                                                   \
                word |= (uint64_t)((TYPE)(v[i + k] - least) <= most) << k;                                             \
            }                                                                                                          \
            *out = word;                                                                                               \
        }                                                                                                              \
    }                                                                                                                  \
    static void NAME(const void *values, size_t count, const range_test *tests, size_t test_count)                     \
    {                                                                                                                  \
        for (size_t i = 0; i < test_count; i++) {                                                                      \
            test_##NAME(values, count, (TYPE)tests[i].low, (TYPE)tests[i].span, tests[i].out);                         \
        }                                                                                                              \
    }                                                                                                                  \
    static bool all_##NAME(const void *values, size_t count, uint64_t low, uint64_t span)                              \
    {                                                                                                                  \
        const TYPE *v = values;                                                                                        \
        TYPE least = (TYPE)low, most = (TYPE)span, outside = 0;                                                        \
        for (size_t i = 0; i < count; i++) {                                                                           \
            outside |= (TYPE)(v[i] - least) > most;                                                                    \
        }                                                                                                              \
        return outside == 0;                                                                                           \
    }
WITHIN(within8, uint8_t)
WITHIN(within16, uint16_t)
WITHIN(within32, uint32_t)
WITHIN(within64, uint64_t)

#define WITHIN_REAL(NAME, TYPE)                                                                                        \
    static void NAME(const TYPE *v, size_t count, TYPE low, TYPE high, uint64_t *out)                                  \
    {                                                                                                                  \
        uint8_t bytes[64];                                                                                             \
        size_t i = 0;                                                                                                  \
        for (; i + 64 <= count; i += 64) {                                                                             \
            for (size_t k = 0; k < 64; k++) {                                                                          \
                bytes[k] = (uint8_t)((v[i + k] >= low) & (v[i + k] <= high));                                          \
            }                                                                                                          \
            *out++ = gather64(bytes);                                                                                  \
        }                                                                                                              \
        if (i < count) {                                                                                               \
            uint64_t word = 0;                                                                                         \
            for (size_t k = 0; i + k < count; k++) {                                                                   \
                word |= (uint64_t)(v[i + k] >= low && v[i + k] <= high) << k;                                          \
            }                                                                                                          \
            *out = word;                                                                                               \
        }                                                                                                              \
    }
WITHIN_REAL(within_float, float)
WITHIN_REAL(within_double, double)

static void pack(const uint8_t *bytes, size_t count, uint64_t *out)
{
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        *out++ = gather64(bytes + i);
    }
    if (i < count) {
        uint64_t word = 0;
        for (size_t k = 0; i + k < count; k++) {
            word |= (uint64_t)(bytes[i + k] >> 7) << k;
        }
        *out = word;
    }
}

static uint64_t count_word(uint64_t w)
{
    w -= w >> 1 & UINT64_C(0x5555555555555555);
    w = (w & UINT64_C(0x3333333333333333)) + (w >> 2 & UINT64_C(0x3333333333333333));
    w = (w + (w >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return w * UINT64_C(0x0101010101010101) >> 56;
}

static uint64_t meet(const bit_part *parts, size_t part_count, uint64_t *into, size_t words)
{
    uint64_t total = 0, here[MEET_WORDS];
    for (size_t from = 0; from < words; from += MEET_WORDS) {
        size_t some = words - from < MEET_WORDS ? words - from : MEET_WORDS;
        uint64_t *to = into != NULL ? into + from : here;
        kernels_meet(parts, part_count, from, to, some);
        for (size_t w = 0; w < some; w++) {
            total += count_word(to[w]);
        }
    }
    return total;
}

static bool narrow(uint64_t *into, const uint64_t *a, bool turned, size_t words)
{
    return kernels_narrow(into, a, turned, words);
}

const kernels kernels_plain = {"plain",
                               {within8, within16, within32, within64},
                               {all_within8, all_within16, all_within32, all_within64},
                               within_float,
                               within_double,
                               pack,
                               meet,
                               narrow};

/* ---- choosing ---- */

const kernels *kernels_named(const char *name)
{
    if (strcmp(name, kernels_plain.name) == 0) {
        return &kernels_plain;
    }
#ifdef KERNELS_X86
    if (strcmp(name, kernels_avx2.name) == 0 && kernels_have_avx2()) {
        return &kernels_avx2;
    }
    if (strcmp(name, kernels_avx512.name) == 0 && kernels_have_avx512()) {
        return &kernels_avx512;
    }
#endif
    return NULL;
}

const kernels *kernels_best(void)
{
    static const char *const names[] = {"avx512", "avx2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const kernels *found = kernels_named(names[i]);
        if (found != NULL) {
            return found;
        }
    }
    return &kernels_plain;
}

/* ---- the same on every processor ---- */

#define LOOKUP(TYPE)                                                                                                   \
    do {                                                                                                               \
        const TYPE *v = indices;                                                                                       \
        for (size_t i = 0; i < count && valid == NULL; i++) {                                                          \
            out[i] = table[(size_t)v[i]];                                                                              \
        }                                                                                                              \
        for (size_t i = 0; i < count && valid != NULL; i++) { /* the index of a null may be anything */                \
            out[i] = valid[i >> 6] >> (i & 63) & 1 ? table[(size_t)v[i]] : 0;                                          \
        }                                                                                                              \
    } while (0)

void bytes_of_entries(const void *indices, uint32_t log2_width, size_t count, const uint64_t *valid,
                      const uint8_t *table, uint8_t *out)
{
    switch (log2_width) {
    case 0:
        LOOKUP(uint8_t);
        break;
    case 1:
        LOOKUP(uint16_t);
        break;
    case 2:
        LOOKUP(uint32_t);
        break;
    default:
        LOOKUP(uint64_t);
        break;
    }
}

void bits_from_bitmap(const uint8_t *bitmap, int64_t offset, size_t count, uint64_t *out)
{
    const uint8_t *from = bitmap + (offset >> 3);
    int shift = (int)(offset & 7);
    size_t i = 0;
    for (; i + 64 <= count; i += 64, from += 8) {
        uint64_t word = 0;
        for (int k = 7; k >= 0; k--) {
            word = word << 8 | from[k];
        }
        *out++ = shift ? word >> shift | (uint64_t)from[8] << (64 - shift) : word;
    }
    if (i < count) {
        uint64_t word = 0;
        for (size_t k = 0; i + k < count; k++) {
            size_t at = (size_t)shift + k;
            word |= (uint64_t)(from[at >> 3] >> (at & 7) & 1) << k;
        }
        *out = word;
    }
}

void bits_to_bytes(const uint64_t *bits, size_t count, uint8_t *out)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        spread8((uint8_t)(bits[i >> 6] >> (i & 63)), out + i);
    }
    for (; i < count; i++) {
        out[i] = bits[i >> 6] >> (i & 63) & 1 ? 255 : 0;
    }
}
