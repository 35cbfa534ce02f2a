/*
 * The examples of docs/expressions.md that ask the school calendar. (All others are run by the calculator: see
 * tests/expr/check_documentation.py.)
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/platform.h"
#include "engine/run.h"
#include "expr/expr.h"

static int32_t day(const char *iso)
{
    int32_t days = 0;
    cr_assert(civil_read(str_of(iso), &days), "%s", iso);
    return days;
}

/* The calendar that the document describes. */
static calendar *described(void)
{
    calendar_term terms[] = {{.name = STR("2021-2022-1"), .start = day("2021-09-01"), .end = day("2022-01-21")},
                             {.name = STR("2021-2022-2"), .start = day("2022-02-17"), .end = day("2022-07-08")}};
    calendar_day days[] = {{.from = day("2021-10-01"), .until = day("2021-10-07"), .teaching = false},
                           {.from = day("2021-09-26"), .until = day("2021-09-26"), .teaching = true},
                           {.from = day("2021-10-09"), .until = day("2021-10-09"), .teaching = true}};
    pack_calendar source = {.present = true, .terms = terms, .term_count = 2, .days = days, .day_count = 3};
    return calendar_new(&allocator_system, &source);
}

static value evaluate(env *names, evaluation *ev, const policy_options *options, str text, expr **out)
{
    expr_text source = {.text = text};
    expr_options how = {.options = options};
    policy_error *err = NULL;
    cr_assert_eq(expr_compile(names, &source, &how, out, &err), POLICY_OK, "%.*s: %s", (int)text.size, text.data,
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    activation nothing = {0};
    return expr_evaluate(*out, ev, &nothing);
}

/* `a` → `b`: the two texts between backquotes. */
static bool split(str line, str *left, str *right)
{
    const char *ends[4];
    const char *at = line.data, *end = line.data + line.size;
    for (int i = 0; i < 4; i++) {
        at = at < end ? memchr(at, '`', (size_t)(end - at)) : NULL;
        if (!at)
            return false;
        ends[i] = at++;
    }
    *left = (str){ends[0] + 1, (size_t)(ends[1] - ends[0] - 1)};
    *right = (str){ends[2] + 1, (size_t)(ends[3] - ends[2] - 1)};
    return true;
}

Test(expression_examples, the_calendar_answers_as_the_document_says)
{
    char *document = NULL;
    size_t size = 0;
    const char *reason = NULL;
    cr_assert_eq(platform_read_all(&allocator_system, POLICY_SOURCE_DIR "/docs/expressions.md", 1 << 20, &document,
                                   &size, &reason),
                 POLICY_OK);
    policy_options *options = NULL;
    cr_assert_eq(policy_options_new(NULL, &options, NULL), POLICY_OK);
    env *names = env_new(&allocator_system);
    cr_assert(names && calendar_functions_add(names));
    calendar *c = described();
    run host = {.calendar = c, .has_period = true, .from = day("2021-11-15"), .until = day("2021-11-28")};
    evaluation *ev = evaluation_new(options);
    evaluation_set_host(ev, &host);

    const char *at = strstr(document, "<!-- with the calendar -->"),
               *end = strstr(document, "<!-- without the calendar -->");
    cr_assert(at && end && at < end);
    int count = 0;
    while (at < end) {
        const char *stop = strchr(at, '\n');
        str line = {at, (size_t)(stop - at)}, left, right;
        at = stop + 1;
        if (!str_starts(line, STR("- `")))
            continue;
        cr_assert(split(line, &left, &right), "%.*s", (int)line.size, line.data);
        expr *asked, *wanted;
        value got = evaluate(names, ev, options, left, &asked), expected = evaluate(names, ev, options, right, &wanted);
        cr_expect(got.kind < VALUE_INTERVAL && value_equal(got, expected), "%.*s (kind %d)", (int)line.size, line.data,
                  got.kind);
        expr_free(asked);
        expr_free(wanted);
        count++;
    }
    cr_expect_geq(count, 14);
    evaluation_free(ev);
    calendar_free(c);
    env_free(names);
    policy_options_free(options);
    allocator_free(&allocator_system, document);
}
