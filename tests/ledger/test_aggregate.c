/*
 * The algebra of aggregates: values as intervals, and that taking away and adding up undo and equal folding.
 */
#include <criterion/criterion.h>

#include "base/options.h"
#include "ledger/group.h"
#include "support/failing_allocator.h"

static policy_options options;
static evaluation *ev;

static void open_evaluation(void)
{
    options_init(&options, NULL);
    ev = evaluation_new(&options);
}

static void close_evaluation(void)
{
    evaluation_free(ev);
}

TestSuite(aggregate, .init = open_evaluation, .fini = close_evaluation);

static int64_t calendar_days(const void *context, int32_t from, int32_t until)
{
    (void)context;
    return until - from;
}

static aggregate_row exact(value a, value b)
{
    return (aggregate_row){.exact = true, .low = {a, b}, .high = {a, b}};
}

static aggregate_row maybe(value a, value b)
{
    aggregate_row row = exact(a, b);
    row.maybe = true;
    row.missing = 1;
    return row;
}

static aggregate_row between(value low, value high)
{
    return (aggregate_row){.missing = 2, .low = {low}, .high = {high}};
}

static void fold(const aggregate *g, aggregate_state *s, aggregate_row row, int sign)
{
    cr_assert(aggregate_fold(g, s, &row, sign, ev, &options.allocator));
}

static void expect(const aggregate *g, const aggregate_state *s, const char *text)
{
    aggregate_calendar days = {calendar_days, NULL};
    aggregate_result r = aggregate_value(g, s, &days, ev);
    buffer b;
    buffer_init(&b, &options.allocator, 0);
    if (r.v.kind == VALUE_INTERVAL) {
        if (r.v.as.interval->low.kind != VALUE_NULL) {
            value_write(&b, r.v.as.interval->low, NULL, POLICY_LANGUAGE_EN);
        }
        buffer_put_c(&b, "..");
        if (r.v.as.interval->high.kind != VALUE_NULL) {
            value_write(&b, r.v.as.interval->high, NULL, POLICY_LANGUAGE_EN);
        }
    } else if (r.v.kind == VALUE_NONE || r.v.kind == VALUE_UNKNOWN || r.v.kind == VALUE_ERROR) {
        buffer_put_c(&b, r.v.kind == VALUE_NONE ? "none" : r.v.kind == VALUE_UNKNOWN ? "unknown" : "error");
    } else {
        value_write(&b, r.v, NULL, POLICY_LANGUAGE_EN);
    }
    if (r.may_be_absent) {
        buffer_put_c(&b, "?");
    }
    cr_expect_str_eq(b.data, text);
    buffer_free(&b);
}

Test(aggregate, a_sum_takes_what_may_be_left_out_at_its_worst)
{
    aggregate g = {.kind = AGGREGATE_SUM};
    aggregate_state s = {0};
    expect(&g, &s, "0");
    fold(&g, &s, exact(value_int(10), value_null()), 1);
    fold(&g, &s, maybe(value_int(5), value_null()), 1);
    fold(&g, &s, maybe(value_int(-3), value_null()), 1);
    expect(&g, &s, "7..15");
    fold(&g, &s, between(value_int(0), value_null()), 1);
    expect(&g, &s, "7..");
    fold(&g, &s, between(value_int(0), value_null()), -1);
    fold(&g, &s, maybe(value_int(-3), value_null()), -1);
    fold(&g, &s, maybe(value_int(5), value_null()), -1);
    expect(&g, &s, "10");
    aggregate_free(&s, &options.allocator);
}

Test(aggregate, extremes_of_rows_that_may_not_be_there)
{
    aggregate g = {.kind = AGGREGATE_MAX};
    aggregate_state s = {0};
    expect(&g, &s, "none");
    fold(&g, &s, maybe(value_int(30), value_null()), 1);
    fold(&g, &s, maybe(value_int(40), value_null()), 1);
    expect(&g, &s, "30..40?");
    fold(&g, &s, exact(value_int(35), value_null()), 1);
    expect(&g, &s, "35..40");
    fold(&g, &s, between(value_null(), value_int(38)), 1);
    expect(&g, &s, "35..40");
    g.kind = AGGREGATE_MIN;
    expect(&g, &s, "..35");
    aggregate_free(&s, &options.allocator);
}

Test(aggregate, a_share_counts_doubt_against_and_for)
{
    aggregate g = {.kind = AGGREGATE_SHARE, .units = {UNIT_MICRO, UNIT_MICRO}};
    aggregate_state s = {0};
    expect(&g, &s, "none");
    fold(&g, &s, exact(value_bool(true), value_null()), 1);
    expect(&g, &s, "1");
    fold(&g, &s, exact(value_bool(false), value_null()), 1);
    expect(&g, &s, "0.5");
    fold(&g, &s, maybe(value_bool(false), value_null()), 1);
    expect(&g, &s, "0.3333333333333333..0.5");
    fold(&g, &s, between(value_bool(false), value_bool(true)), 1);
    expect(&g, &s, "0.25..0.6666666666666666");
    aggregate_free(&s, &options.allocator);
}

Test(aggregate, a_ratio_takes_the_rows_that_move_it_furthest)
{
    aggregate g = {.kind = AGGREGATE_RATIO};
    aggregate_state s = {0};
    fold(&g, &s, exact(value_int(10), value_int(10)), 1);
    fold(&g, &s, maybe(value_int(5), value_int(5)), 1);
    expect(&g, &s, "1");
    fold(&g, &s, maybe(value_int(0), value_int(10)), 1);
    fold(&g, &s, maybe(value_int(5), value_int(0)), 1);
    expect(&g, &s, "0.5..1.5");
    aggregate_free(&s, &options.allocator);
}

Test(aggregate, distinct_values_lie_between_the_sure_and_the_possible)
{
    aggregate g = {.kind = AGGREGATE_COUNT_DISTINCT};
    aggregate_state s = {0};
    fold(&g, &s, exact(value_string(STR("a")), value_null()), 1);
    fold(&g, &s, exact(value_string(STR("a")), value_null()), 1);
    fold(&g, &s, maybe(value_string(STR("a")), value_null()), 1);
    expect(&g, &s, "1");
    fold(&g, &s, maybe(value_string(STR("b")), value_null()), 1);
    fold(&g, &s, between(value_null(), value_null()), 1);
    expect(&g, &s, "1..3");
    g.domain_size = 2;
    expect(&g, &s, "1..2");
    aggregate_free(&s, &options.allocator);
}

Test(aggregate, runs_join_and_part_with_rows_in_doubt)
{
    aggregate g = {.kind = AGGREGATE_RUNS, .gap = 2};
    aggregate_state s = {0};
    expect(&g, &s, "0");
    fold(&g, &s, exact(value_date(100), value_null()), 1);
    fold(&g, &s, exact(value_date(102), value_null()), 1);
    expect(&g, &s, "1");
    fold(&g, &s, exact(value_date(105), value_null()), 1);
    expect(&g, &s, "2");
    fold(&g, &s, maybe(value_date(104), value_null()), 1);
    expect(&g, &s, "1..2");
    fold(&g, &s, maybe(value_date(200), value_null()), 1);
    expect(&g, &s, "1..3");
    aggregate_free(&s, &options.allocator);
}

Test(aggregate, merging_two_halves_equals_folding_all_and_taking_all_away_leaves_nothing)
{
    static const aggregate kinds[] = {
        {.kind = AGGREGATE_SUM}, {.kind = AGGREGATE_COUNT}, {.kind = AGGREGATE_COUNT_DISTINCT},
        {.kind = AGGREGATE_MIN}, {.kind = AGGREGATE_MAX},   {.kind = AGGREGATE_RATIO}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const aggregate *g = &kinds[k];
        group_table parts[3];
        value key = value_string(STR("the same class"));
        uint64_t hash = group_hash(&key, 1);
        for (int p = 0; p < 3; p++) {
            group_table_init(&parts[p], &options.allocator, 1);
        }
        unsigned seed = 7;
        aggregate_row rows[60];
        for (int i = 0; i < 60; i++) {
            seed = seed * 1103515245u + 12345u;
            value a = value_int((int64_t)(seed >> 16) % 9), b = value_int((int64_t)(seed >> 20) % 5 + 1);
            rows[i] = i % 7 == 0 ? maybe(a, b) : exact(a, b);
            group *one = group_insert(&parts[0], &key, hash), *half = group_insert(&parts[1 + i % 2], &key, hash);
            cr_assert(one && half);
            fold(g, &one->state, rows[i], 1);
            fold(g, &half->state, rows[i], 1);
            cr_assert(group_add_day(one, false, true, i % 5, 1, &options.allocator));
            cr_assert(group_add_day(half, false, true, i % 5, 1, &options.allocator));
        }
        source_names none = {NULL, 0};
        cr_assert(group_table_reserve(&parts[1], &parts[2], 0));
        group_table_merge(&parts[1], &parts[2], 0, &none);
        group *merged = group_find(&parts[1], &key, hash), *whole = group_find(&parts[0], &key, hash);
        aggregate_calendar days = {calendar_days, NULL};
        value x = aggregate_value(g, &merged->state, &days, ev).v, y = aggregate_value(g, &whole->state, &days, ev).v;
        cr_expect_eq(x.kind, y.kind);
        if (x.kind == VALUE_INTERVAL) {
            cr_expect_eq(value_compare(x.as.interval->low, y.as.interval->low), 0);
            cr_expect_eq(value_compare(x.as.interval->high, y.as.interval->high), 0);
        } else {
            cr_expect_eq(value_compare(x, y), 0);
        }
        for (int i = 0; i < 60; i++) { /* out again, in another order */
            group *minus = group_insert(&parts[2], &key, hash);
            fold(g, &minus->state, rows[(i * 17) % 60], -1);
            cr_assert(group_add_day(minus, false, true, (i * 17) % 60 % 5, -1, &options.allocator));
        }
        cr_expect(group_table_holds(&parts[0], &parts[2]));
        cr_assert(group_table_reserve(&parts[0], &parts[2], 0));
        group_table_merge(&parts[0], &parts[2], 0, &none);
        cr_expect_eq(parts[0].count, 0, "kind %zu leaves a group", k);
        group *minus = group_insert(&parts[2], &key, hash);
        fold(g, &minus->state, rows[1], -1);
        cr_expect_not(group_table_holds(&parts[0], &parts[2]), "taking away what is not there is noticed");
        for (int p = 0; p < 3; p++) {
            group_table_free(&parts[p]);
        }
    }
}

Test(aggregate, amounts_no_sum_can_hold_break_the_group)
{
    aggregate g = {.kind = AGGREGATE_SUM, .units = {UNIT_MICRO, UNIT_MICRO}};
    aggregate_state s = {0};
    fold(&g, &s, exact(value_double(1e300), value_null()), 1);
    expect(&g, &s, "error");
    fold(&g, &s, exact(value_double(1e300), value_null()), -1);
    fold(&g, &s, exact(value_double(0.0005), value_null()), 1);
    expect(&g, &s, "0.001");
    aggregate_free(&s, &options.allocator);
}
