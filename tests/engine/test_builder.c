/*
 * Builders: where packs are found, what is refused, and that one builder makes several engines.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define PACK                                                                                                           \
    "pack: base\nversion: \"1.0\"\nschema: mini\n"                                                                     \
    "params:\n"                                                                                                        \
    "  most: {value: 60, stricter: lower}\n"                                                                           \
    "  years: {value: 5, open: true}\n"                                                                                \
    "  word: {value: 周考}\n"                                                                                        \
    "rules:\n"                                                                                                         \
    "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: params.most,\n"                    \
    "   message: {zh: \"{value}/{limit}\"}}\n"

static policy_builder *builder_of(const char *pack)
{
    policy_builder *builder = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, &err), POLICY_OK);
    cr_assert_eq(policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), &err), 0);
    cr_assert_eq(policy_builder_add_memory(builder, "base/pack.yaml", pack, strlen(pack), &err), 0);
    return builder;
}

static policy_engine *built(policy_builder *builder)
{
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    policy_status status = policy_builder_build(builder, &engine, &err);
    cr_assert_eq(status, POLICY_OK, "%s", err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    return engine;
}

static policy_status refused(policy_builder *builder, policy_error **err)
{
    policy_engine *engine = NULL;
    policy_status status = policy_builder_build(builder, &engine, err);
    cr_assert_null(engine);
    cr_assert_neq(status, POLICY_OK);
    cr_assert_eq(policy_error_status(*err), status);
    return status;
}

Test(builder, loads_a_pack_by_name_from_memory)
{
    policy_builder *builder = builder_of(PACK);
    cr_assert_eq(policy_builder_load(builder, "base", NULL), POLICY_OK);
    policy_engine *engine = built(builder);
    policy_builder_free(builder);
    cr_assert_eq(policy_engine_pack_count(engine), 1);
    cr_assert_str_eq(policy_engine_pack_name(engine, 0), "base");
    cr_assert_str_eq(policy_engine_pack_version(engine, 0), "1.0");
    cr_assert_str_eq(policy_engine_pack_title(engine, 0, POLICY_LANGUAGE_ZH), "base");
    cr_assert_null(policy_engine_pack_name(engine, 1));
    policy_engine_unref(engine);
}

Test(builder, refuses_null_and_builds_nothing_without_a_pack)
{
    policy_error *err = NULL;
    policy_builder *builder = NULL;
    cr_assert_eq(policy_builder_new(NULL, NULL, &err), POLICY_E_ARGUMENT);
    policy_error_free(err);
    err = NULL;
    builder = builder_of(PACK);
    cr_assert_eq(policy_builder_load(builder, NULL, &err), POLICY_E_ARGUMENT);
    cr_assert_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), "name_or_path"));
    policy_error_free(err);
    err = NULL;
    cr_assert_eq(policy_builder_add_memory(builder, "x.yaml", NULL, 3, &err), POLICY_E_ARGUMENT);
    policy_error_free(err);
    err = NULL;
    cr_assert_eq(policy_builder_load(NULL, "base", &err), POLICY_E_ARGUMENT);
    policy_error_free(err);
    err = NULL;
    cr_assert_eq(refused(builder, &err), POLICY_E_STATE);
    policy_error_free(err);
    policy_builder_free(builder);
    policy_builder_free(NULL);
}

Test(builder, goes_on_after_a_build_without_changing_what_was_built)
{
    policy_builder *builder = builder_of(PACK);
    cr_assert_eq(policy_builder_load(builder, "base", NULL), POLICY_OK);
    policy_engine *first = built(builder);
    cr_assert_eq(policy_builder_set_param(builder, "most", "45", NULL), POLICY_OK);
    policy_engine *second = built(builder);
    policy_builder_free(builder);
    policy_text *text = NULL;
    cr_assert_eq(policy_engine_explain(first, "params.most", POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert_not_null(strstr(policy_text_data(text), "Value: 60"));
    policy_text_free(text);
    cr_assert_eq(policy_engine_explain(second, "params.most", POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert_not_null(strstr(policy_text_data(text), "Value: 45"));
    cr_assert_not_null(strstr(policy_text_data(text), "Set by the caller: 45"));
    policy_text_free(text);
    policy_engine_unref(first);
    policy_engine_unref(second);
}

Test(builder, can_be_used_again_after_a_failure)
{
    policy_builder *builder = builder_of(PACK);
    policy_error *err = NULL;
    cr_assert_eq(policy_builder_load(builder, "other", NULL), POLICY_OK);
    cr_assert_eq(refused(builder, &err), POLICY_E_NOT_FOUND);
    policy_error_free(err);
    const char *other = "pack: other\nversion: \"1\"\nextends: [{pack: base, version: \"1.0\"}]\nrules: []\n";
    cr_assert_eq(policy_builder_add_memory(builder, "other.yaml", other, strlen(other), NULL), POLICY_OK);
    policy_engine *engine = built(builder);
    cr_assert_eq(policy_engine_pack_count(engine), 2);
    cr_assert_str_eq(policy_engine_pack_name(engine, 0), "base", "bases come first");
    policy_engine_unref(engine);
    policy_builder_free(builder);
}

Test(builder, holds_parameters_of_the_host_to_the_gate_of_overlays)
{
    static const struct {
        const char *name, *value;
        policy_status status;
    } all[] = {
        {"most", "45", POLICY_OK},      {"most", "60", POLICY_OK}, {"most", "61", POLICY_E_TIGHTEN},
        {"most", "abc", POLICY_E_TYPE}, {"years", "6", POLICY_OK}, {"word", "月考", POLICY_E_TIGHTEN},
        {"moust", "45", POLICY_E_NAME},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        policy_builder *builder = builder_of(PACK);
        policy_engine *engine = NULL;
        policy_error *err = NULL;
        cr_assert_eq(policy_builder_load(builder, "base", NULL), POLICY_OK);
        cr_assert_eq(policy_builder_set_param(builder, all[i].name, all[i].value, NULL), POLICY_OK);
        policy_status status = policy_builder_build(builder, &engine, &err);
        cr_assert_eq(status, all[i].status, "%s=%s: %s", all[i].name, all[i].value, policy_status_name(status));
        policy_error_free(err);
        policy_engine_unref(engine);
        policy_builder_free(builder);
    }
}

static policy_status resolve(void *context, const char *path, const char **data, size_t *size)
{
    (*(int *)context)++;
    if (strcmp(path, "base/pack.yaml") != 0) {
        return POLICY_E_NOT_FOUND;
    }
    *data = PACK;
    *size = strlen(PACK);
    return POLICY_OK;
}

Test(builder, asks_the_resolver_for_what_is_nowhere_else)
{
    int asked = 0;
    policy_builder *builder = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL), 0);
    cr_assert_eq(policy_builder_set_resolver(builder, resolve, &asked, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, "base", NULL), POLICY_OK);
    policy_engine *engine = built(builder);
    cr_assert_eq(policy_engine_rule_count(engine), 1);
    cr_assert_gt(asked, 0);
    policy_engine_unref(engine);
    policy_builder_free(builder);
}

static policy_status build_with(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_options *options = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    policy_status status = policy_options_new(allocator, &options, &err);
    if (status == POLICY_OK) {
        status = policy_builder_new(options, &builder, &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_load_memory(builder, "base.yaml", PACK, strlen(PACK), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_set_param(builder, "most", "45", &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(builder, &engine, &err);
    }
    cr_assert_eq(status == POLICY_OK, engine != NULL);
    cr_assert_eq(status == POLICY_OK, err == NULL);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    policy_options_free(options);
    policy_error_free(err);
    return status;
}

Test(builder, survives_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(build_with, NULL), 50);
}
