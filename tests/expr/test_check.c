/* The checker: types of expressions, and mistakes that must be found before anything runs. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "expr/tree.h"
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

TestSuite(check, .init = start, .fini = stop);

static void types(const said *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = expressions_type(e, table[i].text);
        cr_expect_str_eq(got, table[i].expected, "%s\n  has type %s\n  expected %s", table[i].text, got,
                         table[i].expected);
    }
}

Test(check, every_expression_has_a_type)
{
    static const said table[] = {
        {"grade + 1", "int"},
        {"minutes * 2.0", "double"},
        {"grade < minutes", "bool"},
        {"form", "enum(form)"},
        {"yes ? form : 'oral'", "enum(form)"},
        {"yes ? 'a' : no ? 'b' : 'c'", "enum(?:)"},
        {"yes ? 'a' : name", "string"},
        {"due - assigned", "duration"},
        {"assigned + (due - assigned)", "date"},
        {"(due - assigned) + assigned", "date"},
        {"end - time('17:00')", "duration"},
        {"end + (due - assigned)", "time"},
        {"[1, 2]", "list(int)"},
        {"[1, 'a']", "list(dyn)"},
        {"[]", "list(dyn)"},
        {"[] + [1]", "list(int)"},
        {"[1] + []", "list(int)"},
        {"[[], [1]]", "list(list(int))"},
        {"{'a': 1}", "map(string, int)"},
        {"{'a': 1, 'b': 'x'}", "map(string, dyn)"},
        {"{}", "map(dyn, dyn)"},
        {"items[0]", "int"},
        {"params.minutes[name]", "int"},
        {"params.minutes.primary", "int"},
        {"any", "dyn"},
        {"any + 1", "int"},
        {"any.x", "dyn"},
        {"any[0]", "dyn"},
        {"items.map(x, string_of(x))", "1:14 unknown function string_of; did you mean 'string'?"},
        {"items.map(x, x > 1)", "list(bool)"},
        {"items.filter(x, x > 1)", "list(int)"},
        {"params.minutes.map(k, k)", "list(string)"},
        {"params.minutes.transformMap(k, v, v > 1)", "map(string, bool)"},
        {"items.transformMap(i, v, v > 1)", "map(int, bool)"},
        {"items.exists(i, v, v > i)", "bool"},
        {"no ? 'reading' : form", "enum(form)"},
        {"span(assigned, due)", "list(date)"},
        {"cel.bind(x, 1.5, x + x)", "double"},
        {"int", "type(int)"},
        {"null", "null_type"},
    };
    types(table, sizeof table / sizeof *table);
}

Test(check, unknown_names_come_with_the_nearest_one)
{
    static const said table[] = {
        {"grad <= 2", "1:1 unknown name grad; did you mean 'grade'?"},
        {"yes && minuts > 3.0", "1:8 unknown name minuts; did you mean 'minutes'?"},
        {"params.minute['a']", "1:1 unknown name params"},
        {"siz(items)", "1:1 unknown function siz; did you mean 'size'?"},
        {"items.siz()", "1:7 unknown function siz; did you mean 'size'?"},
        {"twise(3)", "1:1 unknown function twise; did you mean 'twice'?"},
        {"size", "1:1 size is a function and wants parentheses"},
        {"items.all(item, itm > 1)", "1:17 unknown name itm; did you mean 'item'?"},
        {"items.all(x, x > 1) && x > 1", "1:24 unknown name x"},
        {"xyzzy(1)", "1:1 unknown function xyzzy"},
        {"grad + minuts",
         "1:1 unknown name grad; did you mean 'grade'? | 1:8 unknown name minuts; did you mean 'minutes'?"},
    };
    expressions_table(e, table);
}

Test(check, wrong_types_are_named)
{
    static const said table[] = {
        {"grade + 'a'", "1:7 + cannot be used with int and string"},
        {"grade + minutes", "1:7 + cannot be used with int and double"},
        {"assigned + 1", "1:10 + cannot be used with date and int"},
        {"assigned == '2021-11-19'", "1:10 == cannot be used with date and string"},
        {"assigned < started", "1:10 < cannot be used with date and timestamp"},
        {"end + end", "1:5 + cannot be used with time and time"},
        {"items < items", "1:7 < cannot be used with list(int) and list(int)"},
        {"name in items", "1:6 in cannot be used with string and list(int)"},
        {"1 in grade", "1:3 in cannot be used with int and int"},
        {"name % 2", "1:6 % cannot be used with string and int"},
        {"minutes % 2.0", "1:9 % cannot be used with double and double"},
        {"!grade", "1:2 ! wants true or false, found int"},
        {"yes && name", "1:8 && wants true or false, found string"},
        {"grade || yes", "1:1 || wants true or false, found int"},
        {"grade ? 1 : 2", "1:1 ?: wants true or false, found int"},
        {"-name", "1:1 - cannot be used with string"},
        {"yes ? 1 : 'a'", "1:5 the branches of ?: have different types: int and string"},
        {"grade.x", "1:7 int has no field x"},
        {"items['a']", "1:6 [] cannot be used with list(int) and string"},
        {"params.minutes[1]", "1:15 [] cannot be used with map(string, int) and int"},
        {"grade.all(x, x)", "1:7 all works on lists and maps, found int"},
        {"items.all(x, x)", "1:14 all wants true or false, found int"},
        {"items.filter(x, 'a')", "1:17 filter wants true or false, found string"},
        {"{1.5: 2}", "1:2 a map key must be bool, int, uint or string, found double"},
        {"twice('a')", "1:1 twice does not take (string); it takes (int)"},
        {"all(1)", "1:1 unknown function all"},
        {"[] == [] && size()", "1:13 size does not take (); it takes (list(A)), (map(A, B)), (string), (bytes)"},
        {"twice(1, 2)", "1:1 twice does not take (int, int); it takes (int)"},
        {"span(assigned, 3)", "1:1 span does not take (date, int); it takes (date, date)"},
        {"contains_any(name, [1])",
         "1:1 contains_any does not take (string, list(int)); it takes (string, list(string))"},
    };
    expressions_table(e, table);
}

Test(check, a_value_outside_an_enum_is_refused)
{
    static const said table[] = {
        {"form == 'written'", "true"},
        {"'oral' == form", "false"},
        {"form == 'writen'",
         "1:9 'writen' is not a value of form; it is one of written, oral, reading; did you mean 'written'?"},
        {"'orall' != form",
         "1:1 'orall' is not a value of form; it is one of written, oral, reading; did you mean 'oral'?"},
        {"form in ['oral', 'readin']",
         "1:18 'readin' is not a value of form; it is one of written, oral, reading; did you mean 'reading'?"},
        {"form in ['written', 'oral']", "true"},
        {"form == 'xyz'", "1:9 'xyz' is not a value of form; it is one of written, oral, reading"},
        {"(yes ? 'primary' : 'junior') == 'junor'",
         "1:33 'junor' is not a value of ?:; it is one of primary, junior; did you mean 'junior'?"},
        {"(yes ? 'a' : no ? 'b' : 'c') == 'c'", "false"},
        {"(yes ? form : 'other') == 'other'", "false"},
        {"(yes ? form : 'oral') == 'other'",
         "1:26 'other' is not a value of form; it is one of written, oral, reading"},
        {"(yes ? form : 'other') == 'written'", "true"},
        {"(yes ? form : 'other') == 'othr'",
         "1:27 'othr' is not a value of ?:; it is one of written, oral, reading, other; did you mean 'other'?"},
        {"(yes ? form : name) == 'anything'", "false"},
        {"cel.bind(f, form, f == 'orl')",
         "1:24 'orl' is not a value of form; it is one of written, oral, reading; did you mean 'oral'?"},
        {"[form].exists(f, f == 'orl')",
         "1:23 'orl' is not a value of form; it is one of written, oral, reading; did you mean 'oral'?"},
        {"form == name", "false"},
        {"form + 'x' == 'anything'", "false"},
    };
    expressions_table(e, table);
}

Test(check, constants_that_a_function_refuses_are_found_at_load)
{
    static const said table[] = {
        {"assigned < date('2021-02-30')", "1:17 2021-02-30 is not a date like 2021-11-19"},
        {"end > time('17.30')", "1:12 17.30 is not a time like 17:30"},
        {"numbers(name, '抄写')", "1:15 抄写 needs exactly one {n} with text beside it"},
        {"numbers(name, '{n}')", "1:15 {n} needs exactly one {n} with text beside it"},
    };
    expressions_table(e, table);
}

static const char *expecting(const char *text, const type *expected)
{
    static char said_text[400];
    policy_error *err = NULL;
    expr *x;
    expr_text source = {.text = str_of(text)};
    expr_options options = {.options = expressions_options(e), .expected = expected};
    policy_status status = expr_compile(expressions_env(e), &source, &options, &x, &err);
    snprintf(said_text, sizeof said_text, "%s", status ? policy_error_message(err, POLICY_LANGUAGE_EN) : "fine");
    policy_error_free(err);
    expr_free(x);
    return said_text;
}

Test(check, the_result_must_be_what_is_asked_for)
{
    cr_expect_str_eq(expecting("grade > 2", &type_bool), "fine");
    cr_expect_str_eq(expecting("any", &type_bool), "fine");
    cr_expect_str_eq(expecting("grade", &type_double), "fine");
    cr_expect_str_eq(expecting("grade", &type_bool), "expected bool, found int");
    cr_expect_str_eq(expecting("end", &type_duration), "fine");
    cr_expect_str_eq(expecting("name", &type_date), "expected date, found string");
}

Test(check, all_mistakes_are_reported_but_at_most_ten)
{
    policy_error *err = NULL;
    expr *x;
    expr_text source = {.text = STR("[q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12]")};
    expr_options options = {.options = expressions_options(e)};
    cr_assert_eq(expr_compile(expressions_env(e), &source, &options, &x, &err), POLICY_E_NAME);
    size_t count = 0;
    for (const policy_error *at = err; at; at = policy_error_next(at)) {
        count++;
    }
    cr_expect_eq(count, 10u);
    policy_error_free(err);
}

Test(check, dotted_names_and_containers_take_the_longest_name)
{
    static const said table[] = {{"x.y", "1"},
                                 {"x.y.z", "2"},
                                 {"x.y.w", "1:5 int has no field w"},
                                 {"x.y.z + x.y", "3"},
                                 {".x.y", "1"},
                                 {"z", "9"},
                                 {"y", "8"},
                                 {".y", "7"},
                                 {"[1].all(y, y == 1)", "true"},
                                 {"[1].all(y, .y == 7)", "true"},
                                 {"[{'z': 5}].all(x, x.z == 5)", "true"}};
    env *at = expressions_env(e);
    cr_assert(env_add_constant(at, STR("x.y"), &type_int, value_int(1)));
    cr_assert(env_add_constant(at, STR("x.y.z"), &type_int, value_int(2)));
    cr_assert(env_add_constant(at, STR("y"), &type_int, value_int(7)));
    cr_assert(env_add_constant(at, STR("a.y"), &type_int, value_int(8)));
    cr_assert(env_add_constant(at, STR("a.b.z"), &type_int, value_int(9)));
    env_set_container(at, STR("a.b"));
    expressions_table(e, table);
}

Test(check, a_name_is_taken_only_once)
{
    env *at = expressions_env(e);
    cr_expect_not(env_add_variable(at, STR("grade"), &type_int, 9, -1));
    cr_expect_not(env_add_constant(at, STR("grade"), &type_int, value_int(1)));
    cr_expect(env_has(at, STR("grade")));
    cr_expect(env_has(at, STR("size")));
    cr_expect_not(env_has(at, STR("grades")));
    cr_expect(
        env_add_variable(at, STR("size"), &type_int, 0, -1)); /* a field may be called like a library's function */
    cr_expect_str_eq(expressions_say(e, "size + size(items)"), "6");
    cr_expect_eq(env_variable_type(at, STR("grade"))->kind, TYPE_INT);
    cr_expect_null(env_variable_type(at, STR("nobody")));
}

Test(check, the_tree_stays_as_written_for_walkers)
{
    policy_error *err = NULL;
    expr *x;
    expr_text source = {.text = STR("grade > 2 && minutes > 1.0 * 2.0 && params.limit > 3")};
    expr_options options = {.options = expressions_options(e), .keep_tree = true};
    cr_assert_eq(expr_compile(expressions_env(e), &source, &options, &x, &err), POLICY_OK);
    const tree *root = expr_tree(x);
    cr_assert(root);
    cr_expect_eq(root->kind, TREE_AND);
    cr_expect_eq(root->count, 3u);
    const tree *product = root->children[1]->children[1];
    cr_expect_eq(product->kind, TREE_BINARY);
    cr_expect(tree_is_constant(product)); /* folded beside, not instead of */
    cr_expect_eq(product->count, 2u);
    const tree *limit = root->children[2]->children[0];
    cr_expect_eq(limit->kind, TREE_NAME);
    cr_expect(str_equal(limit->name, STR("params.limit")));
    expr_free(x);
}

Test(check, unchecked_expressions_fail_when_they_run)
{
    static const said table[] = {
        {"nobody", "error(undeclared name nobody)"},
        {"nobody || true", "true"},
        {"nobody_calls(17) || true", "true"},
        {"nobody_calls(17)", "error(no such overload: nobody_calls with dyn)"},
        {"1 + 'a'", "error(no such overload: + with int, string)"},
        {"1 == 'a'", "false"},
        {"false && 1 + 'a' == 2", "false"},
        {"'a' && true", "error(expected true or false, found string)"},
        {"'a' && false", "false"},
        {"size([1, 2])", "2"},
        {"size(1)", "error(no such overload: size with int)"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *got = expressions_say_unchecked(e, table[i].text);
        cr_expect_str_eq(got, table[i].expected, "%s gives %s", table[i].text, got);
    }
}
