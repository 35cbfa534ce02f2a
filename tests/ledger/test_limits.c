/*
 * Limit rules: groups, bounds, intervals, warnings, dates; measures stacked and read by key.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

#define HEAD "pack: test\nversion: \"1.0\"\nschema: mini\n"
#define DAILY                                                                                                          \
    HEAD "rules:\n"                                                                                                    \
         "- id: daily\n"                                                                                               \
         "  table: work\n"                                                                                             \
         "  when: form == 'written'\n"                                                                                 \
         "  per: [school, day]\n"                                                                                      \
         "  measure: sum(minutes)\n"                                                                                   \
         "  at_most: 60\n"                                                                                             \
         "  title: {zh: 每日总量, en: daily total}\n"                                                              \
         "  message: {zh: \"{school}{day}共{value}分钟，上限{limit}\", en: \"{school} {day}: {value} of {limit}\"}\n"

static world *with(const char *pack, const char *const *rows, size_t count)
{
    world *w = world_new(pack);
    world_rows(w, "work", rows, count);
    return w;
}
#define WITH(pack, rows) with(pack, rows, sizeof(rows) / sizeof *(rows))

Test(limits, sixty_passes_and_sixty_one_fails)
{
    static const char *const rows[] = {
        "school=A|day=2021-12-01|form=written|minutes=30", "school=A|day=2021-12-01|form=written|minutes=30",
        "school=B|day=2021-12-01|form=written|minutes=31", "school=B|day=2021-12-01|form=written|minutes=30",
        "school=B|day=2021-12-01|form=oral|minutes=90"};
    world *w = WITH(DAILY, rows);
    world_expect(w, "daily fail violation school=B day=2021-12-01 value=61 limit=60 rows=3,4\n");
    world_expect_counts(w, "daily", "pass 1 fail 1");
    world_expect_message(w, "daily", "B2021-12-01共61分钟，上限60", "B 2021-12-01: 61 of 60");
    world_free(w);
}

Test(limits, a_missing_minute_is_unknown_unless_the_known_part_is_over)
{
    static const char *const rows[] = {
        "school=A|day=2021-12-01|form=written|minutes=30",
        "school=A|day=2021-12-01|form=written|minutes=", "school=B|day=2021-12-01|form=written|minutes=61",
        "school=B|day=2021-12-01|form=written|minutes=很久"};
    world *w = WITH(DAILY, rows);
    world_expect(w, "daily unknown violation school=A day=2021-12-01 value=30..630 limit=60 rows=2 missing=minutes\n"
                    "daily fail violation school=B day=2021-12-01 value=61 limit=60 rows=3,4\n");
    world_expect_message(w, "daily", "缺少预计时长，无法判断：每日总量（A、2021-12-01）（数值介于 30..630，限值 60）",
                         "daily total (A, 2021-12-01): minutes missing, cannot be judged (the value lies between "
                         "30..630, the limit is 60)");
    cr_assert_eq(policy_ledger_notice_count(w->ledger), 1);
    const policy_notice *n = policy_ledger_notice(w->ledger, 0);
    cr_assert_eq(policy_notice_kind_of(n), POLICY_NOTICE_UNREADABLE_CELL);
    cr_assert_eq(policy_notice_row(n), 4);
    cr_assert_str_eq(policy_notice_text(n), "很久");
    world_free(w);
}

Test(limits, a_proved_fail_says_at_least)
{
    static const char *const rows[] = {"school=B|day=2021-12-01|form=written|minutes=61",
                                       "school=B|day=2021-12-01|form=written|minutes="};
    world *w = WITH(DAILY, rows);
    world_expect(w, "daily fail violation school=B day=2021-12-01 value=61 limit=60 rows=1,2\n");
    world_expect_message(w, "daily", "B2021-12-01共至少61分钟，上限60", "B 2021-12-01: at least 61 of 60");
    world_free(w);
}

Test(limits, a_row_that_may_count_widens_the_interval)
{
    static const char *const rows[] = {
        "school=A|day=2021-12-01|form=written|minutes=50", "school=A|day=2021-12-01|form=|minutes=10",
        "school=B|day=2021-12-01|form=written|minutes=50", "school=B|day=2021-12-01|form=|minutes=11",
        "school=C|day=2021-12-01|form=|minutes=70"};
    world *w = WITH(DAILY, rows);
    world_expect(w, "daily unknown violation school=B day=2021-12-01 value=50..61 limit=60 rows=4 missing=form\n"
                    "daily unknown violation school=C day=2021-12-01 value=0..70 limit=60 rows=5 missing=form\n");
    world_expect_counts(w, "daily", "pass 1 unknown 2");
    world_free(w);
}

Test(limits, a_row_without_a_key_is_a_finding_of_its_own)
{
    static const char *const rows[] = {
        "school=|day=2021-12-01|form=written|minutes=61", "school=A|day=2021-12-01|form=written|minutes=60",
        "school=A|day=|form=written|minutes=70", "school=|day=2021-12-01|form=oral|minutes=61"};
    world *w = WITH(DAILY, rows);
    world_expect(w, "daily unknown violation school= day=2021-12-01 rows=1 missing=school\n"
                    "daily unknown violation school=A day= rows=3 missing=day\n");
    world_free(w);
}

Test(limits, a_column_that_was_not_supplied_is_unknown)
{
    static const char *const rows[] = {"school=A|day=2021-12-01|minutes=10"};
    world *w = WITH(DAILY, rows);
    world_expect_counts(w, "daily", "pass 1");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=51");
    world_expect(w, "daily unknown violation school=A day=2021-12-01 value=0..61 limit=60 rows=1,2 missing=form\n");
    world_free(w);
}

Test(limits, order_of_rows_does_not_show)
{
    static const char *const rows[] = {
        "school=B|day=2021-12-01|form=written|minutes=45", "school=A|day=2021-12-02|form=written|minutes=",
        "school=A|day=2021-12-01|form=|minutes=61",        "school=B|day=2021-12-01|form=written|minutes=45",
        "school=A|day=2021-12-02|form=written|minutes=40", "school=|day=2021-12-02|form=written|minutes=40",
        "school=A|day=2021-12-01|form=written|minutes=5"};
    enum { COUNT = sizeof rows / sizeof *rows };
    char *first = NULL;
    for (unsigned turn = 0; turn < 40; turn++) {
        size_t order[COUNT];
        unsigned seed = turn * 2654435761u + 1;
        for (size_t i = 0; i < COUNT; i++) {
            order[i] = i;
        }
        for (size_t i = COUNT - 1; turn > 0 && i > 0; i--) {
            seed = seed * 1103515245u + 12345u;
            size_t k = (seed >> 16) % (i + 1), swap = order[i];
            order[i] = order[k];
            order[k] = swap;
        }
        world *w = world_new(DAILY);
        for (size_t i = 0; i < COUNT; i++) {
            w->row = order[i];
            world_row(w, "work", rows[order[i]]);
        }
        char *text = world_findings(w, NULL);
        cr_assert_not_null(text);
        if (first == NULL) {
            first = text;
        } else {
            cr_assert_str_eq(text, first);
            free(text);
        }
        world_free(w);
    }
    free(first);
}

Test(limits, warnings_lie_on_the_soft_side)
{
    static const char pack[] = HEAD "rules:\n"
                                    "- {id: soft, table: work, per: [school], measure: sum(minutes), warn_above: 60, "
                                    "at_most: 90}\n"
                                    "- {id: floor, table: work, per: [school], measure: sum(minutes), at_least: 10, "
                                    "warn_below: 20}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|minutes=60", "school=B|day=2021-12-01|minutes=61",
                                       "school=C|day=2021-12-01|minutes=91", "school=D|day=2021-12-01|minutes=61",
                                       "school=D|day=2021-12-01|minutes=",   "school=E|day=2021-12-01|minutes=19",
                                       "school=F|day=2021-12-01|minutes=9"};
    world *w = WITH(pack, rows);
    world_expect(w, "soft fail warning school=B value=61 limit=60 rows=2\n"
                    "soft fail violation school=C value=91 limit=90 rows=3\n"
                    "soft unknown violation school=D value=61..661 limit=90 rows=5 missing=minutes\n"
                    "floor fail warning school=E value=19 limit=20 rows=6\n"
                    "floor fail violation school=F value=9 limit=10 rows=7\n");
    world_free(w);
    world_refuses(HEAD "rules:\n- {id: x, table: work, per: [school], measure: count(), warn_above: 3, at_most: 2}\n",
                  "5:69 POLICY_E_DATA the warning threshold lies beyond the bound\n");
}

Test(limits, exactly_and_both_bounds)
{
    static const char pack[] =
        HEAD "rules:\n"
             "- {id: two, table: work, per: [school], measure: count(), exactly: 2}\n"
             "- {id: span, table: work, per: [school], measure: count(), at_least: 2, at_most: 2}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01", "school=B|day=2021-12-01", "school=B|day=2021-12-02",
                                       "school=C|day=2021-12-01", "school=C|day=2021-12-02", "school=C|day=2021-12-03"};
    world *w = WITH(pack, rows);
    world_expect(w, "two fail violation school=A value=1 limit=2 rows=1\n"
                    "two fail violation school=C value=3 limit=2 rows=4,5,6\n"
                    "span fail violation school=A value=1 limit=2 rows=1\n"
                    "span fail violation school=C value=3 limit=2 rows=4,5,6\n");
    world_free(w);
}

Test(limits, tiers_take_the_greatest_and_days_the_sum)
{
    static const char pack[] =
        HEAD "measures:\n"
             "- {id: slots, table: work, when: form == 'written', measure: max(minutes),\n"
             "   per: [school, day, {slot: \"has(tier) ? tier : record_id\"}]}\n"
             "rules:\n"
             "- {id: daily, table: slots, per: [school, day], measure: sum(value), at_most: 60}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|form=written|minutes=20|tier=x",
                                       "school=A|day=2021-12-01|form=written|minutes=30|tier=x",
                                       "school=A|day=2021-12-01|form=written|minutes=30",
                                       "school=B|day=2021-12-01|form=written|minutes=30|tier=x",
                                       "school=B|day=2021-12-01|form=written|minutes=31",
                                       "school=B|day=2021-12-01|form=written|minutes=|tier=y",
                                       "school=C|day=2021-12-01|form=written|minutes=30",
                                       "school=C|day=2021-12-01|form=written|minutes=30",
                                       "school=C|day=2021-12-01|form=|minutes=30|tier=z"};
    world *w = WITH(pack, rows);
    world_expect(w, "daily fail violation school=B day=2021-12-01 value=61 limit=60 rows=4,5,6\n"
                    "daily unknown violation school=C day=2021-12-01 value=60..90 limit=60 rows=9 missing=form\n");
    world_expect_counts(w, "daily", "pass 1 fail 1 unknown 1");
    world_free(w);
}

Test(limits, thirds_of_twenty_add_up)
{
    static const char pack[] =
        HEAD "rules:\n- {id: total, table: work, per: [school], measure: sum(hours), at_most: 60}\n";
    world *w = world_new(pack);
    for (int i = 0; i < 9; i++) {
        world_row(w, "work", "school=A|day=2021-12-01|hours=6.666666666666667");
    }
    world_expect(w, "");
    world_expect_counts(w, "total", "pass 1");
    world_row(w, "work", "school=A|day=2021-12-01|hours=0.001");
    world_expect(w, "total fail violation school=A value=60.001 limit=60 rows=1,2,3,4,5,6,7,8,9,10\n");
    world_free(w);
}

Test(limits, shares_and_ratios)
{
    static const char pack[] = HEAD
        "rules:\n"
        "- {id: share, table: work, per: [school], measure: share(minutes > 30), at_most: 0.5}\n"
        "- {id: weighted, table: work, per: [school], measure: \"share(form == 'oral', minutes)\", at_least: 0.25}\n"
        "- {id: ratio, table: work, when: has(hours), per: [school], measure: \"ratio(double(minutes), hours)\", "
        "at_most: 60}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|minutes=30|form=oral|hours=0.5",
                                       "school=A|day=2021-12-01|minutes=90|form=written|hours=1.5",
                                       "school=B|day=2021-12-01|minutes=40|form=written|hours=1",
                                       "school=B|day=2021-12-01|minutes=20|form=|hours=0",
                                       "school=C|day=2021-12-01|minutes=|form=oral",
                                       "school=D|day=2021-12-01|minutes=0|form=oral|hours=0"};
    world *w = WITH(pack, rows);
    world_expect(w, "share unknown violation school=C value=0..1 limit=0.5 rows=5 missing=minutes\n"
                    "weighted unknown violation school=B value=0..0.3333333333333333 limit=0.25 rows=4 missing=form\n");
    world_expect_counts(w, "ratio", "pass 2 not_applicable 1");
    world_expect_counts(w, "weighted", "pass 2 unknown 1 not_applicable 1");
    world_free(w);
}

Test(limits, distinct_values_minima_and_the_one_value)
{
    static const char pack[] = HEAD
        "rules:\n"
        "- {id: forms, table: work, per: [school], measure: count_distinct(form), at_most: 1}\n"
        "- {id: least, table: work, per: [school], measure: min(minutes), at_least: 10}\n"
        "- {id: one, table: work, per: [school], measure: only(grade), at_most: 6}\n"
        "- {id: late, table: work, when: has(end), per: [school], measure: max(end), at_most: \"time('18:00')\"}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|form=written|minutes=10|grade=6|end=18:00",
                                       "school=A|day=2021-12-01|form=written|minutes=20|grade=6",
                                       "school=B|day=2021-12-01|form=written|minutes=9|grade=7",
                                       "school=B|day=2021-12-01|form=|minutes=|grade=7|end=18:01",
                                       "school=C|day=2021-12-01|form=oral|minutes=50|grade=1",
                                       "school=C|day=2021-12-01|form=written|minutes=|grade=2"};
    world *w = WITH(pack, rows);
    world_expect(w, "forms unknown violation school=B value=1..2 limit=1 rows=4 missing=form\n"
                    "forms fail violation school=C value=2 limit=1 rows=5,6\n"
                    "least fail violation school=B value=9 limit=10 rows=3,4\n"
                    "least unknown violation school=C value=0..50 limit=10 rows=6 missing=minutes\n"
                    "one fail violation school=B value=7 limit=6 rows=3,4\n"
                    "one unknown violation school=C limit=6 rows=5,6 missing=grade\n"
                    "late fail violation school=B value=18:01 limit=18:00 rows=4\n");
    world_free(w);
}

Test(limits, an_argument_with_a_range_is_bounded_through_arithmetic)
{
    static const char pack[] =
        HEAD "let:\n  work:\n    days: \"span(day, has(until) ? until : day)\"\n"
             "measures:\n"
             "- {id: spread, table: work, each: {on: days}, per: [school, on, {slot: record_id}],\n"
             "   measure: \"max(double(minutes) / double(size(days)))\"}\n"
             "rules:\n- {id: daily, table: spread, per: [school, on], measure: sum(value), at_most: 60}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|until=2021-12-04|minutes=90",
                                       "school=A|day=2021-12-02|minutes=31", "school=A|day=2021-12-03|minutes="};
    world *w = WITH(pack, rows);
    world_expect(w, "daily fail violation school=A on=2021-12-02 value=61 limit=60 rows=1,2\n"
                    "daily unknown violation school=A on=2021-12-03 value=30..630 limit=60 rows=3 missing=minutes\n");
    world_free(w);
}

Test(limits, in_force_on_the_latest_day_of_the_group)
{
    static const char pack[] =
        HEAD "rules:\n"
             "- {id: term, table: work, per: [school], measure: count(), at_most: 1, severity: warning,"
             " in_force: {from: 2021-11-19, until: 2021-12-31}}\n"
             "- {id: term, table: work, per: [school], measure: count(), at_most: 1,"
             " in_force: {from: 2022-01-01}}\n";
    static const char *const rows[] = {
        "school=A|day=2021-09-01", "school=A|day=2021-11-18", "school=B|day=2021-09-01", "school=B|day=2021-11-19",
        "school=C|day=2021-12-31", "school=C|day=2022-01-01", "school=D|day=2021-09-01", "school=D|day="};
    world *w = WITH(pack, rows);
    world_expect(w, "term fail warning school=B value=2 limit=1 rows=3,4\n"
                    "term fail violation school=C value=2 limit=1 rows=5,6\n"
                    "term unknown warning school=D value=2 rows=7,8 missing=day\n");
    world_expect_counts(w, "term", "fail 2 unknown 1 not_in_force 1");
    world_free(w);
}

Test(limits, dated_parameters_follow_the_rows_date)
{
    static const char pack[] =
        HEAD "params:\n  cap: {versions: [{in_force: {until: 2021-12-31}, value: 60}, {in_force: {from: 2022-01-01}, "
             "value: 50}]}\n"
             "rules:\n"
             "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: params.cap}\n"
             "- {id: single, table: work, deny: minutes > params.cap}\n";
    static const char *const rows[] = {"school=A|day=2021-12-31|minutes=60", "school=A|day=2022-01-01|minutes=60"};
    world *w = WITH(pack, rows);
    world_expect(w, "daily fail violation school=A day=2022-01-01 value=60 limit=50 rows=2\n"
                    "single fail violation school=A day=2022-01-01 rows=2\n");
    world_free(w);
}

Test(limits, one_group_exists_without_a_row)
{
    static const char pack[] =
        HEAD "rules:\n- {id: some, table: paper, when: kind == 'plan', per: [], measure: count(), at_least: 1}\n";
    world *w = world_new(pack);
    world_expect(w, "some unknown violation missing=paper\n");
    cr_assert_eq(policy_ledger_supply(w->ledger, "paper", NULL), POLICY_OK);
    world_expect(w, "some fail violation value=0 limit=1\n");
    world_row(w, "paper", "school=A|kind=plan");
    world_expect_counts(w, "some", "pass 1");
    world_free(w);
}

Test(limits, a_sum_past_all_bounds_is_an_error)
{
    static const char pack[] =
        HEAD "rules:\n- {id: total, table: work, per: [], measure: sum(grade * 9000000000000000000), at_most: 5}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|grade=1", "school=A|day=2021-12-02|grade=1"};
    world *w = WITH(pack, rows);
    world_expect(w, "total error violation rows=1,2\n");
    world_row(w, "work", "school=A|day=2021-12-03|grade=-1"); /* what passed the bound on the way is right in the end */
    world_expect(w, "total fail violation value=9000000000000000000 limit=5 rows=1,2,3\n");
    world_free(w);
}

Test(limits, what_stacks_on_the_group_that_always_exists_has_it_too)
{
    static const char pack[] = HEAD "measures:\n- {id: total, table: work, per: [], measure: count()}\n"
                                    "rules:\n- {id: any, table: total, require: value >= 1}\n"
                                    "- {id: stacked, table: total, per: [], measure: sum(value), at_least: 1}\n";
    world *w = world_new(pack);
    world_expect_counts(w, "any", "unknown 1");
    world_expect_counts(w, "stacked", "unknown 1");
    cr_assert_eq(policy_ledger_notice_count(w->ledger), 1);
    cr_assert_eq(policy_notice_kind_of(policy_ledger_notice(w->ledger, 0)), POLICY_NOTICE_TYPE_NOT_SUPPLIED);
    cr_assert_eq(policy_ledger_supply(w->ledger, "work", NULL), POLICY_OK);
    world_expect(w, "any fail violation value=0\nstacked fail violation value=0 limit=1\n");
    cr_assert_eq(policy_ledger_notice_count(w->ledger), 0);
    world_free(w);
}

Test(limits, an_overlay_takes_the_stricter_bound_per_group)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_error *err = NULL;
    static const char base[] =
        "pack: base\nversion: \"1.0\"\nschema: mini\n"
        "rules:\n- {id: cap, table: work, per: [school], measure: sum(minutes), at_most: 60}\n"
        "- {id: ban, table: work, when: grade == 1, deny: form == 'written', severity: warning}\n";
    static const char overlay[] = "pack: overlay\nversion: \"1.0\"\nextends: [{pack: base, version: \"1.0\"}]\n"
                                  "tighten:\n- {rule: cap, at_most: 45}\n"
                                  "- {rule: ban, also_when: grade == 2, severity: violation}\n";
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL);
    policy_builder_add_memory(builder, "base/pack.yaml", base, strlen(base), NULL);
    policy_builder_load_memory(builder, "overlay.yaml", overlay, strlen(overlay), NULL);
    cr_assert_eq(policy_builder_build(builder, &engine, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_builder_free(builder);
    cr_assert_eq(policy_ledger_new(engine, &ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(ledger, POLICY_EVIDENCE_FIRST, 5, NULL), POLICY_OK);
    world w = {.engine = engine, .ledger = ledger};
    world_row(&w, "work", "school=A|day=2021-12-01|grade=2|form=written|minutes=46");
    world_row(&w, "work", "school=B|day=2021-12-01|grade=3|form=written|minutes=45");
    world_expect(&w, "cap fail violation school=A value=46 limit=45 rows=1\n"
                     "ban fail violation school=A day=2021-12-01 rows=1\n");
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
}
