/*
 * What explanations say, in both languages.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define BASE                                                                                                              \
    "pack: base\nversion: \"1.0\"\nschema: mini\n"                                                                        \
    "title: {zh: 基础规定, en: base plan}\n"                                                                          \
    "source: {issuer: 教育局, number: 第7号, issued: 2021-11-19}\n"                                                  \
    "in_force: {from: 2021-11-19}\n"                                                                                      \
    "params:\n"                                                                                                           \
    "  most: {value: 60, unit: min, stricter: lower, doc: {zh: 每天上限, en: most a day}}\n"                          \
    "  spare: {value: [a], stricter: superset}\n"                                                                         \
    "let:\n  work:\n    heavy: minutes > 30\n"                                                                            \
    "measures:\n"                                                                                                         \
    "- {id: days, table: work, when: heavy, per: [school, day], measure: sum(minutes), title: {zh: 每天, en: days}}\n"  \
    "rules:\n"                                                                                                            \
    "- id: daily\n  clause: 2.1b\n  table: days\n  per: [school, day]\n  measure: max(value)\n"                           \
    "  at_most: |\n    params.most\n    + 0\n"                                                                            \
    "  title: {zh: 每天总量, en: the day's amount}\n  note: {zh: 说明文字, en: a remark}\n  readings: [A1, A2]\n" \
    "- {id: form, clause: 2.1a, table: work, when: grade <= 2, deny: form == 'written', severity: warning}\n"             \
    "clauses:\n"                                                                                                          \
    "  2.1a: {section: 2, quote: 不布置作业, duty: school, kind: cap, rules: [form]}\n"                              \
    "  2.1b: {section: 2, quote: 每天不超过 60 分钟, duty: school, kind: cap, rules: [daily]}\n"                   \
    "  2.2: {section: 2, quote: 统筹安排, duty: school, kind: goal, reason: {zh: 没有标准, en: no criterion}}\n"  \
    "  2.3: {section: 2, quote: 备案, duty: school, kind: duty, attested_by: plan}\n"

#define OVERLAY                                                                                                        \
    "pack: school\nversion: \"2.0\"\nextends: [{pack: base, version: \"1.0\"}]\nin_force: {from: 2022-02-14}\n"        \
    "params: {most: 45}\n"                                                                                             \
    "tighten:\n- {rule: daily, at_most: 40}\n- {rule: form, also_when: grade == 3, severity: violation}\n"             \
    "rules: []\n"

static policy_status build(const policy_options *options, const char *overlay, policy_engine **engine)
{
    policy_builder *builder = NULL;
    policy_error *err = NULL;
    policy_status status = policy_builder_new(options, &builder, &err);
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "base.yaml", BASE, strlen(BASE), &err);
    }
    if (status == POLICY_OK && overlay) {
        status = policy_builder_load_memory(builder, "school.yaml", overlay, strlen(overlay), &err);
    }
    if (status == POLICY_OK && !overlay) {
        status = policy_builder_load(builder, "base", &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(builder, engine, &err);
    }
    if (options == NULL) {
        cr_assert_eq(status, POLICY_OK, "%s:%u %s", policy_error_file(err), policy_error_line(err),
                     policy_error_message(err, POLICY_LANGUAGE_EN));
    }
    policy_error_free(err);
    policy_builder_free(builder);
    return status;
}

static void expect_parts(const char *overlay, const char *what, policy_language language, const char *const *parts)
{
    policy_engine *engine = NULL;
    policy_text *text = NULL;
    build(NULL, overlay, &engine);
    cr_assert_eq(policy_engine_explain(engine, what, language, &text, NULL), POLICY_OK, "%s", what);
    const char *at = policy_text_data(text);
    for (; *parts; parts++) {
        const char *found = strstr(at, *parts);
        cr_assert_not_null(found, "'%s' is missing, or not where it belongs, in:\n%s", *parts, policy_text_data(text));
        at = found;
    }
    policy_text_free(text);
    policy_engine_unref(engine);
}
#define PARTS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

Test(explain, a_rule_is_told_whole)
{
    expect_parts(NULL, "daily", POLICY_LANGUAGE_ZH,
                 PARTS("规则 daily\n", "每天总量\n", "条款 2.1b\n", "“每天不超过 60 分钟”\n",
                       "文件：教育局，基础规定，第7号，2021-11-19\n", "规则包：base 1.0\n", "违规（violation）\n",
                       "2021-11-19 起\n", "检查对象：每天 days（由 work 计算）\n", "适用条件：heavy\n",
                       "度量：sum(minutes)\n", "度量：max(value)\n", "上限：params.most + 0\n", "即：60 + 0\n",
                       "采用的解读：A1、A2\n", "说明：说明文字\n", "heavy = minutes > 30\n", "参数 params.most\n",
                       "说明：每天上限\n", "取值：60 min\n", "只能调低\n", "所需数据：\n",
                       "work：学校 school、日期 day、预计时长 minutes\n"));
    expect_parts(NULL, "daily", POLICY_LANGUAGE_EN,
                 PARTS("Rule daily\n", "the day's amount\n", "Clause 2.1b\n", "Severity: violation\n",
                       "In force: from 2021-11-19\n", "Looks at: days, computed from work\n",
                       "At most: params.most + 0\n", "that is: 60 + 0\n", "Readings: A1, A2\n", "Note: a remark\n",
                       "Note: most a day\n", "Overlays: may only lower it\n", "Data needed:\n",
                       "work: school, day, minutes\n"));
}

Test(explain, a_clause_tells_who_holds_it_or_why_nobody_does)
{
    expect_parts(NULL, "2.1a", POLICY_LANGUAGE_EN,
                 PARTS("Clause 2.1a\n", "\"不布置作业\"\n", "Section: 2\n", "Held by:\n", "Rule form\n",
                       "Severity: warning\n", "When: grade <= 2\n", "Not allowed: form == 'written'\n",
                       "Data needed:\n"));
    expect_parts(NULL, "2.2", POLICY_LANGUAGE_ZH, PARTS("条款 2.2\n", "“统筹安排”\n", "不设规则的理由：没有标准\n"));
    expect_parts(NULL, "2.3", POLICY_LANGUAGE_EN, PARTS("Clause 2.3\n", "Attested by a filing: plan\n"));
}

Test(explain, everything_lists_each_clause_with_its_state)
{
    expect_parts(NULL, "", POLICY_LANGUAGE_ZH,
                 PARTS("base 1.0  基础规定\n", "2.1a  不布置作业\n", "form", "2.1b", "daily  每天总量\n", "2.2",
                       "不设规则的理由：没有标准\n", "2.3", "以备案材料证明：plan\n",
                       "共 4 条：规则核对 2 条，材料证明 1 条，说明理由 1 条\n"));
}

Test(explain, overlays_show_in_the_rules_and_parameters_of_their_base)
{
    expect_parts(OVERLAY, "daily", POLICY_LANGUAGE_EN,
                 PARTS("Tightened by school 2.0: at_most: 40\n", "Value until 2022-02-13: 60 min\n",
                       "Value from 2022-02-14: 45 min\n", "Changed by school 2.0: 45\n", "Declared by: base 1.0\n"));
    expect_parts(OVERLAY, "form", POLICY_LANGUAGE_ZH,
                 PARTS("被 school 2.0 收紧：also_when: grade == 3, severity: violation\n"));
}

Test(explain, a_parameter_tells_who_uses_it)
{
    expect_parts(NULL, "params.most", POLICY_LANGUAGE_EN, PARTS("Parameter params.most\n", "Used by:\n", "daily"));
    expect_parts(NULL, "params.spare", POLICY_LANGUAGE_ZH, PARTS("只能增加\n", "没有规则使用它。\n"));
}

Test(explain, names_what_is_nearest_to_an_unknown_name)
{
    static const char *const wrong[][2] = {{"dialy", "daily"}, {"params.mots", "params.most"}, {"2.1c", "2.1b"}};
    policy_engine *engine = NULL;
    build(NULL, NULL, &engine);
    for (size_t i = 0; i < 3; i++) {
        policy_text *text = NULL;
        policy_error *err = NULL;
        cr_assert_eq(policy_engine_explain(engine, wrong[i][0], POLICY_LANGUAGE_EN, &text, &err), POLICY_E_NOT_FOUND);
        cr_assert_null(text);
        cr_assert_str_eq(policy_error_nearest(err), wrong[i][1]);
        policy_error_free(err);
    }
    policy_text *text = NULL;
    cr_assert_eq(policy_engine_explain(engine, NULL, POLICY_LANGUAGE_EN, &text, NULL), POLICY_E_ARGUMENT);
    policy_engine_unref(engine);
}

static policy_status explain_with(const policy_allocator *allocator, void *context)
{
    static const char *const all[] = {"", "daily", "2.1b", "params.most"};
    policy_options *options = NULL;
    policy_engine *engine = NULL;
    policy_status status = policy_options_new(allocator, &options, NULL);
    (void)context;
    if (status == POLICY_OK) {
        status = build(options, OVERLAY, &engine);
    }
    for (size_t i = 0; i < 4 && status == POLICY_OK; i++) {
        policy_text *text = NULL;
        policy_error *err = NULL;
        status = policy_engine_explain(engine, all[i], POLICY_LANGUAGE_ZH, &text, &err);
        cr_assert_eq(status == POLICY_OK, text != NULL);
        policy_text_free(text);
        policy_error_free(err);
    }
    policy_engine_unref(engine);
    policy_options_free(options);
    return status;
}

Test(explain, survives_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(explain_with, NULL), 50);
}
