/*
 * The packs of the repository hold their own cases, and the school overlay loads on top of its base.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "policy/policy.h"

static policy_engine *engine_of(const char *pack)
{
    policy_error *err = NULL;
    policy_options *options = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    cr_assert_eq(policy_options_new(NULL, &options, &err), POLICY_OK);
    cr_assert_eq(policy_builder_new(options, &builder, &err), POLICY_OK);
    cr_assert_eq(policy_builder_add_directory(builder, POLICY_SOURCE_DIR "/rules", &err), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, pack, &err), POLICY_OK);
    policy_status status = policy_builder_build(builder, &engine, &err);
    cr_assert_eq(status, POLICY_OK, "%s: %s:%u: %s", pack, policy_error_file(err), policy_error_line(err),
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_builder_free(builder);
    policy_options_free(options);
    return engine;
}

static void run_cases_of(const char *pack, size_t at_least)
{
    policy_engine *engine = engine_of(pack);
    policy_suite *suite = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_suite_new(engine, pack, &suite, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    size_t count = policy_suite_count(suite);
    cr_expect_geq(count, at_least);
    for (size_t i = 0; i < count; i++) {
        policy_text *difference = NULL;
        policy_status status = policy_suite_run(suite, i, POLICY_LANGUAGE_EN, &difference, &err);
        cr_assert_eq(status, POLICY_OK, "%s: %s", policy_suite_case_name(suite, i),
                     policy_error_message(err, POLICY_LANGUAGE_EN));
        cr_expect_null(difference, "%s:%u %s\n%s", policy_suite_case_file(suite, i), policy_suite_case_line(suite, i),
                       policy_suite_case_name(suite, i), difference ? policy_text_data(difference) : "");
        policy_text_free(difference);
    }
    policy_suite_free(suite);
    policy_engine_unref(engine);
}

Test(packs, huancui_holds_its_cases)
{
    run_cases_of("huancui-2021", 900);
}

Test(packs, national_holds_its_cases)
{
    run_cases_of("national-2021", 150);
}

Test(packs, school_overlay_is_accepted)
{
    policy_engine_unref(engine_of(POLICY_SOURCE_DIR "/rules/examples/school-overlay.yaml"));
}
