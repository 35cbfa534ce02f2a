/*
 * The loops over raw columns: every version that this processor has says of each row what one comparison would.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "columns/kernels.h"
#include "support/batches.h"

#define ROWS  2048
#define WORDS (ROWS / 64)
#define TESTS 11

static const char *const names[] = {"plain", "avx2", "avx512"};
static const size_t lengths[] = {0, 1, 7, 63, 64, 65, 127, 128, 500, 2047, ROWS};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool bit(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> row % 64 & 1;
}

/* The bits of the rows are the expected ones, and nothing is behind them. */
static void check(const uint64_t *bits, const bool *expected, size_t rows, const char *what)
{
    for (size_t i = 0; i < (rows + 63) / 64 * 64; i++) {
        cr_assert_eq(bit(bits, i), i < rows && expected[i], "%s, row %zu of %zu", what, i, rows);
    }
}

static uint64_t stored(const void *values, uint32_t width, size_t row)
{
    uint64_t v = 0;
    switch (width) {
    case 0:
        return ((const uint8_t *)values)[row];
    case 1:
        return ((const uint16_t *)values)[row];
    case 2:
        return ((const uint32_t *)values)[row];
    default:
        memcpy(&v, (const uint64_t *)values + row, sizeof v);
        return v;
    }
}

Test(kernels, ranges_of_integers_are_those_of_one_comparison)
{
    static uint64_t values[ROWS + 1], out[TESTS][WORDS];
    static bool expected[TESTS][ROWS];
    uint64_t seed = 5;
    for (size_t round = 0; round < 200; round++) {
        uint32_t width = (uint32_t)(round % 4);
        uint64_t mask = width == 3 ? UINT64_MAX : (UINT64_C(1) << (8 << width)) - 1;
        for (size_t i = 0; i < ROWS; i++) {
            values[i] = made_random(&seed);
        }
        size_t rows = lengths[made_random(&seed) % COUNT(lengths)];
        const char *from = (const char *)values + (round % 3 == 0 && rows < ROWS ? (size_t)1 << width : 0);
        range_test tests[TESTS];
        size_t some = 1 + round % TESTS, inside[TESTS] = {0};
        for (size_t t = 0; t < some; t++) {
            uint64_t low = made_random(&seed) & mask, span = made_random(&seed) & mask;
            low = (round + t) % 5 == 0 ? 0 : (round + t) % 5 == 1 && rows > 0 ? stored(from, width, rows / 2) : low;
            span = (round + t) % 7 == 0 ? 0 : (round + t) % 7 == 1 ? mask : span;
            tests[t] = (range_test){low, span, out[t]};
            for (size_t i = 0; i < rows; i++) {
                expected[t][i] = ((stored(from, width, i) - low) & mask) <= span;
                inside[t] += expected[t][i];
            }
        }
        for (size_t n = 0; n < COUNT(names); n++) {
            const kernels *k = kernels_named(names[n]);
            if (k == NULL) {
                continue;
            }
            k->within[width](from, rows, tests, some);
            for (size_t t = 0; t < some; t++) {
                check(out[t], expected[t], rows, names[n]);
                cr_assert_eq(k->all_within[width](from, rows, tests[t].low, tests[t].span), inside[t] == rows);
            }
        }
    }
}

Test(kernels, one_row_outside_is_seen_wherever_it_is)
{
    static uint64_t values[ROWS];
    for (size_t n = 0; n < COUNT(names); n++) {
        const kernels *k = kernels_named(names[n]);
        for (size_t at = 0; at < 300 && k != NULL; at += 7) {
            for (uint32_t width = 0; width < 4; width++) {
                memset(values, 0, sizeof values);
                cr_assert(k->all_within[width](values, 300, 0, 4), "%s", names[n]);
                memset((char *)values + (at << width), 5, 1);
                cr_assert(!k->all_within[width](values, 300, 0, 4), "%s, row %zu", names[n], at);
            }
        }
    }
}

Test(kernels, ranges_of_reals_leave_out_what_is_no_number)
{
    static const double special[] = {
        0.0, -0.0, 1.0, -1.0, (double)NAN, (double)INFINITY, -2.5, FLT_MAX, DBL_MIN, -(double)INFINITY};
    static double values[ROWS];
    static float floats[ROWS];
    static uint64_t out[WORDS];
    static bool expected[ROWS];
    uint64_t seed = 6;
    for (size_t round = 0; round < 100; round++) {
        for (size_t i = 0; i < ROWS; i++) {
            values[i] = made_random(&seed) % 3 ? special[made_random(&seed) % COUNT(special)]
                                               : (double)(int64_t)made_random(&seed) / 1e18;
            floats[i] = (float)values[i];
        }
        size_t rows = lengths[made_random(&seed) % COUNT(lengths)];
        double low = special[round % 4], high = round % 3 ? 2.5 : low;
        for (size_t n = 0; n < COUNT(names); n++) {
            const kernels *k = kernels_named(names[n]);
            if (k == NULL) {
                continue;
            }
            for (size_t i = 0; i < rows; i++) {
                expected[i] = values[i] >= low && values[i] <= high;
            }
            k->within_double(values, rows, low, high, out);
            check(out, expected, rows, names[n]);
            for (size_t i = 0; i < rows; i++) {
                expected[i] = floats[i] >= (float)low && floats[i] <= (float)high;
            }
            k->within_float(floats, rows, (float)low, (float)high, out);
            check(out, expected, rows, names[n]);
        }
    }
}

Test(kernels, bytes_and_bitmaps_become_bits_and_bytes_again)
{
    static uint8_t bytes[ROWS], again[ROWS], bitmap[ROWS / 8 + 16];
    static uint64_t out[WORDS];
    static bool expected[ROWS];
    uint64_t seed = 7;
    for (size_t round = 0; round < 100; round++) {
        size_t rows = lengths[made_random(&seed) % COUNT(lengths)], set = 0;
        int64_t offset = (int64_t)(made_random(&seed) % 70);
        memset(bitmap, 0, sizeof bitmap);
        for (size_t i = 0; i < rows; i++) {
            expected[i] = made_random(&seed) % 2;
            bytes[i] = expected[i] ? 255 : 0;
            set += expected[i];
            size_t at = i + (size_t)offset;
            bitmap[at / 8] = (uint8_t)(bitmap[at / 8] | (expected[i] ? 1 << at % 8 : 0));
        }
        bits_from_bitmap(bitmap, offset, rows, out);
        check(out, expected, rows, "a bitmap");
        for (size_t n = 0; n < COUNT(names); n++) {
            const kernels *k = kernels_named(names[n]);
            if (k != NULL) {
                k->pack(bytes, rows, out);
                check(out, expected, rows, names[n]);
                uint64_t narrowed[WORDS], nothing[WORDS] = {0};
                memcpy(narrowed, out, sizeof out);
                cr_assert_eq(k->narrow(narrowed, nothing, true, (rows + 63) / 64), set > 0);
                check(narrowed, expected, rows, names[n]);
                cr_assert(!k->narrow(narrowed, out, true, (rows + 63) / 64));
            }
        }
        bits_to_bytes(out, rows, again);
        cr_assert_eq(memcmp(bytes, again, rows), 0);
    }
}

Test(kernels, indices_of_nulls_are_not_looked_up)
{
    static const uint8_t table[] = {255, 0, 255};
    static const uint16_t indices[] = {0, 1, 2, 60000, 2};
    static const uint64_t valid[] = {0x17};
    uint8_t out[5];
    bytes_of_entries(indices, 1, 5, valid, table, out);
    static const uint8_t expected[] = {255, 0, 255, 0, 255};
    cr_assert_eq(memcmp(out, expected, sizeof out), 0);
}

Test(kernels, parts_meet_where_all_of_them_are_as_wanted)
{
    static uint64_t bits[5][WORDS * 3], into[WORDS * 3];
    uint64_t seed = 8;
    for (size_t round = 0; round < 200; round++) {
        size_t words = 1 + made_random(&seed) % (WORDS * 3), some = 1 + round % 5;
        bit_part parts[5];
        for (size_t p = 0; p < some; p++) {
            parts[p] = (bit_part){bits[p], made_random(&seed) % 2 ? UINT64_MAX : 0};
            for (size_t w = 0; w < words; w++) {
                bits[p][w] = made_random(&seed) | made_random(&seed);
            }
        }
        for (size_t n = 0; n < COUNT(names); n++) {
            const kernels *k = kernels_named(names[n]);
            if (k == NULL) {
                continue;
            }
            size_t count = 0;
            uint64_t counted = k->meet(parts, some, into, words);
            for (size_t i = 0; i < words * 64; i++) {
                bool all = true;
                for (size_t p = 0; p < some; p++) {
                    all = all && bit(bits[p], i) != (parts[p].flip != 0);
                }
                cr_assert_eq(bit(into, i), all, "%s, bit %zu of %zu words", names[n], i, words);
                count += all;
            }
            cr_assert_eq(counted, count, "%s", names[n]);
            cr_assert_eq(k->meet(parts, some, NULL, words), count, "%s", names[n]);
        }
    }
}
