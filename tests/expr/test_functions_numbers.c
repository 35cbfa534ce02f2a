/* Math, conversions and lists of numbers: the edges of their ranges. */
#include <criterion/criterion.h>

#include "support/expressions.h"

static expressions *e;

static void setup(void)
{
    e = expressions_new(NULL);
}

static void teardown(void)
{
    expressions_free(e);
}

TestSuite(functions_numbers, .init = setup, .fini = teardown);

Test(functions_numbers, conversions_refuse_what_does_not_fit)
{
    static const said cases[] = {
        {"int(9223372036854775807u)", "9223372036854775807"},
        {"int(9223372036854775808u)", "error(9223372036854775808 cannot become int)"},
        {"int(9223372036854774784.0)", "9223372036854774784"},
        {"int(9223372036854775808.0)", "error(9223372036854776000 cannot become int)"},
        {"int(-9223372036854775808.0)", "error(-9223372036854776000 cannot become int)"},
        {"int(0.0 / 0.0)", "error(NaN cannot become int)"},
        {"int(-3.9)", "-3"},
        {"int('-9223372036854775808')", "-9223372036854775808"},
        {"int('9223372036854775808')", "error('9223372036854775808' cannot become int)"},
        {"int(' 1')", "error(' 1' cannot become int)"},
        {"int('')", "error('' cannot become int)"},
        {"uint(18446744073709549568.0)", "18446744073709549568"},
        {"uint(18446744073709551616.0)", "error(18446744073709552000 cannot become uint)"},
        {"uint(-0.5)", "error(-0.5 cannot become uint)"},
        {"uint('-1')", "error('-1' cannot become uint)"},
        {"double('1e400')", "error('1e400' cannot become double)"},
        {"double('NaN') == double('NaN')", "false"},
        {"double('-inf') < 0.0", "true"},
        {"double('1,5')", "error('1,5' cannot become double)"},
        {"bool('yes')", "error('yes' cannot become bool)"},
        {"bool('T') && !bool('0')", "true"},
        {"string(-0.0)", "-0"},
        {"string(1e21)", "1e+21"},
        {"string(true) + string(1u)", "true1"},
        {"duration('1x')", "error(1x is not a duration like 1h30m or 90s)"},
        {"duration('400000000000s')", "error(the time is out of range)"},
        {"timestamp('2021-11-19')", "error(2021-11-19 is not a timestamp like 2021-11-19T08:30:00Z)"},
        {"timestamp(253402300800)", "error(the time is out of range)"},
    };
    expressions_table(e, cases);
}

Test(functions_numbers, greatest_and_least_compare_numbers_of_all_kinds)
{
    static const said cases[] = {
        {"math.greatest(1, 2u, 2.5)", "2.5"},
        {"math.least(-1, 0u)", "-1"},
        {"math.greatest(9007199254740993, 9007199254740992.0)", "9007199254740993"},
        {"math.greatest(1.0, 0.0 / 0.0, 2.0)", "NaN"},
        {"math.least(0.0 / 0.0, 1.0)", "NaN"},
        {"math.greatest([1])", "1"},
        {"math.greatest([1, 2].filter(x, x > 2))", "error(math.greatest() of an empty list has no value)"},
        {"math.least([1, dyn('a')])", "error(math.least() cannot use string in the list)"},
        {"math.greatest(1, 2, dyn(true))", "error(math.greatest() cannot use bool in the list)"},
        {"math.round(-0.5)", "-1"},
        {"math.round(0.49999999999999994)", "0"},
        {"math.sqrt(-1.0)", "NaN"},
        {"math.abs(-9223372036854775807)", "9223372036854775807"},
        {"math.sign(0.0 / 0.0)", "NaN"},
        {"math.bitShiftRight(-1, 63)", "1"},
        {"math.bitShiftLeft(1, 63)", "-9223372036854775808"},
        {"math.bitShiftLeft(1, 64)", "0"},
        {"math.bitNot(0u)", "18446744073709551615"},
    };
    expressions_table(e, cases);
}

Test(functions_numbers, lists_are_summed_and_compared)
{
    static const said cases[] = {
        {"items.sum()", "6"},
        {"[1u, 2u].sum()", "3"},
        {"[0.5, 0.25].sum()", "0.75"},
        {"[duration('50m'), duration('20m')].sum() == duration('70m')", "true"},
        {"[9223372036854775807, 1].sum()", "error(the result of sum is out of range)"},
        {"[-9223372036854775807, -2].sum()", "error(the result of sum is out of range)"},
        {"[18446744073709551615u, 1u].sum()", "error(the result of sum is out of range)"},
        {"items.filter(x, x > 5).sum()", "0"},
        {"type(['a'].map(x, 0.5).filter(x, x > 1.0).sum()) == double", "true"},
        {"dyn([1, 2.5]).sum()", "error(sum() cannot use double in the list)"},
        {"dyn(['a']).sum()", "error(sum() cannot use string in the list)"},
        {"dyn([1.5, 2.5]).sum()", "4"},
        {"items.min()", "1"},
        {"words.max()", "期中"},
        {"[false, true].max()", "true"},
        {"[duration('1s'), duration('-1s')].min() == duration('-1s')", "true"},
        {"dyn([1, 'a']).max()", "error(max() cannot use string in the list)"},
        {"dyn([[1]]).max()", "error(max() cannot use list(dyn) in the list)"},
        {"dyn([1, 2.5, 2u]).max()", "2.5"},
        {"[1.0, 0.0 / 0.0].min()", "NaN"},
        {"items.filter(x, x > 5).max()", "error(max() of an empty list has no value)"},
    };
    expressions_table(e, cases);
}

Test(functions_numbers, missing_arguments_make_results_unknown)
{
    static const said cases[] = {
        {"math.abs(unknown_n)", "unknown(unknown_n)"},
        {"string(unknown_n)", "unknown(unknown_n)"},
        {"[1, unknown_n].sum()", "unknown(unknown_n)"},
        {"'%d'.format([empty_n])", "unknown(empty_n)"},
    };
    expressions_table(e, cases);
}
