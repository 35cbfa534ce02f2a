/* Hostile expressions: each ends in a result or an error, on a small stack, within counted steps. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/options.h"
#include "support/expressions.h"
#include "support/small_stack.h"

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

TestSuite(limits, .init = start, .fini = stop);

/* prefix, n times part, suffix. */
static char *repeated(const char *prefix, const char *part, size_t n, const char *suffix)
{
    size_t size = strlen(part), before = strlen(prefix), after = strlen(suffix);
    char *text = malloc(before + n * size + after + 1);
    cr_assert(text);
    memcpy(text, prefix, before);
    for (size_t i = 0; i < n; i++) {
        memcpy(text + before + i * size, part, size);
    }
    memcpy(text + before + n * size, suffix, after + 1);
    return text;
}

static char *wrapped(const char *open, size_t n, const char *middle, const char *close)
{
    char *left = repeated("", open, n, middle), *all = repeated(left, close, n, "");
    free(left);
    return all;
}

/* ---- depth and length: at the limit, and one past it ---- */

static policy_status compiles(const char *text)
{
    policy_status status;
    expr_free(expressions_compile(e, str_of(text), &status));
    return status;
}

static policy_status compiles_and_free(char *text)
{
    policy_status status = compiles(text);
    free(text);
    return status;
}

Test(limits, depth_is_counted_for_every_kind_of_nesting)
{
    static const struct {
        const char *open, *middle, *close;
    } kinds[] = {{"(", "1", ")"},
                 {"[", "1", "]"},
                 {"!", "yes", ""},
                 {"- ", "grade", ""},
                 {"{'a': ", "1", "}"},
                 {"twice(", "1", ")"},
                 {"yes ? 1 : ", "2", ""},
                 {"grade + ", "1", ""},
                 {"[", "[1]", "][0]"},
                 {"items.map(x, ", "1", ")"},
                 {"cel.bind(x, 1, ", "1", ")"},
                 {"has(any.x) && (", "yes", ")"}};
    policy_options *options = expressions_options(e);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t fits = 0;
        options->limits[POLICY_LIMIT_EXPRESSION_DEPTH] = 20;
        for (size_t n = 1; n < 64; n++) {
            policy_status status = compiles_and_free(wrapped(kinds[i].open, n, kinds[i].middle, kinds[i].close));
            cr_expect(status == POLICY_OK || status == POLICY_E_LIMIT, "%s x %zu: %d", kinds[i].open, n, (int)status);
            if (status == POLICY_OK) {
                cr_expect_eq(fits + 1, n, "%s: %zu fits but %zu did not", kinds[i].open, n, n - 1);
                fits = n;
            }
        }
        cr_expect(fits >= 6 && fits <= 20, "%s nests %zu deep under a limit of 20", kinds[i].open, fits);
    }
}

Test(limits, length_is_bounded_in_bytes)
{
    policy_options *options = expressions_options(e);
    options->limits[POLICY_LIMIT_EXPRESSION_BYTES] = 9;
    cr_expect_eq(compiles("grade > 1"), POLICY_OK);
    cr_expect_eq(compiles("grade > 12"), POLICY_E_LIMIT);
}

Test(limits, a_rule_may_have_thousands_of_conditions)
{
    char *text = repeated("grade > 0", " && grade < 100 && (no || form == 'written')", 2000, "");
    cr_expect_str_eq(expressions_say(e, text), "true");
    free(text);
    text = repeated("no", " || grade == 7", 5000, "");
    cr_expect_str_eq(expressions_say(e, text), "false");
    free(text);
}

Test(limits, a_list_may_have_thousands_of_elements)
{
    char *text = repeated("grade in [", "1000, grade * 5, ", 3000, "3]");
    cr_expect_str_eq(expressions_say(e, text), "true");
    free(text);
    text = repeated("size([", "'x', ", 10000, "])");
    cr_expect_str_eq(expressions_say(e, text), "10000");
    free(text);
}

/* ---- steps and bytes ---- */

Test(limits, steps_are_budgeted_for_each_evaluation)
{
    evaluation_free(NULL);
    policy_options options;
    cr_assert(options_init(&options, NULL));
    options.limits[POLICY_LIMIT_EVALUATION_STEPS] = 1000;
    evaluation *ev = evaluation_new(&options);
    policy_status status;
    expr *small = expressions_compile(e, STR("items.all(x, x > 0)"), &status);
    expr *large = expressions_compile(
        e, STR("items.all(a, items.all(b, items.all(c, items.all(d, items.all(f, a + b + c + d + f < 99)))))"),
        &status);
    cr_assert(small && large);
    for (int i = 0; i < 200; i++) { /* many evaluations of one row: each has its own budget */
        cr_assert_eq(expr_evaluate(small, ev, expressions_row(e)).kind, VALUE_BOOL);
    }
    value over = expr_evaluate(large, ev, expressions_row(e));
    cr_assert_eq(over.kind, VALUE_ERROR);
    cr_expect_eq(over.as.error->status, POLICY_E_LIMIT);
    cr_expect(str_equal(over.as.error->text_en, STR("the expression is over its limit of 1000 steps")));
    cr_expect(str_equal(over.as.error->text_zh, STR("表达式 超过 1000 步的上限")));
    cr_assert_eq(expr_evaluate(small, ev, expressions_row(e)).kind, VALUE_BOOL);
    expr_free(small);
    expr_free(large);
    evaluation_free(ev);
}

Test(limits, bytes_are_budgeted)
{
    policy_options options;
    cr_assert(options_init(&options, NULL));
    options.limits[POLICY_LIMIT_EVALUATION_BYTES] = 1 << 14;
    evaluation *ev = evaluation_new(&options);
    policy_status status;
    expr *x =
        expressions_compile(e,
                            STR("cel.bind(a, name + name + name + name, cel.bind(b, a + a + a + a + a + a + a + a, "
                                "cel.bind(c, b + b + b + b + b + b + b + b, c + c + c + c + c + c + c + c))) == name"),
                            &status);
    cr_assert(x);
    value over = expr_evaluate(x, ev, expressions_row(e));
    cr_assert_eq(over.kind, VALUE_ERROR);
    cr_expect_eq(over.as.error->status, POLICY_E_LIMIT);
    cr_expect(str_equal(over.as.error->text_en, STR("the expression is over its limit of 16384 bytes of memory")));
    evaluation_reset(ev);
    expr_free(x);
    evaluation_free(ev);
}

Test(limits, an_error_over_budget_names_its_rule)
{
    policy_options options;
    cr_assert(options_init(&options, NULL));
    options.limits[POLICY_LIMIT_EVALUATION_STEPS] = 20;
    evaluation *ev = evaluation_new(&options);
    policy_error *err = NULL;
    expr *x;
    expr_text source = {.text = STR("items.all(a, items.all(b, a + b < 9))"), .rule = STR("homework.daily")};
    expr_options with = {.options = expressions_options(e)};
    cr_assert_eq(expr_compile(expressions_env(e), &source, &with, &x, &err), POLICY_OK);
    value over = expr_evaluate(x, ev, expressions_row(e));
    cr_assert_eq(over.kind, VALUE_ERROR);
    cr_expect(str_equal(over.as.error->text_en, STR("the expression of homework.daily is over its limit of 20 steps")));
    expr_free(x);
    evaluation_free(ev);
}

/* ---- hostile inputs, doubled ---- */

typedef struct hostile {
    const char *prefix, *part, *suffix; /* part n times */
    const char *close;                  /* n times after the suffix, NULL for never */
    size_t n;
} hostile;

static const hostile inputs[] = {
    {"", "(", "1", ")", 5000},
    {"", "[", "1", "]", 5000},
    {"", "{'a':", "1", "}", 5000},
    {"", "no || yes && 1 == 1 + 1 * (", "1", ")", 2500},
    {"", "!", "yes", NULL, 40000},
    {"", "-", "grade", NULL, 40000},
    {"", "- -", "1", NULL, 20000},
    {"grade", "+grade", "", NULL, 8000},
    {"grade", " * 1", "", NULL, 12000},
    {"name", "+ name", "", NULL, 45},
    {"yes", " && yes", "", NULL, 7000},
    {"no", " || no", "", NULL, 7000},
    {"grade > 0", " && (grade > 0 || no)", "", NULL, 2000},
    {"", "yes ? 1 : ", "2", NULL, 5000},
    {"", "yes ? (", "1", ") : 2", 3000},
    {"any", ".a", "", NULL, 20000},
    {"any", "[0]", "", NULL, 15000},
    {"any", ".f()", "", NULL, 10000},
    {"[", "1,", "1]", NULL, 20000},
    {"{", "'a' : 1,", "'b': 2}", NULL, 5000},
    {"twice(", "1,", "1)", NULL, 20000},
    {"", "twice(", "1", ")", 5000},
    {"'", "a", "'", NULL, 45000},
    {"'", "\\n", "'", NULL, 20000},
    {"'", "\\", "'", NULL, 20001},
    {"", "'", "", NULL, 40001},
    {"", "`", "", NULL, 40001},
    {"", "a.", "b", NULL, 20000},
    {"0x", "f", "", NULL, 40000},
    {"1", "0", "", NULL, 40000},
    {"1.", "0", "e9999999999", NULL, 40000},
    {"", "//\n", "1", NULL, 15000},
    {"", "items.map(x, ", "1", ")", 12},
    {"", "items.all(x, ", "yes", ")", 7},
    {"items", ".map(x, x)", "", NULL, 45},
    {"items", ".filter(x, x > 0)", "", NULL, 45},
    {"[1]", " + [1]", "", NULL, 45},
    {"numbers('", "抄写", "', '抄写抄写抄写{n}遍')", NULL, 5000},
    {"contains_any('", "a", "b', ['aaaaaaaaaaaaaaaaaaaaaaaaaaaac'])", NULL, 20000},
    {"", "cel.bind(x, ", "1", ", x + x)", 45},
    {"", "\xe5\xae\xb6", "", NULL, 10000},
    {"", "\xff", "", NULL, 30000},
    {"grade in [", "grade,", "1]", NULL, 9000},
};

typedef struct outcome {
    char said[200];
    uint64_t steps;
} outcome;

typedef struct task {
    const hostile *input;
    size_t n;
    outcome out;
} task;

/* The whole way, in an environment of its own. */
static void *run(void *context)
{
    task *t = context;
    const hostile *in = t->input;
    expressions *own = expressions_new(NULL);
    char *text = repeated(in->prefix, in->part, t->n, in->suffix);
    if (in->close) {
        char *closed = repeated(text, in->close, t->n, "");
        free(text);
        text = closed;
    }
    snprintf(t->out.said, sizeof t->out.said, "%.150s", expressions_say(own, text));
    t->out.steps = evaluation_steps(expressions_evaluation(own));
    free(text);
    expressions_free(own);
    return NULL;
}

static outcome on_small_stack(const hostile *input, size_t n)
{
    task t = {input, n, {"", 0}};
    small_stack_run(run, &t);
    return t.out;
}

Test(limits, hostile_expressions_end_on_a_small_stack_in_linear_steps)
{
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        outcome half = on_small_stack(&inputs[i], inputs[i].n), whole = on_small_stack(&inputs[i], inputs[i].n * 2);
        bool nested_loops = strncmp(inputs[i].part, "items.", 6) == 0 && inputs[i].close;
        if (!nested_loops && half.steps > 100) { /* loops in loops grow by nature, up to the budget */
            cr_expect(whole.steps * 2 <= half.steps * 5, "%s: %llu steps, doubled %llu", inputs[i].part,
                      (unsigned long long)half.steps, (unsigned long long)whole.steps);
        }
        cr_expect(whole.steps <= 1100000, "%s: %llu steps", inputs[i].part, (unsigned long long)whole.steps);
    }
}

/* The deepest that is allowed still runs on the small stack: parser, checker, folder, compiler. */
Test(limits, the_greatest_depth_fits_the_small_stack)
{
    static const hostile deepest[] = {{"", "(", "grade", ")", 98},
                                      {"", "[", "grade", "]", 98},
                                      {"", "!", "yes", NULL, 98},
                                      {"", "twice(", "grade", ")", 98},
                                      {"", "{'a': ", "grade", "}", 98},
                                      {"", "yes ? 1 : ", "grade", NULL, 90},
                                      {"grade", " + grade", "", NULL, 98},
                                      {"", "cel.bind(x, 1, ", "grade", ")", 90},
                                      {"", "[grade].all(x, ", "yes", ")", 90}};
    for (size_t i = 0; i < sizeof deepest / sizeof *deepest; i++) {
        outcome out = on_small_stack(&deepest[i], deepest[i].n);
        cr_expect(!strstr(out.said, "deep"), "%s: %s", deepest[i].part, out.said);
    }
}

/* ---- memory ---- */

static const char *const exercised[] = {
    "grade <= 2 && form == 'written' && place == 'home'",
    "items.filter(x, x > 1).map(x, x * 2) == [4, 6]",
    "{'a': grade, 'b': 2}.a + params.minutes['primary']",
    "yes ? 'a' : no ? 'b' : 'c'",
    "contains_any(name, params.words) || name in ['a', 'b']",
    "1 / count > 0 || grad > 3 + 'x'",
    "numbers('抄写3遍', '抄写{n}遍').exists(n, n > 2)",
    "items.transformMap(i, v, v > 1, name + 'x')",
    "size(span(assigned, due)) > 2 && date('2021-11-19') == assigned",
    "form == 'writen'",
    "(1 + ",
};

static policy_status work(const policy_allocator *allocator, void *context)
{
    const char *text = context;
    policy_status status = POLICY_E_NOMEM;
    expressions *own = expressions_new(allocator);
    if (!own) {
        return status;
    }
    policy_error *err = NULL;
    expr *x = NULL;
    expr_text source = {.text = str_of(text), .rule = STR("a.rule")};
    expr_options options = {.options = expressions_options(own), .keep_tree = true};
    status = expr_compile(expressions_env(own), &source, &options, &x, &err);
    if (x) {
        value v = expressions_run(own, x);
        status = v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM ? POLICY_E_NOMEM : POLICY_OK;
    } else if (policy_error_status(err) != POLICY_E_NOMEM && status != POLICY_E_NOMEM) {
        status = POLICY_OK; /* the mistake in the text, as it should be */
    }
    policy_error_free(err);
    expr_free(x);
    expressions_free(own);
    return status;
}

#include "support/failing_allocator.h"

Test(limits, every_failing_allocation_is_a_clean_error)
{
    for (size_t i = 0; i < sizeof exercised / sizeof *exercised; i++) {
        for (int sticky = 0; sticky < 2; sticky++) {
            for (size_t k = 1;; k++) {
                failing_allocator f;
                failing_allocator_init(&f, k, sticky ? FAIL_STICKY : FAIL_ONCE);
                policy_status status = work(&f.allocator, (void *)exercised[i]);
                cr_assert_eq(failing_allocator_live(&f), 0u, "%s, allocation %zu: leak", exercised[i], k);
                if (!failing_allocator_failed(&f)) {
                    cr_expect_eq(status, POLICY_OK);
                    break;
                }
                /* Text that only decorates a message may be lost without losing the message. */
                cr_expect(status == POLICY_E_NOMEM || status == POLICY_OK, "%s, allocation %zu: status %d",
                          exercised[i], k, (int)status);
            }
        }
    }
}

Test(limits, scalar_rules_allocate_nothing)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    expressions *own = expressions_new(&f.allocator);
    policy_status status;
    expr *x = expressions_compile(
        own,
        STR("grade <= 5 && form == 'written' && place in ['home', 'school'] && mandatory && minutes * 2.0 > 20.0 && "
            "assigned >= date('2021-11-19') && end < time('18:00') && (due - assigned) < due - date('2021-01-01') && "
            "params.minutes['primary'] > grade + 1 && items.exists(x, x == 3) && contains_any(name, ['期中'])"),
        &status);
    cr_assert(x);
    cr_expect_eq(expressions_run(own, x).as.b, true); /* warm: registers */
    size_t calls = f.calls;
    for (int i = 0; i < 100; i++) {
        evaluation_reset(expressions_evaluation(own));
        cr_expect_eq(expressions_run(own, x).as.b, true);
    }
    cr_expect_eq(f.calls, calls);
    expr_free(x);
    expressions_free(own);
    cr_expect_eq(failing_allocator_live(&f), 0u);
}
