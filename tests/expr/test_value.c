/* Values: equality, order, hash, copies, and their text. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "expr/map_value.h"
#include "expr/time_text.h"
#include "support/expressions.h"

static arena memory;

static void start(void)
{
    arena_init(&memory, &allocator_system, 0);
}

static void stop(void)
{
    arena_free(&memory);
}

TestSuite(values, .init = start, .fini = stop);

static value list_of(const value *items, size_t count)
{
    value_list *list = arena_new(&memory, sizeof *list);
    value *kept = arena_array(&memory, count + 1, sizeof *kept);
    if (count) {
        memcpy(kept, items, count * sizeof *items);
    }
    *list = (value_list){count, kept};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

static value map_of(const value *keys, const value *held, size_t count)
{
    value_map *map = arena_new(&memory, sizeof *map);
    cr_assert_eq(map_value_fill(&memory, map, keys, held, count), MAP_VALUE_OK);
    return (value){.kind = VALUE_MAP, .as.map = map};
}

/* From least to greatest; neighbours in one group are equal. */
static size_t samples(value *out)
{
    static value lists[4][2];
    size_t n = 0;
    out[n++] = value_null();
    out[n++] = value_bool(false);
    out[n++] = value_bool(true);
    out[n++] = value_double(-INFINITY);
    out[n++] = value_int(INT64_MIN);
    out[n++] = value_double(-1.5);
    out[n++] = value_int(-1);
    out[n++] = value_int(0);
    out[n++] = value_double(0.5);
    out[n++] = value_int(1);
    out[n++] = value_int(9007199254740992);
    out[n++] = value_int(9007199254740993);
    out[n++] = value_int(INT64_MAX);
    out[n++] = value_double(9223372036854775808.0);
    out[n++] = value_uint(9223372036854775809u);
    out[n++] = value_uint(UINT64_MAX);
    out[n++] = value_double(18446744073709551616.0);
    out[n++] = value_double(INFINITY);
    out[n++] = value_double(NAN);
    out[n++] = value_string(STR(""));
    out[n++] = value_string(STR("a"));
    out[n++] = value_string(STR("a\0b"));
    out[n++] = value_string(STR("ab"));
    out[n++] = value_string(STR("家"));
    lists[0][0] = value_int(1);
    lists[1][0] = value_int(1);
    lists[1][1] = value_int(2);
    lists[2][0] = value_int(2);
    out[n++] = list_of(NULL, 0);
    out[n++] = list_of(lists[0], 1);
    out[n++] = list_of(lists[1], 2);
    out[n++] = list_of(lists[2], 1);
    out[n++] = (value){.kind = VALUE_TIMESTAMP, .as.i = -5, .size = (uint32_t)-1};
    out[n++] = (value){.kind = VALUE_TIMESTAMP, .as.i = -5};
    out[n++] = value_duration(-1, -1);
    out[n++] = value_duration(0, 0);
    out[n++] = value_duration(0, 1);
    out[n++] = value_date(-1);
    out[n++] = value_date(18950);
    return n;
}

Test(values, the_order_is_total_and_agrees_with_equality_and_hash)
{
    value all[64];
    size_t n = samples(all);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            int expected = i < k ? -1 : i > k ? 1 : 0, order = value_order(all[i], all[k]);
            cr_expect_eq(order, expected, "%zu and %zu: %d", i, k, order);
            bool nan = all[i].kind == VALUE_DOUBLE && isnan(all[i].as.d);
            cr_expect_eq(value_equal(all[i], all[k]), i == k && !nan, "%zu == %zu", i, k);
        }
    }
}

Test(values, numbers_of_all_kinds_are_one_line)
{
    static const struct {
        value a, b;
        int order;
    } cases[] = {{{.kind = VALUE_INT, .as.i = 1}, {.kind = VALUE_UINT, .as.u = 1}, 0},
                 {{.kind = VALUE_INT, .as.i = 1}, {.kind = VALUE_DOUBLE, .as.d = 1.0}, 0},
                 {{.kind = VALUE_UINT, .as.u = 1}, {.kind = VALUE_DOUBLE, .as.d = 1.0}, 0},
                 {{.kind = VALUE_INT, .as.i = 0}, {.kind = VALUE_DOUBLE, .as.d = -0.0}, 0},
                 {{.kind = VALUE_INT, .as.i = -1}, {.kind = VALUE_UINT, .as.u = UINT64_MAX}, -1},
                 {{.kind = VALUE_INT, .as.i = 9007199254740993}, {.kind = VALUE_DOUBLE, .as.d = 9007199254740992.0}, 1},
                 {{.kind = VALUE_INT, .as.i = INT64_MAX}, {.kind = VALUE_DOUBLE, .as.d = 9223372036854775808.0}, -1},
                 {{.kind = VALUE_INT, .as.i = INT64_MIN}, {.kind = VALUE_DOUBLE, .as.d = -9223372036854775808.0}, 0},
                 {{.kind = VALUE_UINT, .as.u = UINT64_MAX}, {.kind = VALUE_DOUBLE, .as.d = 18446744073709551616.0}, -1},
                 {{.kind = VALUE_UINT, .as.u = 0}, {.kind = VALUE_DOUBLE, .as.d = -0.5}, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(value_compare(cases[i].a, cases[i].b), cases[i].order, "case %zu", i);
        cr_expect_eq(value_compare(cases[i].b, cases[i].a), -cases[i].order, "case %zu turned", i);
        cr_expect_eq(value_equal(cases[i].a, cases[i].b), cases[i].order == 0, "case %zu", i);
        if (cases[i].order == 0) {
            cr_expect_eq(value_hash(cases[i].a), value_hash(cases[i].b), "case %zu", i);
        }
    }
    cr_expect_eq(value_compare(value_double(NAN), value_int(1)), 2);
    cr_expect_eq(value_compare(value_string(STR("1")), value_int(1)), 2);
}

Test(values, maps_find_keys_across_number_kinds_small_and_large)
{
    for (size_t count = 1; count < 200; count += 7) {
        value *keys = arena_array(&memory, count, sizeof *keys), *held = arena_array(&memory, count, sizeof *held);
        for (size_t i = 0; i < count; i++) {
            keys[i] = value_int((int64_t)i * 3);
            held[i] = value_int((int64_t)i);
        }
        value map = map_of(keys, held, count);
        for (size_t i = 0; i < count; i++) {
            const value *found = map_value_find(map.as.map, value_double((double)i * 3));
            cr_assert(found);
            cr_expect_eq(found->as.i, (int64_t)i);
            cr_expect_null(map_value_find(map.as.map, value_int((int64_t)i * 3 + 1)));
        }
        value *reversed = arena_array(&memory, count, sizeof *keys), *same = arena_array(&memory, count, sizeof *held);
        for (size_t i = 0; i < count; i++) {
            reversed[i] = keys[count - 1 - i];
            same[i] = held[count - 1 - i];
        }
        value turned = map_of(reversed, same, count);
        cr_expect(value_equal(map, turned));
        cr_expect_eq(value_hash(map), value_hash(turned));
        cr_expect_eq(value_order(map, turned), 0);
        keys[count - 1] = value_double(0);
        value_map doubled;
        cr_expect_eq(map_value_fill(&memory, &doubled, keys, held, count),
                     count == 1 ? MAP_VALUE_OK : MAP_VALUE_DUPLICATE);
    }
}

Test(values, copies_stand_on_their_own_and_enum_pointers_stay)
{
    char text[] = "text";
    value inside[] = {value_string(str_of(text)), value_int(2)}, key = value_string(str_of(text));
    value original = map_of(&key, &(value){.kind = VALUE_LIST, .as.list = list_of(inside, 2).as.list}, 1);
    value copied = value_copy(&memory, original);
    text[0] = 'n';
    cr_expect(str_equal(value_text(copied.as.map->keys[0]), STR("text")));
    cr_expect(str_equal(value_text(copied.as.map->values[0].as.list->items[0]), STR("text")));
    value code = value_string(STR("written"));
    code.interned = 1;
    cr_expect_eq(value_copy(&memory, code).as.text, code.as.text);
}

static const char *written(value v, const type *t, policy_language language)
{
    static char text[200];
    buffer b;
    buffer_init(&b, &allocator_system, 0);
    value_write(&b, v, t, language);
    snprintf(text, sizeof text, "%.*s", (int)b.size, b.data ? b.data : "");
    buffer_free(&b);
    return text;
}

Test(values, text_for_people)
{
    value words[] = {value_string(STR("周考")), value_string(STR("月考"))};
    value list = list_of(words, 2);
    cr_expect_str_eq(written(list, NULL, POLICY_LANGUAGE_ZH), "周考、月考");
    cr_expect_str_eq(written(list, NULL, POLICY_LANGUAGE_EN), "周考, 月考");
    cr_expect_str_eq(written(value_double(60), NULL, POLICY_LANGUAGE_ZH), "60");
    cr_expect_str_eq(written(value_double(0.1), NULL, POLICY_LANGUAGE_ZH), "0.1");
    cr_expect_str_eq(written(value_duration(63000, 0), &type_time, POLICY_LANGUAGE_ZH), "17:30");
    cr_expect_str_eq(written(value_duration(63005, 0), &type_time, POLICY_LANGUAGE_ZH), "17:30:05");
    cr_expect_str_eq(written(value_duration(63000, 0), &type_duration, POLICY_LANGUAGE_ZH), "63000s");
    cr_expect_str_eq(written(value_duration(-1, -500000000), NULL, POLICY_LANGUAGE_ZH), "-1.5s");
    cr_expect_str_eq(written(value_date(18950), NULL, POLICY_LANGUAGE_ZH), "2021-11-19");
    cr_expect_str_eq(written((value){.kind = VALUE_TIMESTAMP, .as.i = 0}, NULL, 0), "1970-01-01T00:00:00Z");
    cr_expect_str_eq(written((value){.kind = VALUE_TIMESTAMP, .as.i = 0, .size = (uint32_t)-500000000}, NULL, 0),
                     "1969-12-31T23:59:59.500Z");
    value_interval in = {value_int(30), value_int(45), 0}, open = {value_int(30), value_null(), 0},
                   below = {value_null(), value_int(45), 0};
    cr_expect_str_eq(written((value){.kind = VALUE_INTERVAL, .as.interval = &in}, NULL, POLICY_LANGUAGE_ZH),
                     "30 至 45");
    cr_expect_str_eq(written((value){.kind = VALUE_INTERVAL, .as.interval = &open}, NULL, POLICY_LANGUAGE_ZH),
                     "至少 30");
    cr_expect_str_eq(written((value){.kind = VALUE_INTERVAL, .as.interval = &below}, NULL, POLICY_LANGUAGE_EN),
                     "at most 45");
}

Test(values, type_names_read_back)
{
    static const char *const names[] = {"int",       "list(int)", "map(string, list(double))",
                                        "dyn",       "type",      "type(int)",
                                        "timestamp", "duration",  "date",
                                        "time",      "null_type", "map(int, dyn)"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const type *t = type_read(&memory, str_of(names[i]));
        cr_assert(t, "%s", names[i]);
        buffer b;
        buffer_init(&b, &allocator_system, 0);
        type_write(&b, t);
        cr_expect(str_equal(buffer_text(&b), str_of(names[i])), "%s", names[i]);
        buffer_free(&b);
        cr_expect(type_equal(t, type_read(&memory, str_of(names[i]))));
    }
    static const char *const wrong[] = {"", "in", "list(", "list(int", "map(int)", "map(int, int", "int)", "list(x)"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_null(type_read(&memory, str_of(wrong[i])), "%s", wrong[i]);
    }
}
