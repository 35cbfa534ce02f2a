/*
 * Row rules: verdicts, joins through measures, each, dates, errors, transactions and failing memory.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define HEAD "pack: test\nversion: \"1.0\"\nschema: mini\n"

Test(rows, fail_needs_both_when_and_the_check)
{
    static const char pack[] = HEAD "rules:\n"
                                    "- {id: ban, table: work, when: grade <= 2, deny: form == 'written',\n"
                                    "   message: {zh: \"{school}{grade}年级\", en: \"grade {grade}\"}}\n"
                                    "- {id: must, table: work, require: minutes <= 60 || form == 'oral'}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|grade=2|form=written|minutes=60",
                                       "school=B|day=2021-12-01|grade=3|form=written|minutes=61",
                                       "school=C|day=2021-12-01|grade=|form=written|minutes=1",
                                       "school=D|day=2021-12-01|grade=|form=oral|minutes=",
                                       "school=E|day=2021-12-01|grade=1|form=|minutes=",
                                       "school=F|day=2021-12-01|grade=3|form=|minutes=61"};
    world *w = world_new(pack);
    world_rows(w, "work", rows, sizeof rows / sizeof *rows);
    world_expect(w, "ban fail violation school=A day=2021-12-01 rows=1\n"
                    "ban unknown violation school=C day=2021-12-01 rows=3 missing=grade\n"
                    "ban unknown violation school=E day=2021-12-01 rows=5 missing=form\n"
                    "must fail violation school=B day=2021-12-01 rows=2\n"
                    "must unknown violation school=E day=2021-12-01 rows=5 missing=minutes,form\n"
                    "must unknown violation school=F day=2021-12-01 rows=6 missing=form\n");
    world_expect_counts(w, "ban", "pass 1 fail 1 unknown 2 not_applicable 2");
    world_expect_message(w, "ban", "A2年级", "grade 2");
    world_free(w);
}

Test(rows, an_error_is_neither_pass_nor_unknown)
{
    static const char pack[] = HEAD "rules:\n- {id: half, table: work, deny: 60 / minutes > 3, title: {zh: 除}}\n";
    static const char *const rows[] = {"school=A|day=2021-12-01|minutes=0", "school=B|day=2021-12-01|minutes="};
    world *w = world_new(pack);
    world_rows(w, "work", rows, 2);
    world_expect(w, "half error violation school=A day=2021-12-01 rows=1\n"
                    "half unknown violation school=B day=2021-12-01 rows=2 missing=minutes\n");
    world_free(w);
}

Test(rows, a_measure_read_by_its_keys_joins_two_tables)
{
    static const char pack[] =
        HEAD "measures:\n"
             "- {id: home, table: work, when: form == 'written', per: [school, day], measure: count()}\n"
             "rules:\n"
             "- {id: visit, table: visit, deny: \"home(school, day) >= 1\",\n"
             "   message: {zh: \"{who}：{home(school, day)}\", en: \"{who}\"}}\n";
    world *w = world_new(pack);
    world_row(w, "visit", "school=A|who=p|day=2021-12-01"); /* checks read when findings are asked for: any order */
    world_row(w, "visit", "school=B|who=q|day=2021-12-01");
    world_row(w, "visit", "school=C|who=r|day=2021-12-01");
    world_expect_counts(w, "visit", "unknown 3");
    world_row(w, "work", "school=A|day=2021-12-01|form=written");
    world_row(w, "work", "school=C|day=2021-12-01|form=");
    world_expect(w, "visit fail violation school=A who=p day=2021-12-01 rows=1\n"
                    "visit unknown violation school=C who=r day=2021-12-01 rows=3 missing=form\n");
    world_expect_message(w, "visit", "p：1", "p");
    world_free(w);
}

Test(rows, an_unsupplied_table_is_named)
{
    static const char pack[] =
        HEAD "measures:\n- {id: plans, table: paper, per: [school], measure: count()}\n"
             "rules:\n- {id: filed, table: place, require: plans(school) >= 1, title: {zh: 备案, en: filed}}\n";
    world *w = world_new(pack);
    world_row(w, "place", "school=A");
    world_expect(w, "filed unknown violation school=A rows=1 missing=paper\n");
    cr_assert_eq(policy_ledger_supply(w->ledger, "paper", NULL), POLICY_OK);
    world_expect(w, "filed fail violation school=A rows=1\n");
    world_free(w);
}

Test(rows, what_grouping_reads_must_be_posted_first)
{
    static const char pack[] =
        HEAD "measures:\n- {id: years_of, table: place, per: [school], measure: only(years)}\n"
             "let:\n  work:\n    stage: \"grade <= (has(years_of(school)) ? years_of(school) : 5) ? 'low' : 'high'\"\n"
             "rules:\n- {id: cap, table: work, per: [stage], measure: sum(minutes), at_most: 10}\n";
    world *w = world_new(pack);
    world_row(w, "place", "school=A|years=6");
    world_row(w, "work", "school=A|day=2021-12-01|grade=6|minutes=11");
    world_row(w, "work", "school=B|day=2021-12-01|grade=6|minutes=12");
    world_expect(w, "cap fail violation stage=high value=12 limit=10 rows=3\n"
                    "cap fail violation stage=low value=11 limit=10 rows=2\n");
    policy_error *err = NULL;
    cr_assert_eq(world_try_row(w, "place", "school=B|years=6", &err), POLICY_E_STATE);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN),
                     "records of place must be posted before those of work: they decide how these are grouped");
    policy_error_free(err);
    world_expect(w, "cap fail violation stage=high value=12 limit=10 rows=3\n"
                    "cap fail violation stage=low value=11 limit=10 rows=2\n");
    size_t place = policy_engine_feed_order(w->engine, 0);
    cr_assert_str_eq(policy_engine_type_name(w->engine, place), "place");
    world_free(w);
}

Test(rows, each_makes_the_missing_visible)
{
    static const char pack[] =
        HEAD "calendar:\n  terms: {2021-2022-1: [2021-09-01, 2022-01-21], 2022-2023-1: [2022-09-01, 2023-01-10]}\n"
             "measures:\n- {id: plans, table: paper, per: [school, year], measure: count()}\n"
             "rules:\n- {id: filed, table: place, each: {y: school_years()}, require: \"plans(school, y) >= 1\"}\n";
    world *w = world_new(pack);
    cr_assert_eq(policy_ledger_supply(w->ledger, "paper", NULL), POLICY_OK);
    world_row(w, "place", "school=A");
    world_row(w, "paper", "school=A|kind=x|year=2021-2022");
    world_expect(w, "filed fail violation school=A y=2022-2023 rows=1\n");
    world_free(w);
}

Test(rows, dates_decide_what_is_in_force)
{
    static const char pack[] = HEAD "in_force: {from: 2021-11-19}\n"
                                    "rules:\n- {id: ban, table: work, deny: form == 'written'}\n"
                                    "- {id: filed, table: paper, deny: kind == 'x'}\n";
    world *w = world_new(pack);
    world_row(w, "work", "school=A|day=2021-11-18|form=written");
    world_row(w, "work", "school=B|day=2021-11-19|form=written");
    world_row(w, "work", "school=C|day=|form=written");
    world_row(w, "paper", "school=A|kind=x");
    world_expect(w, "ban fail violation school=B day=2021-11-19 rows=2\n"
                    "ban unknown violation school=C day= rows=3 missing=day\n"
                    "filed unknown violation school=A kind=x rows=4 missing=as_of\n");
    world_expect_counts(w, "ban", "fail 1 unknown 1 not_in_force 1");
    world_free(w);
    w = world_new(pack);
    world_as_of(w, "2021-11-19");
    world_row(w, "paper", "school=A|kind=x");
    world_expect(w, "filed fail violation school=A kind=x rows=1\n");
    world_free(w);
}

Test(rows, equal_rows_are_counted_and_listed)
{
    world *w = world_new(HEAD "rules:\n- {id: cap, table: work, per: [school], measure: sum(minutes), at_most: 10}\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=6");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=6");
    world_expect(w, "cap fail violation school=A value=12 limit=10 rows=1,2\n");
    cr_assert_eq(policy_ledger_notice_count(w->ledger), 1);
    cr_assert_eq(policy_notice_kind_of(policy_ledger_notice(w->ledger, 0)), POLICY_NOTICE_EQUAL_ROWS);
    world_free(w);
}

Test(rows, evidence_is_the_smallest_rows_and_says_when_there_are_more)
{
    world *w = world_new(HEAD "rules:\n- {id: cap, table: work, per: [school], measure: count(), at_most: 2}\n");
    for (int i = 30; i > 0; i--) {
        w->row = (uint64_t)i - 1;
        world_row(w, "work", "school=A|day=2021-12-01|minutes=6");
    }
    world_expect(
        w, "cap fail violation school=A value=30 limit=2 rows=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20\n");
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &all, NULL), POLICY_OK);
    cr_assert_not(policy_finding_rows_complete(policy_findings_at(all, 0)));
    cr_assert_eq(policy_findings_records(all, 1), 30);
    cr_assert_eq(policy_findings_records(all, 2), -1, "visits were not supplied");
    policy_findings_free(all);
    world_free(w);
}

Test(rows, findings_outlive_the_ledger_and_the_engine)
{
    world *w = world_new(
        HEAD "rules:\n- {id: ban, table: work, deny: grade == 1, message: {zh: \"{grade}\", en: \"{grade}\"}}\n");
    world_row(w, "work", "school=A|day=2021-12-01|grade=1");
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &all, NULL), POLICY_OK);
    world_free(w);
    policy_text *text = NULL;
    cr_assert_eq(policy_finding_message(policy_findings_at(all, 0), POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert_str_eq(policy_text_data(text), "1");
    policy_text_free(text);
    policy_findings_free(all);
}

static const char everything[] = HEAD
    "params:\n  cap: {versions: [{in_force: {until: 2021-12-31}, value: 60}, {in_force: {from: 2022-01-01}, value: "
    "50}]}\n"
    "let:\n  work:\n    stage: \"grade <= 5 ? 'low' : 'high'\"\n"
    "measures:\n"
    "- {id: slots, table: work, when: form == 'written', measure: max(minutes), per: [school, day, {slot: \"has(tier) "
    "? tier : record_id\"}]}\n"
    "- {id: home, table: work, per: [school, day], measure: count()}\n"
    "rules:\n"
    "- {id: daily, table: slots, per: [school, day], measure: sum(value), at_most: params.cap}\n"
    "- {id: forms, table: work, per: [stage], measure: count_distinct(form), at_most: 1}\n"
    "- {id: ratio, table: work, when: form == 'oral', per: [school], measure: \"ratio(minutes, grade)\", at_most: 1}\n"
    "- {id: ban, table: work, deny: stage == 'low' && minutes > 3, message: {zh: \"{school}{minutes}\", en: "
    "\"{school}\"}}\n"
    "- {id: visit, table: visit, deny: \"home(school, day) >= 1\", message: {zh: \"{home(school, day)}\", en: x}}\n";

static policy_status work_through(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_error *err = NULL;
    policy_options *options = NULL;
    policy_status status = policy_options_new(allocator, &options, &err);
    world *w = NULL;
    if (status == POLICY_OK) {
        w = world_try(options, everything, &err);
        status = w ? POLICY_OK : policy_error_status(err);
    }
    policy_options_free(options);
    static const char *const rows[] = {"school=A|day=2021-12-01|form=written|minutes=40|grade=4|tier=x",
                                       "school=A|day=2021-12-01|form=written|minutes=50|grade=4",
                                       "school=A|day=2021-12-01|form=|minutes=50|grade=9",
                                       "school=A|day=2021-12-01|form=oral|minutes=好多|grade=",
                                       "school=|day=2021-12-01|form=written|minutes=5|grade=4"};
    for (size_t i = 0; status == POLICY_OK && i < sizeof rows / sizeof *rows; i++) {
        char *before = world_findings(w, &err);
        status = before ? world_try_row(w, "work", rows[i], &err) : policy_error_status(err);
        if (status != POLICY_OK && before != NULL) { /* nothing was changed */
            char *after = world_findings(w, NULL);
            cr_assert(after == NULL || strcmp(before, after) == 0);
            free(after);
        }
        free(before);
    }
    if (status == POLICY_OK) {
        status = world_try_row(w, "visit", "school=A|who=p|day=2021-12-01", &err);
    }
    if (status == POLICY_OK) {
        char *text = world_findings(w, &err);
        status = text ? POLICY_OK : policy_error_status(err);
        free(text);
    }
    world_free(w);
    policy_error_free(err);
    return status;
}

Test(rows, running_out_of_memory_anywhere_changes_nothing_and_leaks_nothing)
{
    cr_assert_gt(failing_allocator_sweep(work_through, NULL), 200);
}
