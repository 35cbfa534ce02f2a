/* Values, none and unknown, errors and intervals: what each operator makes of them. docs/expressions.md tells it. */
#include <criterion/criterion.h>

#include "support/expressions.h"

static expressions *e;

static void start(void)
{
    e = expressions_new(NULL);
    cr_assert(e);
}

static void stop(void)
{
    expressions_free(e);
}

TestSuite(unknown, .init = start, .fini = stop);

Test(unknown, and_is_decided_by_false_and_else_unknown_beats_error)
{
    static const said table[] = {
        {"yes && yes", "true"},
        {"yes && no", "false"},
        {"yes && unknown_a", "unknown(unknown_a)"},
        {"yes && empty", "unknown(empty)"},
        {"yes && broken", "error(broken)"},
        {"no && yes", "false"},
        {"no && no", "false"},
        {"no && unknown_a", "false"},
        {"no && empty", "false"},
        {"no && broken", "false"},
        {"unknown_a && yes", "unknown(unknown_a)"},
        {"unknown_a && no", "false"},
        {"unknown_a && unknown_b", "unknown(unknown_a, unknown_b)"},
        {"unknown_a && unknown_a", "unknown(unknown_a)"},
        {"unknown_a && empty", "unknown(unknown_a, empty)"},
        {"unknown_a && broken", "unknown(unknown_a)"},
        {"empty && yes", "unknown(empty)"},
        {"empty && no", "false"},
        {"empty && unknown_a", "unknown(unknown_a, empty)"},
        {"empty && empty", "unknown(empty)"},
        {"empty && broken", "unknown(empty)"},
        {"broken && yes", "error(broken)"},
        {"broken && no", "false"},
        {"broken && unknown_a", "unknown(unknown_a)"},
        {"broken && empty", "unknown(empty)"},
        {"broken && broken", "error(broken)"},
        {"unknown_a && broken && unknown_b && yes", "unknown(unknown_a, unknown_b)"},
        {"unknown_a && broken && unknown_b && no", "false"},
        {"broken && 1 / count > 0", "error(broken)"},
        {"1 / count > 0 && broken", "error(division by zero)"},
    };
    expressions_table(e, table);
}

Test(unknown, or_is_decided_by_true_and_else_unknown_beats_error)
{
    static const said table[] = {
        {"yes || yes", "true"},
        {"yes || no", "true"},
        {"yes || unknown_a", "true"},
        {"yes || empty", "true"},
        {"yes || broken", "true"},
        {"no || yes", "true"},
        {"no || no", "false"},
        {"no || unknown_a", "unknown(unknown_a)"},
        {"no || empty", "unknown(empty)"},
        {"no || broken", "error(broken)"},
        {"unknown_a || yes", "true"},
        {"unknown_a || no", "unknown(unknown_a)"},
        {"unknown_a || unknown_b", "unknown(unknown_a, unknown_b)"},
        {"unknown_a || empty", "unknown(unknown_a, empty)"},
        {"unknown_a || broken", "unknown(unknown_a)"},
        {"empty || yes", "true"},
        {"empty || no", "unknown(empty)"},
        {"empty || unknown_a", "unknown(unknown_a, empty)"},
        {"empty || empty", "unknown(empty)"},
        {"empty || broken", "unknown(empty)"},
        {"broken || yes", "true"},
        {"broken || no", "error(broken)"},
        {"broken || unknown_a", "unknown(unknown_a)"},
        {"broken || empty", "unknown(empty)"},
        {"broken || broken", "error(broken)"},
    };
    expressions_table(e, table);
}

Test(unknown, not_keeps_what_is_missing)
{
    static const said table[] = {
        {"!yes", "false"},
        {"!no", "true"},
        {"!unknown_a", "unknown(unknown_a)"},
        {"!empty", "unknown(empty)"},
        {"!broken", "error(broken)"},
        {"!!unknown_a", "unknown(unknown_a)"},
    };
    expressions_table(e, table);
}

Test(unknown, a_conditional_takes_one_branch_or_names_all_that_is_missing)
{
    static const said table[] = {
        {"yes ? 1 : unknown_n", "1"},
        {"no ? unknown_n : 2", "2"},
        {"yes ? unknown_n : 2", "unknown(unknown_n)"},
        {"yes ? empty_n : 2", "unknown(empty_n)"},
        {"yes ? broken_n : 2", "error(broken)"},
        {"no ? broken_n : 2", "2"},
        {"unknown_a ? 1 : 1", "unknown(unknown_a)"},
        {"unknown_a ? unknown_n : 2", "unknown(unknown_a, unknown_n)"},
        {"unknown_a ? 1 : empty_n", "unknown(unknown_a, empty_n)"},
        {"unknown_a ? unknown_n : empty_n", "unknown(unknown_a, unknown_n, empty_n)"},
        {"unknown_a ? broken_n : broken_n", "unknown(unknown_a)"},
        {"empty ? 1 : 2", "unknown(empty)"},
        {"broken ? 1 : 2", "error(broken)"},
        {"broken ? unknown_n : 2", "error(broken)"},
        {"(unknown_a ? yes : no) || yes", "true"},
        {"unknown_a ? (unknown_b ? 1 : unknown_n) : 2", "unknown(unknown_a, unknown_b, unknown_n)"},
    };
    expressions_table(e, table);
}

Test(unknown, other_operators_are_unknown_when_an_operand_is)
{
    static const said table[] = {
        {"unknown_n + 1", "unknown(unknown_n)"},
        {"1 + empty_n", "unknown(empty_n)"},
        {"unknown_n + empty_n", "unknown(unknown_n, empty_n)"},
        {"unknown_n + broken_n", "unknown(unknown_n)"},
        {"broken_n + unknown_n", "unknown(unknown_n)"},
        {"broken_n + 1 / count", "error(broken)"},
        {"1 / count + broken_n", "error(division by zero)"},
        {"-unknown_n", "unknown(unknown_n)"},
        {"-broken_n", "error(broken)"},
        {"unknown_n == 1", "unknown(unknown_n)"},
        {"empty_n != 1", "unknown(empty_n)"},
        {"1 < empty_n", "unknown(empty_n)"},
        {"unknown_n == unknown_n", "unknown(unknown_n)"},
        {"unknown_n in [1]", "unknown(unknown_n)"},
        {"1 in [unknown_n]", "unknown(unknown_n)"},
        {"empty_n in items", "unknown(empty_n)"},
        {"items[unknown_n]", "unknown(unknown_n)"},
        {"[1, unknown_n, empty_n]", "unknown(unknown_n, empty_n)"},
        {"[broken_n, unknown_n]", "unknown(unknown_n)"},
        {"[broken_n, 1]", "error(broken)"},
        {"{1: unknown_n}", "unknown(unknown_n)"},
        {"{unknown_n: 1}[2]", "unknown(unknown_n)"},
        {"twice(unknown_n)", "unknown(unknown_n)"},
        {"twice(broken_n)", "error(broken)"},
        {"twice(unknown_n) + twice(empty_n)", "unknown(unknown_n, empty_n)"},
        {"is_missing(unknown_n)", "true"},
        {"is_missing(empty_n)", "true"},
        {"is_missing(low_high)", "true"},
        {"is_missing(grade)", "false"},
        {"is_missing(broken_n)", "error(broken)"},
        {"cel.bind(x, unknown_n, 3)", "3"},
        {"cel.bind(x, unknown_n, x + 3)", "unknown(unknown_n)"},
    };
    expressions_table(e, table);
}

Test(unknown, has_tells_value_none_and_unknown_apart)
{
    static const said table[] = {
        {"has(grade)", "true"},
        {"has(empty_n)", "false"},
        {"has(unknown_n)", "unknown(unknown_n)"},
        {"has(broken_n)", "error(broken)"},
        {"has(low_high)", "true"},
        {"has(measure('x'))", "true"},
        {"has(measure('none'))", "false"},
        {"has(measure('unknown'))", "unknown(measure)"},
        {"has(measure('interval'))", "true"},
        {"has(empty_n) ? empty_n : 7", "7"},
        {"has(unknown_n) ? unknown_n : 7", "unknown(unknown_n)"},
        {"has(empty_n) && empty_n > 3", "false"},
        {"!has(empty_n) || empty_n > 3", "true"},
        {"has(params.minutes)", "true"},
        {"has(params.minutes.primary)", "true"},
        {"has(params.minutes.senior)", "false"},
        {"has({'a': 1}['b'])", "false"},
        {"has(items[2])", "true"},
        {"has(items[3])", "false"},
        {"has(items[unknown_n])", "unknown(unknown_n)"},
        {"has(later)", "true"},
    };
    expressions_table(e, table);
}

Test(unknown, one_field_or_one_call_keeps_its_none)
{
    static const said table[] = {
        {"empty_n", "none(empty_n)"},
        {"measure('none')", "none(measure)"},
        {"measure('none') + 1", "unknown(measure)"},
        {"yes ? measure('none') : 1", "unknown(measure)"},
    };
    expressions_table(e, table);
}

Test(unknown, comparisons_of_intervals_decide_when_they_can)
{
    static const said table[] = {
        {"low_high < 10", "false"},
        {"low_high < 11", "unknown(low_high)"},
        {"low_high < 20", "unknown(low_high)"},
        {"low_high < 21", "true"},
        {"low_high <= 9", "false"},
        {"low_high <= 10", "unknown(low_high)"},
        {"low_high <= 19", "unknown(low_high)"},
        {"low_high <= 20", "true"},
        {"low_high > 20", "false"},
        {"low_high > 19", "unknown(low_high)"},
        {"low_high > 10", "unknown(low_high)"},
        {"low_high > 9", "true"},
        {"low_high >= 21", "false"},
        {"low_high >= 20", "unknown(low_high)"},
        {"low_high >= 10", "true"},
        {"low_high == 9", "false"},
        {"low_high == 10", "unknown(low_high)"},
        {"low_high == 21", "false"},
        {"low_high != 9", "true"},
        {"low_high != 15", "unknown(low_high)"},
        {"10 > low_high", "false"},
        {"21 > low_high", "true"},
        {"15 > low_high", "unknown(low_high)"},
        {"10 <= low_high", "true"},
        {"20 >= low_high", "true"},
        {"21 == low_high", "false"},
        {"low_high < 20.5", "true"},
        {"low_high < 9.5", "false"},
    };
    expressions_table(e, table);
}

Test(unknown, unbounded_and_single_intervals)
{
    static const said table[] = {
        {"at_least_5 < 5", "false"},
        {"at_least_5 < 6", "unknown(at_least_5)"},
        {"at_least_5 >= 5", "true"},
        {"at_least_5 > 5", "unknown(at_least_5)"},
        {"at_least_5 == 4", "false"},
        {"at_least_5 == 1000", "unknown(at_least_5)"},
        {"at_most_5 <= 5", "true"},
        {"at_most_5 < 5", "unknown(at_most_5)"},
        {"at_most_5 > 5", "false"},
        {"at_least_5 >= at_most_5", "true"},
        {"at_least_5 > at_most_5", "unknown(at_least_5, at_most_5)"},
        {"low_high > at_most_5", "true"},
        {"low_high < at_least_5", "unknown(low_high, at_least_5)"},
        {"low_high == low_high", "unknown(low_high)"},
        {"seven == 7", "true"},
        {"seven < 7", "false"},
        {"seven + 1", "8"},
        {"seven == seven", "true"},
        {"[seven]", "7"},
        {"low_high + 1", "unknown(low_high)"},
        {"-low_high", "unknown(low_high)"},
        {"twice(low_high)", "unknown(low_high)"},
        {"[low_high]", "unknown(low_high)"},
        {"low_high in [1]", "unknown(low_high)"},
        {"low_high in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "unknown(low_high)"},
        {"low_high < unknown_n", "unknown(unknown_n, low_high)"},
        {"low_high < broken_n", "unknown(low_high)"},
        {"low_high + unknown_n", "unknown(unknown_n, low_high)"},
        {"measure('interval') <= 20", "true"},
        {"measure('interval') <= 15", "unknown(measure)"},
        {"low_high", "[10, 20](low_high)"},
        {"yes ? low_high : 1", "[10, 20](low_high)"},
    };
    expressions_table(e, table);
}

Test(unknown, loops_follow_and_and_or)
{
    static const said table[] = {
        {"items.all(x, x > unknown_n)", "unknown(unknown_n)"},
        {"items.all(x, x > 2 || unknown_a)", "unknown(unknown_a)"},
        {"items.all(x, x > 2 && unknown_a)", "false"},
        {"items.exists(x, x > 2 || unknown_a)", "true"},
        {"items.exists(x, x > 5 || unknown_a)", "unknown(unknown_a)"},
        {"items.all(x, 1 / (x - 2) < 5)", "error(division by zero)"},
        {"items.all(x, x != 3 && 1 / (x - 2) < 5)", "false"},
        {"items.exists(x, x == 3 || 1 / (x - 2) == 9)", "true"},
        {"items.exists(x, 1 / (x - 2) == 9 || unknown_a)", "unknown(unknown_a)"},
        {"items.exists_one(x, x == 2)", "true"},
        {"items.exists_one(x, x == 2 || unknown_a)", "unknown(unknown_a)"},
        {"items.exists_one(x, 1 / (x - 2) == 1)", "error(division by zero)"},
        {"items.map(x, x + unknown_n)", "unknown(unknown_n)"},
        {"items.map(x, x == 1 ? unknown_n : x == 2 ? empty_n : 0)", "unknown(unknown_n, empty_n)"},
        {"items.filter(x, unknown_a)", "unknown(unknown_a)"},
        {"items.filter(x, x > 1 || unknown_a)", "unknown(unknown_a)"},
        {"[unknown_n].all(x, x > 0)", "unknown(unknown_n)"},
        {"items.transformList(i, x, unknown_a, x)", "unknown(unknown_a)"},
        {"items.transformMap(i, x, x / (x - 2))", "error(division by zero)"},
    };
    expressions_table(e, table);
}

Test(unknown, a_pending_field_is_computed_when_read)
{
    static const said table[] = {{"later + 1", "42"},
                                 {"later == 41", "true"},
                                 {"41 < later", "false"},
                                 {"later", "41"},
                                 {"no && later > 1", "false"}};
    expressions_table(e, table);
}

Test(unknown, a_program_names_what_it_reads)
{
    policy_status status;
    expr *x = expressions_compile(e, STR("grade > 2 && (measure(name) > 1 || grade < 9) && (true || minutes > 1.0)"),
                                  &status);
    cr_assert(x);
    size_t count;
    const int *slots = expr_slots(x, &count);
    cr_expect_eq(count, 2u); /* grade and name; minutes was folded away */
    cr_expect_eq(slots[0], 0);
    cr_expect_eq(slots[1], 6);
    uint64_t bits = 0;
    const char *names[] = {"grade", "name", "measure"};
    for (size_t i = 0; i < 3; i++) {
        bits |= UINT64_C(1) << env_add_source(expressions_env(e), str_of(names[i]));
    }
    cr_expect_eq(expr_sources(x), bits);
    expr_free(x);
}
