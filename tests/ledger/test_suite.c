/*
 * Cases of packs: what passes, what differs, and how the difference reads.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define PACK                                                                                                           \
    "pack: base\nversion: \"1.0\"\nschema: mini\nparams: {most: {value: 60, stricter: lower}, word: {value: 1, open: " \
    "true}}\n"                                                                                                         \
    "rules:\n"                                                                                                         \
    "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: params.most,\n"                    \
    "   in_force: {from: 2021-11-19}, message: {zh: \"{school}{value}分钟\", en: \"{school}: {value}\"}}\n"          \
    "- {id: form, table: work, when: grade <= 2, deny: form == 'written', severity: warning}\n"

static policy_engine *engine_of(const policy_options *options, const char *cases)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_status status = policy_builder_new(options, &builder, NULL);
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL);
    }
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "base/pack.yaml", PACK, strlen(PACK), NULL);
    }
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "base/tests/cases.yaml", cases, strlen(cases), NULL);
    }
    if (status == POLICY_OK) {
        status = policy_builder_load(builder, "base", NULL);
    }
    if (status == POLICY_OK) {
        (void)policy_builder_build(builder, &engine, NULL);
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
    cr_assert_eq(policy_suite_new(engine, "base", &suite, &err), POLICY_OK, "%s:%u %s", policy_error_file(err),
                 policy_error_line(err), policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_engine_unref(engine); /* the suite keeps it */
    return suite;
}

/* One case, in flow style; the difference expected, NULL for none. */
static void expect_difference(const char *body, policy_language language, const char *expected)
{
    char text[2048];
    snprintf(text, sizeof text, "cases:\n- {name: one, %s}\n", body);
    policy_suite *suite = suite_of(text);
    policy_text *difference = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_suite_count(suite), 1);
    cr_assert_eq(policy_suite_run(suite, 0, language, &difference, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    if (expected == NULL) {
        cr_assert_null(difference, "%s", policy_text_data(difference));
    } else {
        cr_assert_str_eq(policy_text_data(difference), expected);
    }
    policy_text_free(difference);
    policy_suite_free(suite);
}

static void expect_broken(const char *body, policy_status status, const char *message)
{
    char text[2048];
    snprintf(text, sizeof text, "cases:\n- {name: one, %s}\n", body);
    policy_suite *suite = suite_of(text);
    policy_text *difference = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_suite_run(suite, 0, POLICY_LANGUAGE_EN, &difference, &err), status);
    cr_assert_null(difference);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN), message);
    cr_assert_str_eq(policy_error_file(err), "base/tests/cases.yaml");
    policy_error_free(err);
    policy_suite_free(suite);
}

#define DAY(minutes) "{school: A, day: 2021-12-01, minutes: " minutes "}"

Test(suite, a_case_passes_when_all_findings_are_expected)
{
    expect_difference("rule: daily, given: {work: [" DAY("60") "]}, expect: pass", POLICY_LANGUAGE_EN, NULL);
    expect_difference("rule: daily, given: {work: [" DAY("61") "]}, expect: [{result: fail}]", POLICY_LANGUAGE_EN,
                      NULL);
    expect_difference("rule: daily, given: {work: [" DAY("40") ", " DAY(
                          "30") "]}, expect: [{result: fail, severity: violation, "
                                "key: {school: A, day: 2021-12-01}, value: 70, limit: 60, rows: [2, 1], message: {zh: "
                                "A70分钟, en: \"A: 70\"}}]",
                      POLICY_LANGUAGE_EN, NULL);
    expect_difference("rule: daily, given: {work: [" DAY("\"\"") "]}, expect: [{result: unknown, missing: [minutes]}]",
                      POLICY_LANGUAGE_EN, NULL);
    expect_difference("rule: daily, given: {work: []}, expect: not_applicable", POLICY_LANGUAGE_EN, NULL);
    expect_difference("rule: daily, given: {work: [{school: A, day: 2021-11-18, minutes: 90}]}, expect: not_in_force",
                      POLICY_LANGUAGE_EN, NULL);
}

Test(suite, a_column_that_no_row_has_is_absent_and_others_are_empty)
{
    expect_difference(
        "rule: daily, given: {work: [{school: A, day: 2021-12-01}]}, expect: [{result: unknown, missing: [minutes]}]",
        POLICY_LANGUAGE_EN, NULL);
    expect_difference(
        "rule: form, given: {work: [{school: A, day: 2021-12-01, grade: 1, form: 书面}, {school: B, day: 2021-12-01, "
        "grade: 1}]}, "
        "expect: [{result: fail, key: {school: A}}, {result: unknown, key: {school: B}, missing: [form]}]",
        POLICY_LANGUAGE_EN, NULL);
}

Test(suite, headers_are_matched_as_in_a_spreadsheet)
{
    expect_difference("rule: daily, given: {work: [{学校: A, 日期: 2021年12月1日, 预计时长: 61}]}, expect: [{result: "
                      "fail, value: 61}]",
                      POLICY_LANGUAGE_EN, NULL);
}

Test(suite, tells_in_both_languages_what_was_not_found_and_what_was_not_expected)
{
    const char *body =
        "rule: daily, given: {work: [" DAY("61") "]}, expect: [{result: fail, key: {school: A}, value: 62}]";
    expect_difference(
        body, POLICY_LANGUAGE_EN,
        "expected, but not found:\n  - {result: fail, key: {school: A}, value: 62}\n"
        "found, but not expected:\n  - {result: fail, rule: daily, severity: violation, key: {school: A, day: "
        "2021-12-01}, value: 61, limit: 60, rows: [1], en: \"A: 61\"}\n");
    expect_difference(body, POLICY_LANGUAGE_ZH,
                      "期望而未出现：\n  - {result: fail, key: {school: A}, value: 62}\n"
                      "出现而未期望：\n  - {result: fail, rule: daily, severity: violation, key: {school: A, day: "
                      "2021-12-01}, value: 61, limit: 60, rows: [1], zh: \"A61分钟\"}\n");
}

Test(suite, a_finding_nobody_expected_is_a_difference)
{
    expect_difference(
        "rule: daily, given: {work: [" DAY(
            "61") ", {school: B, day: 2021-12-01, minutes: 62}]}, expect: [{result: fail, key: {school: A}}]",
        POLICY_LANGUAGE_EN,
        "found, but not expected:\n  - {result: fail, rule: daily, severity: violation, key: {school: B, day: "
        "2021-12-01}, value: 62, limit: 60, rows: [2], en: \"B: 62\"}\n");
}

Test(suite, one_word_says_what_all_rules_of_the_case_did)
{
    expect_difference("rule: daily, given: {work: [" DAY("60") "]}, expect: not_applicable", POLICY_LANGUAGE_EN,
                      "daily: expected not_applicable, counted pass 1\n");
    expect_difference("rule: daily, given: {work: []}, expect: pass", POLICY_LANGUAGE_ZH,
                      "daily：期望 pass，但没有任何记录被判定\n");
    expect_difference("rules: [daily, form], given: {work: [{school: A, day: 2021-12-01, minutes: 60, grade: 1, form: "
                      "口头}]}, expect: pass",
                      POLICY_LANGUAGE_EN, NULL);
}

/* The first expectation fits both findings, the second only one of them. */
Test(suite, partial_expectations_are_paired_off_for_all_together)
{
    expect_difference(
        "rule: daily, given: {work: [" DAY("61") ", {school: B, day: 2021-12-01, minutes: 62}]}, "
                                                 "expect: [{result: fail}, {result: fail, key: {school: A}}]",
        POLICY_LANGUAGE_EN, NULL);
    expect_difference("rule: daily, given: {work: [" DAY(
                          "61") ", {school: B, day: 2021-12-01, minutes: 62}]}, "
                                "expect: [{result: fail, limit: 60}, {result: fail, key: {school: A}}, {result: fail}]",
                      POLICY_LANGUAGE_EN, "expected, but not found:\n  - {result: fail}\n");
}

Test(suite, parameters_of_a_case_go_through_the_gate)
{
    expect_difference(
        "rule: daily, params: {most: 45}, given: {work: [" DAY("46") "]}, expect: [{result: fail, limit: 45}]",
        POLICY_LANGUAGE_EN, NULL);
    policy_suite *suite =
        suite_of("cases:\n- {name: one, rule: daily, params: {most: 90}, given: {work: []}, expect: pass}\n");
    policy_text *difference = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_suite_run(suite, 0, POLICY_LANGUAGE_EN, &difference, &err), POLICY_E_TIGHTEN);
    policy_error_free(err);
    policy_suite_free(suite);
}

Test(suite, a_case_that_cannot_run_says_why)
{
    expect_broken("rule: dialy, given: {work: []}, expect: pass", POLICY_E_NAME,
                  "there is no rule dialy; did you mean 'daily'?");
    expect_broken("rule: daily, given: {wrok: []}, expect: pass", POLICY_E_NAME, "there is no record type wrok");
    expect_broken("rule: daily, given: {work: [{minuts: 3}]}, expect: pass", POLICY_E_NAME,
                  "work has no field minuts; did you mean 'minutes'?");
    expect_broken("rule: daily, given: {work: [{school: A, 学校: B}]}, expect: pass", POLICY_E_DUPLICATE,
                  "the row gives school twice");
    expect_broken("rule: daily, from: 2021-09-01, given: {work: []}, expect: pass", POLICY_E_STATE,
                  "give both 'from' and 'until': there is no calendar to take the other day from");
}

Test(suite, tells_its_cases_by_name_and_place)
{
    policy_suite *suite = suite_of("cases:\n- {name: one, rule: daily, given: {work: []}, expect: pass}\n"
                                   "- {name: two, rule: daily, given: {work: []}, expect: pass}\n");
    cr_assert_eq(policy_suite_count(suite), 2);
    cr_assert_str_eq(policy_suite_case_name(suite, 1), "two");
    cr_assert_str_eq(policy_suite_case_file(suite, 1), "base/tests/cases.yaml");
    cr_assert_eq(policy_suite_case_line(suite, 1), 3);
    cr_assert_null(policy_suite_case_name(suite, 2));
    cr_assert_eq(policy_suite_case_line(suite, 2), 0);
    policy_text *difference = NULL;
    cr_assert_eq(policy_suite_run(suite, 2, POLICY_LANGUAGE_EN, &difference, NULL), POLICY_E_ARGUMENT);
    policy_suite_free(suite);
    policy_suite_free(NULL);
}

Test(suite, names_the_nearest_pack)
{
    policy_engine *engine = engine_of(NULL, "cases: []\n");
    policy_suite *suite = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_suite_new(engine, "bases", &suite, &err), POLICY_E_NOT_FOUND);
    cr_assert_str_eq(policy_error_nearest(err), "base");
    policy_error_free(err);
    policy_engine_unref(engine);
}

static policy_status run_with(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_options *options = NULL;
    policy_suite *suite = NULL;
    policy_text *difference = NULL;
    policy_error *err = NULL;
    policy_status status = policy_options_new(allocator, &options, NULL);
    policy_engine *engine =
        status == POLICY_OK
            ? engine_of(options, "cases:\n- {name: one, rule: daily, params: {most: 45}, given: {work: [" DAY(
                                     "60") "]}, expect: [{result: fail, value: 3, message: {zh: x}}]}\n")
            : NULL;
    status = engine == NULL ? POLICY_E_NOMEM : policy_suite_new(engine, "base", &suite, &err);
    if (status == POLICY_OK) {
        status = policy_suite_run(suite, 0, POLICY_LANGUAGE_ZH, &difference, &err);
        cr_assert_eq(status == POLICY_OK, difference != NULL);
    }
    policy_text_free(difference);
    policy_error_free(err);
    policy_suite_free(suite);
    policy_engine_unref(engine);
    policy_options_free(options);
    return status;
}

Test(suite, survives_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(run_with, NULL), 100);
}
