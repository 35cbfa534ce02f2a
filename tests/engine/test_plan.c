/*
 * What the planner refuses, and what an engine tells about itself.
 */
#include <criterion/criterion.h>

#include "support/world.h"

#define HEAD "pack: test\nversion: \"1.0\"\nschema: mini\n"

Test(plan, all_errors_of_a_pack_come_at_once_and_in_order)
{
    world_refuses(
        HEAD "rules:\n"
             "- {id: a, table: work, deny: grad > 2}\n"
             "- {id: b, table: work, deny: form == 'writen'}\n"
             "- {id: c, table: work, per: [school], measure: summ(minutes), at_most: 3}\n"
             "- {id: d, table: work, per: [school], measure: sum(school), at_most: 3}\n"
             "- {id: e, table: work, per: [school], measure: sum(minutes), at_most: minutes}\n"
             "- {id: f, table: work, per: [school], measure: sum(minutes), at_most: \"'x'\"}\n"
             "- {id: g, table: work, deny: grade > 2, message: {zh: \"{shcool}\"}}\n",
        "5:30 POLICY_E_NAME unknown name grad; did you mean 'grade'?\n"
        "6:38 POLICY_E_NAME 'writen' is not a value of form; it is one of written, oral; did you mean 'written'?\n"
        "7:48 POLICY_E_NAME a measure is one of sum, count, count_distinct, min, max, only, share, ratio, runs, "
        "collect with its arguments, not summ(minutes); did you mean 'sum'?\n"
        "8:52 POLICY_E_TYPE sum cannot be taken over string\n"
        "9:71 POLICY_E_NAME unknown name minutes\n"
        "10:72 POLICY_E_TYPE the bound is string, the measure is int\n"
        "11:57 POLICY_E_NAME unknown name shcool; did you mean 'school'?\n");
}

Test(plan, names_that_need_themselves_are_refused)
{
    world_refuses(HEAD "let:\n  work:\n    a: b + 1\n    b: a + 1\nrules: []\n",
                  "7:8 POLICY_E_NAME b depends on itself\n");
    world_refuses(
        HEAD
        "measures:\n- {id: m, table: work, per: [school], measure: sum(minutes), when: m(school) > 1}\nrules: []\n",
        "5:8 POLICY_E_NAME m depends on itself\n");
    world_refuses(HEAD "measures:\n- {id: m, table: work, per: [school], measure: count()}\n"
                       "let:\n  work:\n    many: m(school) > 3\n"
                       "rules:\n- {id: r, table: work, when: many, per: [school], measure: count(), at_most: 3}\n",
                  "10:8 POLICY_E_NAME how records of work are grouped depends on records of work\n");
}

Test(plan, an_engine_lists_its_rules_in_order)
{
    world *w = world_new(
        HEAD "rules:\n- {id: b, clause: '1', table: work, deny: grade == 1, severity: info, title: {zh: 乙}}\n"
             "- {id: a, table: work, per: [school], measure: count(), at_most: 1}\n");
    cr_assert_eq(policy_engine_rule_count(w->engine), 2);
    cr_assert_str_eq(policy_engine_rule_id(w->engine, 0), "b");
    cr_assert_str_eq(policy_engine_rule_clause(w->engine, 0), "1");
    cr_assert_eq(policy_engine_rule_severity(w->engine, 0), POLICY_INFO);
    cr_assert_str_eq(policy_engine_rule_title(w->engine, 0, POLICY_LANGUAGE_EN), "乙");
    cr_assert_str_eq(policy_engine_rule_table(w->engine, 1), "work");
    cr_assert_null(policy_engine_rule_id(w->engine, 2));
    world_free(w);
}
