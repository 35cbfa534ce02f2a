/* Functions on texts: edges that the conformance tests leave out, refusals, and what they cost. */
#include <criterion/criterion.h>
#include <stdlib.h>

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

TestSuite(functions_string, .init = setup, .fini = teardown);

Test(functions_string, positions_count_characters)
{
    static const said cases[] = {
        {"size('中a😀')", "3"},
        {"'中a😀'.charAt(2)", "😀"},
        {"'中a😀'.charAt(3)", ""},
        {"'中a😀'.charAt(4)", "error(position 4 is outside a text of 3 characters)"},
        {"'中a😀'.charAt(-1)", "error(position -1 is outside a text of 3 characters)"},
        {"'中a中a'.indexOf('a', 2)", "3"},
        {"'中a中a'.indexOf('', 4)", "4"},
        {"'中a中a'.indexOf('a', 5)", "error(position 5 is outside a text of 4 characters)"},
        {"'中a中a'.indexOf('a', 4)", "-1"},
        {"'中a中a'.lastIndexOf('a', 2)", "1"},
        {"'中a中a'.lastIndexOf('')", "4"},
        {"'aaa'.lastIndexOf('aa')", "1"},
        {"'中文字'.substring(1, 3)", "文字"},
        {"'中文字'.substring(3)", ""},
        {"'中文字'.substring(4)", "error(position 4 is outside a text of 3 characters)"},
        {"'a'.substring(9223372036854775807)", "error(position 9223372036854775807 is outside a text of 1 characters)"},
        {"''.charAt(0)", ""},
        {"size(b'\\xff\\x00')", "2"},
    };
    expressions_table(e, cases);
}

Test(functions_string, replaces_splits_and_joins)
{
    static const said cases[] = {
        {"'aaa'.replace('a', 'bb')", "bbbbbb"},
        {"'aaa'.replace('a', '', 2)", "a"},
        {"'aaa'.replace('a', 'b', 0)", "aaa"},
        {"'aaa'.replace('a', 'b', -1)", "bbb"},
        {"'aaaa'.replace('aa', 'b')", "bb"},
        {"'中文'.replace('', '-')", "-中-文-"},
        {"'中文'.replace('', '-', 2)", "-中-文"},
        {"''.replace('', 'x')", "x"},
        {"'abc'.replace('x', 'y')", "abc"},
        {"size('a,,b'.split(','))", "3"},
        {"size(''.split(','))", "1"},
        {"size(''.split(''))", "0"},
        {"'中文字'.split('').join('/')", "中/文/字"},
        {"'中文字'.split('', 2).join('/')", "中/文字"},
        {"'a,b'.split(',', 5).join('/')", "a/b"},
        {"size('a,b'.split(',', 0))", "0"},
        {"dyn([1]).join()", "error(join() cannot use int in the list)"},
        {"['a', dyn(null)].join('-')", "error(join() cannot use null_type in the list)"},
        {"'　 中\u00a0'.trim()", "中"},
        {"' \\t\\n'.trim()", ""},
        {"''.reverse()", ""},
        {"'a中😀'.reverse()", "😀中a"},
    };
    expressions_table(e, cases);
}

Test(functions_string, format_takes_what_its_verbs_take)
{
    static const said cases[] = {
        {"'%d %d'.format([-1, 18446744073709551615u])", "-1 18446744073709551615"},
        {"'%x %b %o'.format([-255, -5, -8])", "-ff -101 -10"},
        {"'%x'.format([-9223372036854775807 - 1])", "-8000000000000000"},
        {"'%.0f %.3f'.format([2.5, 1])", "2 1.000"},
        {"'%f'.format([1e300]).size()", "308"},
        {"'%.1000f'.format([0.5]).size()", "1002"},
        {"'%.1001f'.format([0.5])", "error(the precision in %.1001 is malformed or over 1000)"},
        {"'%.f'.format([0.5])", "error(the precision in %. is malformed or over 1000)"},
        {"'%.2d'.format([1])", "error(format() does not know %.2d)"},
        {"'%y'.format([1])", "error(format() does not know %y)"},
        {"'%中'.format([1])", "error(format() does not know %中)"},
        {"'100%'.format([])", "error(the format ends within %)"},
        {"'%s'.format([])", "error(the format names argument 1, but only 0 are given)"},
        {"'%d'.format([1.5])", "error(%d in the format does not take double)"},
        {"'%f'.format([true])", "error(%f in the format does not take bool)"},
        {"'%x'.format([1.5])", "error(%x in the format does not take double)"},
        {"'%o'.format([true])", "error(%o in the format does not take bool)"},
        {"'%s'.format([b'\\xff'])", "error(the bytes are not UTF-8)"},
        {"'%s %s'.format([date('2021-11-19'), duration('90s')])", "2021-11-19 90s"},
        {"'%s'.format([{10: 1, 9: 2}])", "{10: 1, 9: 2}"},
        {"'%s'.format(['a', 'b'])", "a"},
        {"strings.quote('\\x01')", "\"\x01\""},
    };
    expressions_table(e, cases);
}

Test(functions_string, patterns_are_checked_when_the_pack_is_loaded)
{
    static const said cases[] = {
        {"name.matches('期.考')", "true"},
        {"name.matches(form + '|期中')", "true"},
        {"name.matches('(?P<a>.)\\\\1')", "1:14 bad pattern at character 9: back-references are not supported"},
        {"name.matches(form + '(')", "error(bad pattern at character 8: missing ))"},
        {"name.matches('a{1000}{2}')", "1:14 bad pattern at character 8: bad repetition operator"},
        {"name.matches('(a{1000}){1000}')", "1:14 bad pattern at character 1: it is too large"},
    };
    expressions_table(e, cases);
}

/* Steps of an expression whose text variable has this many characters. */
static uint64_t cost(const char *text, size_t size)
{
    char *long_name = malloc(size);
    memset(long_name, 'a', size);
    activation *row = expressions_row(e);
    policy_status status;
    expr *x = expressions_compile(e, str_of(text), &status);
    cr_assert_not_null(x, "%s", text);
    size_t count;
    const int *slots = expr_slots(x, &count);
    cr_assert_eq(count, 1);
    value kept = row->slots[slots[0]];
    row->slots[slots[0]] = value_string((str){long_name, size});
    evaluation_reset(expressions_evaluation(e));
    value v = expr_evaluate(x, expressions_evaluation(e), row);
    cr_assert(v.kind != VALUE_ERROR, "%s: %.*s", text, (int)v.as.error->text_en.size, v.as.error->text_en.data);
    uint64_t steps = evaluation_steps(expressions_evaluation(e));
    row->slots[slots[0]] = kept;
    evaluation_reset(expressions_evaluation(e));
    expr_free(x);
    free(long_name);
    return steps;
}

Test(functions_string, twice_the_text_costs_at_most_two_and_a_half_times_as_much)
{
    static const char *const texts[] = {
        "name.contains(name + 'b')",
        "(name + name).contains(name + 'b')",
        "name.indexOf(name + 'b')",
        "name.lastIndexOf('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
        "name.replace('aa', 'b')",
        "name.replace('', 'bc')",
        "name.split('a')",
        "name.split('')",
        "name.split('').join('--')",
        "name.reverse().lowerAscii().upperAscii().trim()",
        "name.matches('(a+)+$')",
        "name.matches('a*a*a*a*b')",
        "'%s%x'.format([name, name])",
        "strings.quote(name)",
        "size(name)",
        "name.charAt(100) + name.substring(50)",
        "name.startsWith(name) && name.endsWith(name)",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t once = cost(texts[i], 4000), twice = cost(texts[i], 8000);
        cr_expect_leq(twice * 2, once * 5, "%s: %llu steps, then %llu", texts[i], (unsigned long long)once,
                      (unsigned long long)twice);
    }
}
