/*
 * What lint notes, and that it is silent about a pack that is whole.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/world.h"

#define HEAD  "pack: base\nversion: \"1.0\"\nschema: mini\n"
#define TEXTS "title: {zh: 标题, en: title}, message: {zh: 消息, en: message}"

/* The notes of a pack, "line message" each; cases NULL for none. */
static void expect_notes(const char *pack, const char *cases, const char *overlay, const char *expected)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_error *err = NULL, *notes = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL);
    policy_builder_add_memory(builder, "base/pack.yaml", pack, strlen(pack), NULL);
    if (cases) {
        policy_builder_add_memory(builder, "base/tests/cases.yaml", cases, strlen(cases), NULL);
    }
    if (overlay) {
        policy_builder_load_memory(builder, "overlay.yaml", overlay, strlen(overlay), NULL);
    } else {
        policy_builder_load(builder, "base", NULL);
    }
    cr_assert_eq(policy_builder_build(builder, &engine, &err), POLICY_OK, "%u: %s", policy_error_line(err),
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_builder_free(builder);
    cr_assert_eq(policy_engine_lint(engine, &notes, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    char got[4096] = "";
    for (const policy_error *n = notes; n != NULL; n = policy_error_next(n)) {
        size_t at = strlen(got);
        snprintf(got + at, sizeof got - at, "%u %s\n", policy_error_line(n),
                 policy_error_message(n, POLICY_LANGUAGE_EN));
    }
    cr_assert_str_eq(got, expected);
    policy_error_free(notes);
    policy_engine_unref(engine);
}

#define LIMIT                                                                                                          \
    HEAD "params: {most: {value: 60}}\nrules:\n"                                                                       \
         "- {id: daily, clause: '1', table: work, per: [school, day], measure: sum(minutes), at_most: "                \
         "params.most, " TEXTS "}\n"
#define CASE(minutes, outcome)                                                                                         \
    "- {name: case " minutes ", rule: daily, given: {work: [{school: A, day: 2021-12-01, minutes: " minutes "}]}, "    \
    "expect: " outcome "}\n"

Test(lint, has_nothing_to_say_of_a_whole_pack)
{
    expect_notes(LIMIT, "cases:\n" CASE("60", "pass") CASE("61", "[{result: fail}]"), NULL, "");
}

Test(lint, wants_cases_on_both_sides_and_at_the_bound)
{
    expect_notes(LIMIT, NULL, NULL, "6 the rule has no case\n");
    expect_notes(LIMIT, "cases:\n" CASE("61", "[{result: fail}]"), NULL,
                 "6 the rule has no case that passes\n6 no case passes exactly at the bound\n");
    expect_notes(LIMIT, "cases:\n" CASE("59", "pass"), NULL,
                 "6 the rule has no case that fails\n6 no case passes exactly at the bound\n");
    expect_notes(LIMIT, "cases:\n" CASE("59", "pass") CASE("61", "[{result: fail}]"), NULL,
                 "6 no case passes exactly at the bound\n");
}

Test(lint, does_not_want_a_pass_of_what_is_forbidden_altogether)
{
    expect_notes(
        HEAD "rules:\n- {id: none, clause: '1', table: work, per: [school], measure: count(), at_most: 0, " TEXTS "}\n",
        "cases:\n- {name: one, rule: none, given: {work: [{school: A, day: 2021-12-01}]}, expect: [{result: fail}]}\n",
        NULL, "");
}

Test(lint, names_what_nobody_uses)
{
    expect_notes(HEAD "params:\n  idle: {value: 1}\n  used: {value: 2}\n"
                      "measures:\n- {id: lonely, table: work, per: [school], measure: count()}\nrules: []\n",
                 NULL, NULL,
                 "5 params.idle is used by no rule, measure or let\n6 params.used is used by no rule, measure or let\n"
                 "8 no rule or measure reads lonely\n");
}

Test(lint, counts_what_lets_and_messages_use)
{
    expect_notes(HEAD "params:\n  a: {value: 1}\n  b: {value: 2}\n"
                      "let: {work: {heavy: minutes > params.a}}\n"
                      "rules:\n- {id: r, clause: '1', table: work, deny: heavy, title: {zh: 标题, en: title}, "
                      "message: {zh: \"{params.b}\", en: \"{params.b}\"}}\n",
                 "cases:\n- {name: over, rule: r, given: {work: [{school: A, day: 2021-12-01, minutes: 2}]}, expect: "
                 "[{result: fail}]}\n"
                 "- {name: under, rule: r, given: {work: [{school: A, day: 2021-12-01, minutes: 1}]}, expect: pass}\n",
                 NULL, "");
}

Test(lint, wants_a_clause_and_both_languages)
{
    expect_notes(
        HEAD "rules:\n"
             "- {id: a, table: work, deny: grade > 9, message: {zh: 甲}}\n"
             "- {id: b, clause: '2', table: work, deny: grade > 9}\n"
             "clauses: {'1': {section: 1, quote: 句, duty: school, kind: cap, rules: [a]}, "
             "'2': {section: 1, quote: 句, duty: school, kind: cap, reason: {en: none}}}\n",
        NULL, NULL,
        "5 the rule names no clause\n5 the message of the rule has no text in English\n5 the rule has no case\n"
        "6 the rule has no message\n6 the rule has no case\n6 clause 2 does not list this rule\n");
}

Test(lint, finds_rules_that_can_say_nothing)
{
    expect_notes(HEAD "params: {off: {value: false}}\nrules:\n"
                      "- {id: a, clause: '1', table: work, when: params.off, deny: grade > 9, " TEXTS "}\n"
                      "- {id: b, clause: '1', table: work, require: 1 < 2, " TEXTS "}\n",
                 NULL, NULL,
                 "6 the rule has no case\n6 the rule never applies: its condition is always false\n"
                 "7 the rule has no case\n7 the rule can never fail: its check is always true\n");
}

Test(lint, does_not_tell_the_author_of_an_overlay_about_its_base)
{
    expect_notes(LIMIT, NULL,
                 "pack: mine\nversion: \"1\"\nextends: [{pack: base, version: \"1.0\"}]\n"
                 "rules:\n- {id: new, clause: '1', table: work, deny: grade > 9, " TEXTS "}\n",
                 "5 the rule has no case\n");
}

Test(lint, reports_a_case_that_cannot_run_and_why)
{
    expect_notes(
        LIMIT,
        "cases:\n" CASE("60", "pass")
            CASE("61", "[{result: fail}]") "- {name: wrong, rule: daily, given: {work: [{shcool: A}]}, expect: pass}\n",
        NULL, "4 the case cannot be run\n4 work has no field shcool; did you mean 'school'?\n");
}
