/*
 * Plain scalars by their looks, and the words on which readers of YAML disagree.
 */
#include "pack/literal.h"

#include <criterion/criterion.h>

#include "pack/help.h"
#include "pack/yaml.h"

/* "text" into its type, or "refused". */
static void type_of(const char *text, buffer *out)
{
    policy_options options;
    options_init(&options, NULL);
    arena memory;
    arena_init(&memory, &options.allocator, 0);
    loader l;
    loader_init(&l, &options, &memory);
    buffer_clear(out);
    const node *n = yaml_read(&l, STR("f"), str_of(text));
    if (n && literal_check(&l, n, STR("p"))) {
        const type *t;
        value v = literal_read(n, &memory, &t);
        cr_assert_neq(v.kind, VALUE_ERROR);
        type_write(out, t);
    } else {
        buffer_put_c(out, "refused");
    }
    policy_error_free(l.errors);
    arena_free(&memory);
}

Test(literal, gives_each_scalar_one_type_or_refuses_it)
{
    static const char *const table[][2] = {
        {"60", "int"},
        {"-3", "int"},
        {"0", "int"},
        {"-0", "int"},
        {"007", "string"},
        {"00123", "string"},
        {"+1", "refused"},
        {"-07", "refused"},
        {"1_000", "refused"},
        {"1_000.5", "refused"},
        {"0x1F", "refused"},
        {"0o17", "refused"},
        {"0b101", "refused"},
        {"1,200", "string"},
        {"9223372036854775807", "int"},
        {"9223372036854775808", "refused"},
        {"-9223372036854775808", "int"},
        {"0.9", "double"},
        {"1.5e3", "double"},
        {"1e5", "double"},
        {"1E-3", "double"},
        {"-0.5", "double"},
        {".5", "refused"},
        {"5.", "refused"},
        {"1.2.3", "string"},
        {"+0.5", "refused"},
        {"1e999", "refused"},
        {".inf", "refused"},
        {"-.inf", "refused"},
        {".nan", "refused"},
        {".NaN", "refused"},
        {"1e", "string"},
        {"2.10", "double"},
        {"true", "bool"},
        {"false", "bool"},
        {"True", "refused"},
        {"FALSE", "refused"},
        {"yes", "refused"},
        {"No", "refused"},
        {"on", "refused"},
        {"OFF", "refused"},
        {"y", "refused"},
        {"n", "refused"},
        {"null", "refused"},
        {"~", "refused"},
        {"''", "string"},
        {"'no'", "string"},
        {"\"60\"", "string"},
        {"'2021-11-19'", "string"},
        {"2021-11-19", "date"},
        {"2021-2-30", "string"},
        {"2021-02-30", "refused"},
        {"2021-13-01", "refused"},
        {"20211119", "int"},
        {"2021-11-19T08:00:00Z", "string"},
        {"17:30", "time"},
        {"08:05:09", "time"},
        {"24:00", "refused"},
        {"7:30", "time"},
        {"12:60", "refused"},
        {"1:2", "string"},
        {"190:20:30", "string"},
        {"一年级", "string"},
        {"2班", "string"},
        {"1.2.", "string"},
        {"a-b", "string"},
        {"3 班", "string"},
        {"[1, 2]", "list(int)"},
        {"[1, 2.5]", "list(double)"},
        {"[周考, 月考]", "list(string)"},
        {"[1, 周考]", "refused"},
        {"[]", "list(dyn)"},
        {"[2021-09-18]", "list(date)"},
        {"{primary: 60, junior: 90}", "map(string, int)"},
        {"{a: 17:30}", "map(string, time)"},
        {"{a: 1, b: x}", "map(string, dyn)"},
        {"{a: [1], b: [2]}", "map(string, list(int))"},
        {"[[1], [2]]", "list(list(int))"},
        {"[1, ~]", "refused"},
    };
    buffer out;
    buffer_init(&out, &allocator_system, 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        type_of(table[i][0], &out);
        cr_expect_str_eq(out.data, table[i][1], "%s is %s", table[i][0], out.data);
    }
    buffer_free(&out);
}

Test(literal, reads_values_exactly)
{
    policy_options options;
    options_init(&options, NULL);
    arena memory;
    arena_init(&memory, &options.allocator, 0);
    loader l;
    loader_init(&l, &options, &memory);
    const type *t;
    const node *n = yaml_read(&l, STR("f"), STR("[17:30, 08:05:09, 8:20]"));
    value v = literal_read(n, &memory, &t);
    cr_assert_eq(v.as.list->count, 3);
    cr_expect_eq(v.as.list->items[0].as.i, 17 * 3600 + 30 * 60);
    cr_expect_eq(v.as.list->items[1].as.i, 8 * 3600 + 5 * 60 + 9);
    cr_expect_eq(v.as.list->items[2].as.i, 8 * 3600 + 20 * 60);
    v = literal_read(yaml_read(&l, STR("f"), STR("{a: 1, b: 2.5}")), &memory, &t);
    cr_assert_eq(v.as.map->count, 2);
    cr_expect_eq(v.as.map->values[0].kind, VALUE_DOUBLE, "whole numbers among decimals are decimals");
    cr_expect(str_equal(value_text(v.as.map->keys[1]), STR("b")));
    v = literal_read(yaml_read(&l, STR("f"), STR("2021-11-19")), &memory, &t);
    cr_expect_eq(v.as.i, 18950);
    arena_free(&memory);
}
