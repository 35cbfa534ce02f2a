/*
 * By which fields input may be split so that every group is whole.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

#define HEAD "pack: t\nversion: \"1.0\"\nschema: mini\n"

static void expect_keys(const char *pack, const char *type, const char *expected)
{
    world *w = world_new(pack);
    char text[400] = "";
    for (size_t i = 0; i < policy_engine_partition_key_count(w->engine, type); i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 policy_engine_partition_key(w->engine, type, i));
    }
    cr_expect_str_eq(text, expected, "%s: %s instead of %s", type, text, expected);
    cr_expect_null(policy_engine_partition_key(w->engine, type, policy_engine_partition_key_count(w->engine, type)));
    world_free(w);
}

Test(partition, is_what_all_groups_have_as_a_key)
{
    static const char pack[] =
        HEAD "rules:\n"
             "- {id: a, table: work, per: [school, grade, day], measure: sum(minutes), at_most: 60}\n"
             "- {id: b, table: work, per: [day, school], measure: count(), at_most: 9}\n";
    expect_keys(pack, "work", "school day");
    expect_keys(pack, "visit", "school who day"); /* no group: every field */
    expect_keys(pack, "nothing", "");
}

Test(partition, a_computed_key_keeps_nothing_together)
{
    expect_keys(HEAD "rules:\n- {id: a, table: work, per: [school, {w: week(day)}], measure: count(), at_most: 9}\n",
                "work", "school");
    expect_keys(HEAD "rules:\n- {id: a, table: work, per: [{w: week(day)}], measure: count(), at_most: 9}\n", "work",
                "");
}

Test(partition, a_group_of_groups_is_only_whole_by_its_own_keys)
{
    expect_keys(HEAD "measures:\n- {id: daily, table: work, per: [school, day], measure: sum(minutes)}\n"
                     "rules:\n- {id: a, table: daily, per: [school], measure: max(value), at_most: 60}\n",
                "work", "school");
    expect_keys(HEAD "measures:\n- {id: daily, table: work, per: [school, day], measure: sum(minutes)}\n"
                     "rules:\n- {id: a, table: daily, per: [{d: day}], measure: max(value), at_most: 60}\n",
                "work", "day");
}

Test(partition, who_reads_a_group_must_be_split_with_it)
{
    static const char measure[] =
        HEAD "measures:\n- {id: daily, table: work, per: [school, day], measure: sum(minutes)}\nrules:\n";
    char pack[1000];
    snprintf(pack, sizeof pack, "%s- {id: a, table: visit, deny: \"daily(school, day) > 60\"}\n", measure);
    expect_keys(pack, "work", "school day");
    snprintf(pack, sizeof pack, "%s- {id: a, table: visit, deny: \"daily(who, day) > 60\"}\n", measure);
    expect_keys(pack, "work", "day");
    snprintf(pack, sizeof pack, "%s- {id: a, table: paper, deny: \"daily(school, date('2021-12-01')) > 60\"}\n",
             measure);
    expect_keys(pack, "work", "school");
    snprintf(pack, sizeof pack, "%s- {id: a, table: work, deny: \"daily(school, day) > 60 && daily('A', day) > 0\"}\n",
             measure);
    expect_keys(pack, "work", "day");
}

/* Homework of many classes, judged whole and class by class. */
Test(partition, parts_side_by_side_say_what_the_whole_says)
{
    static const char pack[] = HEAD "measures:\n- {id: daily, table: work, per: [school, day], measure: sum(minutes)}\n"
                                    "rules:\n"
                                    "- {id: a, table: daily, per: [school], measure: max(value), at_most: 60}\n"
                                    "- {id: b, table: work, deny: \"daily(school, day) > 70 && minutes > 20\"}\n";
    expect_keys(pack, "work", "school");
    world *whole = world_new(pack);
    world parts[3];
    size_t found = 0;
    for (int p = 0; p < 3; p++) {
        parts[p] = (world){.engine = policy_engine_ref(whole->engine)};
        cr_assert_eq(policy_ledger_new(whole->engine, &parts[p].ledger, NULL), POLICY_OK);
    }
    for (int i = 0; i < 40; i++) {
        char cells[100];
        snprintf(cells, sizeof cells, "school=%c|day=2021-12-%02d|minutes=%d", 'A' + i % 3, 1 + i % 7, 10 + i % 5 * 10);
        world_row(whole, "work", cells);
        world_row(&parts[i % 3], "work", cells);
    }
    for (int p = 0; p < 3; p++) {
        policy_findings *all = NULL;
        cr_assert_eq(policy_ledger_findings(parts[p].ledger, &all, NULL), POLICY_OK);
        found += policy_findings_count(all);
        policy_findings_free(all);
        policy_ledger_free(parts[p].ledger);
        policy_engine_unref(parts[p].engine);
    }
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(whole->ledger, &all, NULL), POLICY_OK);
    cr_expect_eq(policy_findings_count(all), found);
    cr_expect_gt(found, 3);
    policy_findings_free(all);
    world_free(whole);
}
