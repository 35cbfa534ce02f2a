/*
 * Bands as schools rely on them: what a cut means, what gets no band, and what a summary must not give away.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "policy/policy.h"

static policy_engine *engine;
static const policy_bands *four;

static void open_scheme(void)
{
    policy_builder *builder = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, &err), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", &err), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &engine, &err), POLICY_OK);
    policy_builder_free(builder);
    cr_assert_eq(policy_engine_bands(engine, "four", &four, &err), POLICY_OK);
}

static void close_scheme(void)
{
    policy_engine_unref(engine);
}

TestSuite(bands, .init = open_scheme, .fini = close_scheme);

static policy_band of_text(const char *text, double full)
{
    return policy_bands_of_text(four, text, strlen(text), full);
}

Test(bands, a_cut_belongs_to_the_band_above_it)
{
    static const struct {
        double score, full;
        policy_band band;
    } cases[] = {{100, 100, 0}, {85, 100, 0},    {84.99, 100, 1}, {75, 100, 1},  {74.99, 100, 2},
                 {60, 100, 2},  {59.95, 100, 3}, {0, 100, 3},     {102, 120, 0}, {101.99, 120, 1},
                 {72, 120, 2},  {71.5, 120, 3},  {42.5, 50, 0},   {42.49, 50, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(policy_bands_of(four, cases[i].score, cases[i].full), cases[i].band, "%g of %g", cases[i].score,
                     cases[i].full);
    }
}

Test(bands, texts_are_compared_as_the_decimals_they_are)
{
    cr_expect_eq(of_text("84.999999999999999999", 100), 1, "below the cut, however little");
    cr_expect_eq(of_text("85.00", 100), 0);
    cr_expect_eq(of_text("８５", 100), 0);
    cr_expect_eq(of_text("85分", 100), 0);
    cr_expect_eq(of_text("102/120", 0), 0);
}

Test(bands, what_is_no_score_gets_no_band)
{
    cr_expect_eq(of_text("缺考", 100), POLICY_BAND_ABSENT);
    cr_expect_eq(of_text("免考", 100), POLICY_BAND_EXEMPT);
    cr_expect_eq(of_text("", 100), POLICY_BAND_NONE);
    cr_expect_eq(of_text("-", 100), POLICY_BAND_NONE);
    cr_expect_eq(of_text("优", 100), POLICY_BAND_UNREADABLE);
    cr_expect_eq(of_text("-1", 100), POLICY_BAND_NEGATIVE);
    cr_expect_eq(of_text("100.5", 100), POLICY_BAND_ABOVE_FULL);
    cr_expect_eq(of_text("88", 0), POLICY_BAND_NO_FULL_MARKS);
    cr_expect_eq(of_text("84/100", 120), POLICY_BAND_NO_FULL_MARKS, "stated in two ways");
    cr_expect_eq(policy_bands_of(four, NAN, 100), POLICY_BAND_NONE);
    cr_expect_eq(policy_bands_of(four, INFINITY, 100), POLICY_BAND_UNREADABLE);
    cr_expect_eq(policy_bands_of(four, 80, -1), POLICY_BAND_NO_FULL_MARKS);
}

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

Test(bands, a_column_says_what_single_scores_say)
{
    enum { COUNT = 5000 };
    static double scores[COUNT], full[COUNT];
    static uint8_t validity[COUNT / 8 + 2];
    static policy_band bands[COUNT];
    uint64_t seed = 7;
    for (size_t i = 0; i < COUNT; i++) {
        scores[i] = (double)((int64_t)next(&seed) % 13000 - 300) / 100.0;
        full[i] = next(&seed) % 50 == 0 ? 0 : next(&seed) % 2 ? 100 : 120;
    }
    for (size_t i = 0; i < sizeof validity; i++) {
        validity[i] = (uint8_t)(next(&seed) | 0x55);
    }
    policy_scores column = {.struct_size = sizeof column,
                            .count = COUNT,
                            .scores = scores,
                            .validity = validity,
                            .validity_offset = 3,
                            .full_marks = full};
    cr_assert_eq(policy_bands_of_column(four, &column, bands, NULL), POLICY_OK);
    for (size_t i = 0; i < COUNT; i++) {
        bool there = validity[(i + 3) >> 3] >> ((i + 3) & 7) & 1;
        cr_assert_eq(bands[i], policy_bands_of(four, there ? scores[i] : NAN, full[i]), "score %zu: %g of %g", i,
                     scores[i], full[i]);
    }
}

/* Nobody can subtract: a hidden count is never the only one of its row or column beside a shown sum. */
Test(bands, a_hidden_count_does_not_follow_from_the_sums)
{
    enum { GROUPS = 5, COLUMNS = 4 };
    uint64_t seed = 11;
    for (int round = 0; round < 300; round++) {
        uint64_t counts[GROUPS * COLUMNS];
        bool hidden[(GROUPS + 1) * (COLUMNS + 1)];
        for (size_t i = 0; i < GROUPS * COLUMNS; i++) {
            counts[i] = next(&seed) % 3 == 0 ? next(&seed) % 4 : 5 + next(&seed) % 20;
        }
        cr_assert_eq(policy_bands_suppress(four, counts, GROUPS, COLUMNS, hidden, NULL), POLICY_OK);
        for (size_t row = 0; row <= GROUPS; row++) {
            size_t in_row = 0;
            uint64_t size = 0;
            for (size_t column = 0; column <= COLUMNS; column++) {
                in_row += hidden[row * (COLUMNS + 1) + column];
                size += row < GROUPS && column < COLUMNS ? counts[row * COLUMNS + column] : 0;
            }
            cr_expect_neq(in_row, 1, "round %d, row %zu", round, row);
            for (size_t column = 0; row < GROUPS && column < COLUMNS; column++) {
                uint64_t count = counts[row * COLUMNS + column];
                bool small = (count > 0 && count < policy_bands_minimum_count(four)) || (count > 0 && count == size) ||
                             (size > 0 && size < policy_bands_minimum_group(four));
                cr_expect(!small || hidden[row * (COLUMNS + 1) + column], "round %d: %d of %d is shown", round,
                          (int)count, (int)size);
            }
        }
        for (size_t column = 0; column <= COLUMNS; column++) {
            size_t in_column = 0;
            for (size_t row = 0; row <= GROUPS; row++) {
                in_column += hidden[row * (COLUMNS + 1) + column];
            }
            cr_expect_neq(in_column, 1, "round %d, column %zu", round, column);
        }
    }
}

Test(bands, schemes_are_found_by_id)
{
    policy_error *err = NULL;
    const policy_bands *found = NULL;
    cr_expect_eq(policy_engine_bands(engine, "fuor", &found, &err), POLICY_E_NOT_FOUND);
    cr_expect_str_eq(policy_error_nearest(err), "four");
    policy_error_free(err);
    err = NULL;
    cr_expect_eq(policy_engine_bands(engine, NULL, &found, &err), POLICY_E_ARGUMENT, "there are two");
    policy_error_free(err);
    cr_expect_eq(policy_bands_count(four), 4);
    cr_expect_str_eq(policy_bands_text(four, 0, POLICY_LANGUAGE_ZH), "优秀");
}
