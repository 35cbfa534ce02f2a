/*
 * What the data claims to hold: outside it, that nothing was found proves nothing.
 */
#include <criterion/criterion.h>

#include "support/world.h"

static const char pack[] =
    "pack: test\nversion: \"1.0\"\nschema: mini\n"
    "calendar:\n  terms: {2021-2022-1: [2021-09-01, 2022-01-21]}\n"
    "measures:\n"
    "- {id: home, table: work, per: [school, day], measure: count()}\n"
    "- {id: plans, table: paper, per: [school, year], measure: count()}\n"
    "rules:\n"
    "- {id: visit, table: visit, deny: \"home(school, day) >= 1\"}\n"
    "- {id: filed, table: place, each: {year: school_years()}, require: \"plans(school, year) >= 1\"}\n"
    "- {id: cap, table: work, per: [school, day], measure: sum(minutes), at_most: 60}\n";

Test(coverage, bans_hold_only_where_the_data_looks)
{
    world *w = world_new(pack);
    world_row(w, "coverage", "record_type=作业|school=A|from=2021-11-01|until=2021-11-30");
    world_row(w, "coverage", "record_type=作业|school=A|from=2021-12-01|until=2021-12-31");
    world_row(w, "coverage", "record_type=备案|from=2021-09-01");
    world_row(w, "place", "school=A");
    world_row(w, "work", "school=A|day=2021-11-30|minutes=60");
    world_row(w, "work", "school=A|day=2022-01-03|minutes=60");
    world_row(w, "work", "school=B|day=2021-12-01|minutes=61");
    cr_assert_eq(policy_ledger_supply(w->ledger, "paper", NULL), POLICY_OK);
    world_row(w, "visit", "school=A|who=p|day=2021-12-31"); /* covered: no homework that day */
    world_row(w, "visit", "school=A|who=p|day=2022-01-01");
    world_row(w, "visit", "school=C|who=p|day=2021-12-01");
    world_expect(w, "visit unknown violation school=A who=p day=2022-01-01 rows=9 missing=work\n"
                    "visit unknown violation school=C who=p day=2021-12-01 rows=10 missing=work\n"
                    "filed fail violation school=A year=2021-2022 rows=4\n"
                    "cap unknown violation school=A day=2022-01-03 value=60 limit=60 rows=6 missing=coverage\n"
                    "cap fail violation school=B day=2021-12-01 value=61 limit=60 rows=7\n");
    world_expect_counts(w, "visit", "pass 1 unknown 2");
    world_free(w);
}

Test(coverage, without_a_table_what_was_supplied_is_all_there_is)
{
    world *w = world_new(pack);
    cr_assert_eq(policy_ledger_supply(w->ledger, "work", NULL), POLICY_OK);
    world_row(w, "visit", "school=A|who=p|day=2022-01-01");
    world_expect_counts(w, "visit", "pass 1");
    world_free(w);
}
