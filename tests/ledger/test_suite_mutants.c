/*
 * Coverage and mutants: what is counted as seen, which changes are made, who catches them, and when a reason is stale.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define PACK                                                                                                           \
    "pack: base\nversion: \"1.0\"\nschema: mini\n"                                                                     \
    "params: {most: {value: {a: 60}, stricter: lower}, words: {value: [xx, yy], stricter: superset}}\n"                \
    "let: {work: {young: grade <= 2}}\n"                                                                               \
    "rules:\n"                                                                                                         \
    "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: \"params.most['a']\",\n"           \
    "   in_force: {from: 2021-11-19}}\n"                                                                               \
    "- {id: form, table: work, when: young, deny: \"form == 'written' && contains_any(school, params.words)\"}\n"

#define WORK(grade, form, school)                                                                                      \
    "{work: [{school: " school ", grade: " grade ", form: " form ", day: 2021-12-01, minutes: 1}]}"

static policy_engine *engine_of(const policy_options *options, const char *cases)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_status status = policy_builder_new(options, &builder, NULL);
    const char *const files[][2] = {
        {"schema/mini.yaml", world_schema}, {"base/pack.yaml", PACK}, {"base/tests/cases.yaml", cases}};
    for (size_t i = 0; i < 3 && status == POLICY_OK; i++) {
        status = policy_builder_add_memory(builder, files[i][0], files[i][1], strlen(files[i][1]), NULL);
    }
    if (status == POLICY_OK) {
        status = policy_builder_load(builder, "base", NULL);
    }
    if (status == POLICY_OK) {
        policy_error *err = NULL;
        if (policy_builder_build(builder, &engine, &err) != POLICY_OK && options == NULL) {
            cr_log_error("%u:%u %s", policy_error_line(err), policy_error_column(err),
                         policy_error_message(err, POLICY_LANGUAGE_EN));
        }
        policy_error_free(err);
    }
    policy_builder_free(builder);
    return engine;
}

static policy_suite *suite_of(const char *cases)
{
    policy_engine *engine = engine_of(NULL, cases);
    policy_suite *suite = NULL;
    policy_error *err = NULL;
    cr_assert_not_null(engine);
    cr_assert_eq(policy_suite_new(engine, "base", &suite, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_engine_unref(engine);
    return suite;
}

static void run_all(policy_suite *suite)
{
    for (size_t i = 0; i < policy_suite_count(suite); i++) {
        policy_text *difference = NULL;
        cr_assert_eq(policy_suite_run(suite, i, POLICY_LANGUAGE_EN, &difference, NULL), POLICY_OK);
        cr_assert_null(difference, "%s", policy_text_data(difference));
    }
}

static const policy_suite_target *target(const policy_suite *suite, const char *owner, const char *text)
{
    for (size_t i = 0; i < policy_suite_target_count(suite); i++) {
        const policy_suite_target *t = policy_suite_target_at(suite, i);
        if (strcmp(t->owner, owner) == 0 && (text == NULL) == (t->text == NULL) &&
            (text == NULL || strcmp(t->text, text) == 0)) {
            return t;
        }
    }
    cr_assert(false, "no target %s of %s", text ? text : "rule", owner);
    return NULL;
}

static const policy_suite_mutant *tried(policy_suite *suite, const char *original, const char *mutated)
{
    for (size_t i = 0; i < policy_suite_mutant_count(suite); i++) {
        const policy_suite_mutant *m = policy_suite_mutant_at(suite, i);
        if (strcmp(m->original, original) == 0 && strcmp(m->mutated, mutated) == 0) {
            cr_assert_eq(policy_suite_try_mutant(suite, i, NULL), POLICY_OK);
            return m;
        }
    }
    cr_assert(false, "no mutant turns %s into %s", original, mutated);
    return NULL;
}

#define CASES                                                                                                          \
    "cases:\n"                                                                                                         \
    "- {name: a, rule: daily, given: {work: [{school: A, day: 2021-12-01, minutes: 60}]}, expect: pass}\n"             \
    "- {name: b, rule: daily, given: {work: [{school: A, day: 2021-12-01, minutes: 61}]}, expect: [{result: fail}]}\n" \
    "- {name: c, rule: form, given: " WORK("2", "written", "xx") ", expect: [{result: fail}]}\n"                       \
                                                                 "- {name: d, rule: form, given: " WORK(               \
                                                                     "3", "written",                                   \
                                                                     "x") ", expect: not_applicable}\n"

Test(suite_coverage, nothing_is_counted_until_it_is_asked_for)
{
    policy_suite *suite = suite_of(CASES);
    run_all(suite);
    cr_expect_eq(policy_suite_target_count(suite), 0);
    cr_expect_null(policy_suite_target_at(suite, 0));
    cr_assert_eq(policy_suite_watch(suite, NULL), POLICY_OK);
    cr_expect_eq(target(suite, "daily", NULL)->seen, 0);
    policy_suite_free(suite);
}

Test(suite_coverage, rules_pass_and_fail_and_conditions_are_true_and_false)
{
    policy_suite *suite = suite_of(CASES);
    cr_assert_eq(policy_suite_watch(suite, NULL), POLICY_OK);
    run_all(suite);
    cr_expect_eq(target(suite, "daily", NULL)->seen, POLICY_SEEN_TRUE | POLICY_SEEN_FALSE);
    cr_expect_eq(target(suite, "form", NULL)->seen, POLICY_SEEN_FALSE);
    cr_expect_eq(target(suite, "form", NULL)->wanted, POLICY_SEEN_TRUE | POLICY_SEEN_FALSE);
    cr_expect_eq(target(suite, "young", "grade <= 2")->seen, POLICY_SEEN_TRUE | POLICY_SEEN_FALSE);
    cr_expect_eq(target(suite, "form", "young")->seen, POLICY_SEEN_TRUE | POLICY_SEEN_FALSE);
    cr_expect_eq(target(suite, "form", "form == 'written'")->seen, POLICY_SEEN_TRUE);
    policy_suite_free(suite);
}

Test(suite_coverage, a_case_counts_only_for_the_rules_it_names)
{
    policy_suite *suite =
        suite_of("cases:\n- {name: a, rule: daily, given: " WORK("2", "written", "xx") ", expect: pass}\n");
    cr_assert_eq(policy_suite_watch(suite, NULL), POLICY_OK);
    run_all(suite);
    cr_expect_eq(target(suite, "form", NULL)->seen, 0);
    cr_expect_eq(target(suite, "young", "grade <= 2")->seen, 0);
    cr_expect_eq(target(suite, "daily", NULL)->seen, POLICY_SEEN_TRUE);
    policy_suite_free(suite);
}

Test(suite_mutants, thresholds_comparisons_conditions_members_and_dates_change)
{
    policy_suite *suite = suite_of(CASES);
    cr_assert_eq(policy_suite_find_mutants(suite, NULL), POLICY_OK);
    cr_expect_eq(tried(suite, "a: 60", "a: 59")->outcome, POLICY_MUTANT_CAUGHT);
    cr_expect_eq(tried(suite, "a: 60", "a: 61")->outcome, POLICY_MUTANT_CAUGHT);
    cr_expect_eq(tried(suite, "grade <= 2", "grade < 2")->outcome, POLICY_MUTANT_CAUGHT);
    cr_expect_eq(tried(suite, "grade <= 2", "grade <= 3")->outcome, POLICY_MUTANT_CAUGHT);
    cr_expect_eq(tried(suite, "young", "")->outcome, POLICY_MUTANT_CAUGHT);
    cr_expect_eq(tried(suite, "form == 'written'", "form != 'written'")->outcome, POLICY_MUTANT_CAUGHT);
    cr_expect_eq(tried(suite, "xx", "")->outcome, POLICY_MUTANT_CAUGHT);
    const policy_suite_mutant *m = tried(suite, "form == 'written'", "");
    cr_expect_eq(m->outcome, POLICY_MUTANT_SURVIVED);
    cr_expect_str_eq(m->owner, "form");
    cr_expect_str_eq(m->file, "base/pack.yaml");
    cr_expect_eq(m->line, 9);
    cr_expect_eq(m->case_count, 2);
    cr_expect_eq(m->caught_by, SIZE_MAX);
    cr_expect_eq(tried(suite, "yy", "")->outcome, POLICY_MUTANT_SURVIVED);
    cr_expect_eq(tried(suite, "from: 2021-11-19", "from: 2021-11-20")->outcome, POLICY_MUTANT_SURVIVED);
    /* Each is undone: what was caught before is caught again, and the cases still pass. */
    cr_expect_eq(tried(suite, "a: 60", "a: 59")->outcome, POLICY_MUTANT_CAUGHT);
    run_all(suite);
    policy_suite_free(suite);
}

static policy_status check(const char *reasons, char message[256])
{
    char text[4096];
    policy_error *err = NULL;
    snprintf(text, sizeof text, "%smutants:\n%s", CASES, reasons);
    policy_suite *suite = suite_of(text);
    cr_assert_eq(policy_suite_find_mutants(suite, NULL), POLICY_OK);
    cr_expect_eq(policy_suite_check_reasons(suite, NULL), POLICY_E_STATE);
    for (size_t i = 0; i < policy_suite_mutant_count(suite); i++) {
        cr_assert_eq(policy_suite_try_mutant(suite, i, NULL), POLICY_OK);
    }
    policy_status status = policy_suite_check_reasons(suite, &err);
    snprintf(message, 256, "%u: %s", policy_error_line(err), err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    policy_error_free(err);
    policy_suite_free(suite);
    return status;
}

Test(suite_mutants, a_reason_must_fit_a_mutant_that_survives)
{
    char message[256];
    cr_expect_eq(check("- {of: words, was: yy, reason: {en: never used}}\n", message), POLICY_OK);
    cr_expect_eq(check("- {of: words, was: zz, reason: {en: never used}}\n", message), POLICY_E_DATA);
    cr_expect_str_eq(message, "7: no mutant of words drops 'zz': the reason is stale");
    cr_expect_eq(check("- {of: young, was: grade <= 2, becomes: grade < 2, reason: {en: r}}\n", message),
                 POLICY_E_DATA);
    cr_expect_str_eq(message,
                     "7: the cases notice this change of young to 'grade <= 2': the reason is no longer needed");
}

static policy_status with_memory(const policy_options *options)
{
    policy_engine *engine = engine_of(options, CASES);
    policy_suite *suite = NULL;
    policy_status status = engine ? policy_suite_new(engine, "base", &suite, NULL) : POLICY_E_NOMEM;
    if (status == POLICY_OK) {
        status = policy_suite_watch(suite, NULL);
    }
    for (size_t i = 0; i < policy_suite_count(suite) && status == POLICY_OK; i += 2) {
        policy_text *difference = NULL;
        status = policy_suite_run(suite, i, POLICY_LANGUAGE_EN, &difference, NULL);
        policy_text_free(difference);
    }
    if (status == POLICY_OK) {
        status = policy_suite_find_mutants(suite, NULL);
    }
    for (size_t i = 0; i < policy_suite_mutant_count(suite) && status == POLICY_OK; i += 7) {
        status = policy_suite_try_mutant(suite, i, NULL);
    }
    policy_suite_free(suite);
    policy_engine_unref(engine);
    return status;
}

/* Every allocation would be too many: planning is tried in turn elsewhere. */
Test(suite_mutants, running_out_of_memory_is_clean)
{
    for (size_t k = 1;; k += 97) {
        failing_allocator f;
        failing_allocator_init(&f, k, k % 2 ? FAIL_ONCE : FAIL_STICKY);
        policy_options *options = NULL;
        policy_status status = policy_options_new(&f.allocator, &options, NULL);
        if (status == POLICY_OK) {
            status = with_memory(options);
        }
        policy_options_free(options);
        cr_assert_eq(failing_allocator_live(&f), 0);
        if (!failing_allocator_failed(&f)) {
            cr_assert_eq(status, POLICY_OK);
            break;
        }
        cr_assert_eq(status, POLICY_E_NOMEM, "allocation %zu: %d", k, status);
    }
}
