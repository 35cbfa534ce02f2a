/*
 * Groups of one row each: what columns keep as numbers says what ordinary groups say.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns/columns.h"
#include "ledger/state.h"
#include "policy/policy.h"
#include "support/batches.h"
#include "support/failing_allocator.h"
#include "support/small_pack.h"

static const char schema_text[] =
    "schema: small\nversion: \"1.0\"\ntypes:\n  work:\n    identity: [class, day]\n    dated_by: day\n    fields:\n"
    "      class: {type: string}\n      grade: {type: int, min: 1, max: 9}\n      day: {type: date}\n"
    "      due: {type: date, default: none}\n      minutes: {type: int, min: 0, max: 600}\n"
    "      tier: {type: string, default: none}\n      form: {type: enum, values: {written: [], oral: []}}\n";
static const char pack_head[] =
    "pack: small\nversion: \"1.0\"\nschema: small\nlet:\n  work:\n    days: \"span(day, has(due) ? due : day)\"\n"
    "    slot: \"has(tier) ? tier : record_id\"\nmeasures:\n"
    "- {id: slots, table: work, each: {on: days}, when: form == 'written', per: [class, grade, on, slot], "
    "measure: max(double(minutes) / double(size(days)))}\n"
    "- {id: whole, table: work, when: form == 'written', per: [class, {item: record_id}], measure: min(minutes)}\n"
    "rules:\n"
    "- {id: daily, table: slots, when: grade <= 5, per: [class, grade, on], measure: sum(value), at_most: 60.0}\n"
    "- {id: weekly, table: slots, per: [class, {week: week(on)}], measure: sum(value), at_most: 200.0}\n"
    "- {id: dated, table: slots, in_force: {from: 2021-12-03}, per: [on], measure: sum(value), at_most: 300.0}\n"
    "- {id: class, table: whole, per: [class], measure: sum(value), at_most: 400}\n";
static const char long_slots[] = "- {id: long, table: slots, deny: value > 55.0}\n";
static const char named_slots[] =
    "- {id: named, table: slots, when: slot != 'T1', per: [class], measure: sum(value), at_most: 60.0}\n";

static const char *const classes[] = {"一班", "二班", "a class whose name is longer than two words", NULL};
static const char *const days[] = {"2021-12-01", "2021-12-02", "2021-12-06", "2021-12-07", "x", NULL};
static const char *const tiers[] = {"T1", "T2", "made#3", "made#x", "#", NULL};
static const char *const forms[] = {"written", "oral", NULL};
static const made_field fields[] = {{"class", classes, 0, 0},    {"grade", NULL, 1, 10},   {"day", days, 18960, 18975},
                                    {"due", days, 18960, 18978}, {"minutes", NULL, 0, 60}, {"tier", tiers, 0, 0},
                                    {"form", forms, 0, 0}};
#define FIELDS (sizeof fields / sizeof *fields)
#define ROWS   300

static policy_status engine_of(policy_options *options, const char *more, policy_engine **out)
{
    char rules[4000];
    snprintf(rules, sizeof rules, "%s%s", pack_head, more);
    return small_engine(options, schema_text, rules, out);
}

static policy_status feed(policy_ledger *l, uint64_t seed, const char *source, uint64_t first_row, int64_t part,
                          bool columns)
{
    made_batch *m = made_batch_new(l->engine->tables[0]->record, fields, FIELDS, ROWS, seed);
    m->batch.source = str_of(source);
    m->batch.first_row = first_row;
    policy_status status = made_feed(l, 0, &m->batch, part, columns);
    made_batch_free(m);
    return status;
}

typedef policy_ledger *(*scenario)(policy_engine *e, uint64_t seed, bool columns);

/* The scenario by rows and by columns; with rules that read sums only, and with rules that read the groups. */
static void same_both_ways(scenario steps, bool with_rows)
{
    static const char *const more[] = {"", long_slots, named_slots};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        policy_engine *e = NULL;
        cr_assert_eq(engine_of(NULL, more[i], &e), POLICY_OK);
        for (uint64_t seed = 1; seed <= 5; seed++) {
            char *answers[2];
            for (int columns = 0; columns < 2; columns++) {
                policy_ledger *l = steps(e, seed * 100, columns == 1);
                answers[columns] = made_answer(l, with_rows);
                char *again = made_answer(l, with_rows);
                cr_assert_str_eq(answers[columns], again);
                free(again);
                policy_ledger_free(l);
            }
            cr_assert_str_eq(answers[0], answers[1], "seed %llu, rules %zu", (unsigned long long)seed, i);
            free(answers[0]);
            free(answers[1]);
        }
        policy_engine_unref(e);
    }
}

static policy_ledger *several_batches(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    cr_assert_eq(feed(l, seed, "made", 1, 0, columns), POLICY_OK);
    cr_assert_eq(feed(l, seed + 1, "made", 1 + ROWS, 7, columns), POLICY_OK);
    cr_assert_eq(feed(l, seed + 2, "other", 1, 100, columns), POLICY_OK);
    cr_assert_eq(feed(l, seed + 3, "made", 10 * ROWS, 0, columns), POLICY_OK);
    return l;
}

Test(row_groups, batches_and_parts_make_no_difference)
{
    same_both_ways(several_batches, true);
}

static policy_ledger *rows_fed_twice(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    cr_assert_eq(feed(l, seed, "made", 1, 0, columns), POLICY_OK);
    cr_assert_eq(feed(l, seed + (seed & 4 ? 1 : 0), "made", 1 + (seed & 8 ? 10 : 0), 0, columns), POLICY_OK);
    return l;
}

Test(row_groups, a_row_number_that_comes_again_is_one_group)
{
    same_both_ways(rows_fed_twice, true);
}

static policy_ledger *posted_and_fed(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    cr_assert_eq(feed(l, seed, "made", 1, 0, false), POLICY_OK);
    cr_assert_eq(feed(l, seed & 4 ? seed : seed + 1, "made", seed & 4 ? 1 : 1 + ROWS, 0, columns), POLICY_OK);
    cr_assert_eq(feed(l, seed + 2, "other", 1, 0, false), POLICY_OK);
    return l;
}

Test(row_groups, stand_beside_groups_of_posted_rows)
{
    same_both_ways(posted_and_fed, true);
}

static policy_ledger *asked_between(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    for (uint64_t i = 0; i < 3; i++) {
        cr_assert_eq(feed(l, seed + i, "made", 1 + i * ROWS, 0, columns), POLICY_OK);
        free(made_answer(l, true));
    }
    return l;
}

Test(row_groups, may_be_asked_for_between_feeds)
{
    same_both_ways(asked_between, true);
}

static policy_ledger *restored(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger_restored(several_batches(e, seed, columns));
    cr_assert_eq(feed(l, seed + 9, "made", 5000, 0, columns), POLICY_OK);
    return l;
}

Test(row_groups, are_saved_and_restored)
{
    same_both_ways(restored, true);
}

static policy_ledger *merged(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e), *from = small_ledger(e);
    cr_assert_eq(feed(l, seed, "made", 1, 0, columns), POLICY_OK);
    cr_assert_eq(feed(from, seed + 1, "third", 1, 0, columns), POLICY_OK);
    cr_assert_eq(policy_ledger_merge(l, from, NULL), POLICY_OK);
    policy_ledger_free(from);
    cr_assert_eq(feed(l, seed + 2, "fourth", 1, 0, columns), POLICY_OK);
    return l;
}

Test(row_groups, are_merged)
{
    same_both_ways(merged, true);
}

/* A feed that is given up leaves nothing behind, and its rows may come again. */
static policy_ledger *given_up(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    cr_assert_eq(feed(l, seed, "made", 1, 0, columns), POLICY_OK);
    if (columns) {
        made_batch *m = made_batch_new(e->tables[0]->record, fields, FIELDS, ROWS, seed + 5);
        m->batch.first_row = 1 + ROWS;
        cr_assert(columns_feed(l, 0, &m->batch, 0, ROWS / 2));
        ledger_forget_delta(l);
        m->batch.source = STR("never");
        cr_assert(columns_feed(l, 0, &m->batch, 0, ROWS / 2));
        ledger_forget_delta(l);
        made_batch_free(m);
    }
    cr_assert_eq(feed(l, seed + 1, "made", 1 + ROWS, 0, columns), POLICY_OK);
    return l;
}

Test(row_groups, of_a_feed_that_is_given_up_are_forgotten)
{
    same_both_ways(given_up, true);
}

static policy_status feed_and_judge(const policy_allocator *allocator, void *context)
{
    policy_options *options = NULL;
    policy_engine *e = NULL;
    policy_ledger *l = NULL;
    policy_findings *all = NULL;
    policy_status status = policy_options_new(allocator, &options, NULL);
    if (status == POLICY_OK) {
        status = engine_of(options, context, &e);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_new(e, &l, NULL);
    }
    for (uint64_t seed = 1; seed <= 2 && status == POLICY_OK; seed++) {
        made_batch *m = made_batch_new(e->tables[0]->record, fields, FIELDS, 40, seed);
        m->batch.first_row = 1 + seed * 40;
        status = made_feed(l, 0, &m->batch, 0, true);
        made_batch_free(m);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_findings(l, &all, NULL);
    }
    policy_findings_free(all);
    policy_ledger_free(l);
    policy_engine_unref(e);
    policy_options_free(options);
    return status;
}

Test(row_groups, survive_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(feed_and_judge, (void *)(uintptr_t) ""), 100);
    cr_assert_gt(failing_allocator_sweep(feed_and_judge, (void *)(uintptr_t)long_slots), 100);
}
