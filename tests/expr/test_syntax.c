/* Text to tree: what parses, what it stands for, and where the first mistake is. */
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

TestSuite(syntax, .init = start, .fini = stop);

Test(syntax, literals_stand_for_themselves)
{
    static const said table[] = {
        {"0", "0"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"0x7fffffffffffffff", "9223372036854775807"},
        {"-0x8000000000000000", "-9223372036854775808"},
        {"18446744073709551615u", "18446744073709551615"},
        {"0xFFu", "255"},
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"1e3", "1000"},
        {"1.5e-3", "0.0015"},
        {"-2.5", "-2.5"},
        {"true", "true"},
        {"null", "null"},
        {"'a'", "a"},
        {"\"a'b\"", "a'b"},
        {"'''a'b''c'''", "a'b''c"},
        {"\"\"\"two\nlines\"\"\"", "two\nlines"},
        {"r'\\n'", "\\n"},
        {"R\"\\\"", "\\"},
        {"'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\`\\?'", "\a\b\f\n\r\t\v\\'\"`?"},
        {"'\\x41\\101\\u5BB6\\U0001F600'", "AA家😀"},
        {"b'\\x41\\101z'", "AAz"},
        {"rb'\\x41'", "\\x41"},
        {"'家庭作业'", "家庭作业"},
        {"[1, 2,]", "1, 2"},
        {"{'a': 1, 'b': 2,}", "{a: 1, b: 2}"},
        {"[]", ""},
        {"{}", "{}"},
        {"1 // one\n + 2 // two", "3"},
        {"b'\\xff' == b'\\377'", "true"},
        {"'\\xff' == '\\u00ff'", "true"},
    };
    expressions_table(e, table);
}

Test(syntax, operators_bind_as_the_language_says)
{
    static const said table[] = {
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"10 - 3 - 2", "5"},
        {"100 / 10 / 2", "5"},
        {"7 % 4 * 2", "6"},
        {"-2 + 5", "3"},
        {"--2", "2"},
        {"- 2", "-2"},
        {"-(2)", "-2"},
        {"!true || true", "true"},
        {"!(true || true)", "false"},
        {"true || false && false", "true"},
        {"(true || false) && false", "false"},
        {"1 + 1 == 2 && 2 < 3", "true"},
        {"1 in [1] == true", "true"},
        {"false ? 1 : true ? 2 : 3", "2"},
        {"1 < 2 ? 'a' : 'b'", "a"},
        {"true || false ? 1 : 2", "1"},
        {"[1, 2][0] + 1", "2"},
        {"-[1, 2][1]", "-2"},
    };
    expressions_table(e, table);
}

Test(syntax, a_mistake_is_shown_where_it_stands)
{
    static const said table[] = {
        {"", "1:1 the expression ends too early"},
        {"grade <=", "1:9 the expression ends too early"},
        {"grade <= 2)", "1:11 unexpected )"},
        {"(grade <= 2", "1:12 the expression ends where ) was expected"},
        {"[1, 2", "1:6 the expression ends where ] was expected"},
        {"[1 2]", "1:4 expected ] before 2"},
        {"{'a' 1}", "1:6 expected : before 1"},
        {"grade = 2", "1:7 the character = does not belong here; did you mean '=='?"},
        {"yes & no", "1:5 the character & does not belong here; did you mean '&&'?"},
        {"grade ＜ 2", "1:7 the character ＜ does not belong here; did you mean '<'?"},
        {"name == “期中”", "1:9 the character “ does not belong here; did you mean '\"'?"},
        {"yes ？ 1 ： 2", "1:5 the character ？ does not belong here; did you mean '?'?"},
        {"grade # 2", "1:7 the character # does not belong here"},
        {"'abc", "1:1 this text has no closing quote"},
        {"'a\nb'", "1:1 this text has no closing quote"},
        {"'''a'", "1:1 this text has no closing quote"},
        {"'a\\qb'", "1:3 \\q is not an escape that texts know"},
        {"'\\x4'", "1:2 \\x is not an escape that texts know"},
        {"'\\ud800'", "1:2 \\u is not an escape that texts know"},
        {"'\\400'", "1:2 \\4 is not an escape that texts know"},
        {"b'\\u0041'", "1:3 \\u is not an escape that texts know"},
        {"9223372036854775808", "1:1 the number is out of range"},
        {"-9223372036854775809", "1:1 the number is out of range"},
        {"18446744073709551616u", "1:1 the number is out of range"},
        {"0x", "1:1 malformed number"},
        {"12abc", "1:1 malformed number"},
        {"while", "1:1 while is a reserved word"},
        {"grade +\n  minutes +\n  ", "3:3 the expression ends too early"},
        {"has(1 + 2)", "1:5 has() takes a field, a function call, a selection x.y or an index x[i]"},
        {"items.all(1, true)", "1:11 the first argument must be a plain variable name"},
        {"items.transformList(x, x, x)", "1:24 the variable x is named twice"},
        {"Point{x: 1}", "1:6 messages like Name{field: value} are not part of the language"},
        {"\xff", "1:1 the text is not UTF-8"},
        {"'a\xc0'", "1:3 the text is not UTF-8"},
        {"yes ? 1", "1:8 the expression ends where : was expected"},
        {"grade. + 1", "1:8 unexpected +"},
        {"f(1,)", "1:5 unexpected )"},
    };
    expressions_table(e, table);
}

Test(syntax, columns_count_characters_and_follow_the_file)
{
    expr_text source = {.text = STR("name == '期中' &&\nwrong"),
                        .at = {STR("rules.yaml"), 12, 9},
                        .indent = 6,
                        .rule = STR("exam.count")};
    place first = expr_place(&source, 15), last = expr_place(&source, (uint32_t)source.text.size);
    cr_expect_eq(first.line, 12u);
    cr_expect_eq(first.column, 9u + 11u); /* nine characters and two of three bytes each before it */
    cr_expect_eq(last.line, 13u);
    cr_expect_eq(last.column, 6u + 5u + 1u);

    policy_error *err = NULL;
    expr *x;
    expr_options options = {.options = expressions_options(e)};
    cr_assert_eq(expr_compile(expressions_env(e), &source, &options, &x, &err), POLICY_E_NAME);
    cr_expect_str_eq(policy_error_file(err), "rules.yaml");
    cr_expect_str_eq(policy_error_rule(err), "exam.count");
    cr_expect_eq(policy_error_line(err), 13u);
    cr_expect_eq(policy_error_column(err), 7u);
    cr_expect_str_eq(policy_error_excerpt(err), "wrong\n^");
    policy_error_free(err);
}

Test(syntax, the_status_says_what_kind_of_mistake)
{
    static const struct {
        const char *text;
        policy_status status;
    } cases[] = {{"1 +", POLICY_E_SYNTAX},
                 {"grade + name", POLICY_E_TYPE},
                 {"grad", POLICY_E_NAME},
                 {"form == 'x'", POLICY_E_NAME},
                 {"date('x')", POLICY_E_SYNTAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        policy_status status;
        cr_expect_null(expressions_compile(e, str_of(cases[i].text), &status));
        cr_expect_eq(status, cases[i].status, "%s", cases[i].text);
    }
}
