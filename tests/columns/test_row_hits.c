/*
 * Rows that fail a rule: what columns keep of them until somebody asks makes the findings that kept rows make.
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
    "      minutes: {type: int, min: 0, max: 600}\n      form: {type: enum, values: {written: [], oral: []}}\n";
static const char pack_head[] =
    "pack: small\nversion: \"1.0\"\nschema: small\nlet:\n  work:\n    half: \"minutes / 2\"\nrules:\n"
    "- {id: fields, table: work, when: grade <= 5, deny: minutes > 30, message: {zh: \"{class}{day}\", en: \"{minutes} "
    "in "
    "{class}\"}}\n"
    "- {id: worked-out, table: work, deny: form == 'written' && minutes > 40, message: {zh: \"{half}\", en: "
    "\"{half}\"}}\n"
    "- {id: plain, table: work, require: \"minutes < 50 || form == 'oral'\"}\n"
    "- {id: dated, table: work, in_force: {from: 2021-12-03}, deny: minutes >= 20, message: {zh: \"{day}\", en: "
    "\"{form}\"}}\n";

static const char *const classes[] = {"一班", "二班", "a class whose name is longer than two words", NULL};
static const char *const days[] = {"2021-12-01", "2021-12-02", "2021-12-06", "2021-12-07", "x", NULL};
static const char *const forms[] = {"written", "oral", NULL};
static const made_field fields[] = {{"class", classes, 0, 0},
                                    {"grade", NULL, 1, 10},
                                    {"day", days, 18960, 18975},
                                    {"minutes", NULL, 0, 60},
                                    {"form", forms, 0, 0}};
#define FIELDS (sizeof fields / sizeof *fields)
#define ROWS   300

static policy_status engine_of(policy_options *options, policy_engine **out)
{
    return small_engine(options, schema_text, pack_head, out);
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

/* Findings and their messages. */
static char *answer_of(policy_ledger *l)
{
    char *counts = made_answer(l, true), *text = NULL;
    size_t size = 0;
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(l, &all, NULL), POLICY_OK);
    FILE *out = open_memstream(&text, &size);
    fputs(counts, out);
    for (size_t i = 0; i < policy_findings_count(all); i++) {
        for (int language = 0; language < 2; language++) {
            policy_text *message = NULL;
            policy_language in = language ? POLICY_LANGUAGE_EN : POLICY_LANGUAGE_ZH;
            cr_assert_eq(policy_finding_message(policy_findings_at(all, i), in, &message, NULL), POLICY_OK);
            fprintf(out, "%s\n", policy_text_data(message));
            policy_text_free(message);
        }
    }
    fclose(out);
    free(counts);
    policy_findings_free(all);
    return text;
}

static void same_both_ways(scenario steps)
{
    policy_engine *e = NULL;
    cr_assert_eq(engine_of(NULL, &e), POLICY_OK);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        char *answers[2];
        for (int columns = 0; columns < 2; columns++) {
            policy_ledger *l = steps(e, seed * 100, columns == 1);
            answers[columns] = answer_of(l);
            char *again = answer_of(l);
            cr_assert_str_eq(answers[columns], again);
            free(again);
            policy_ledger_free(l);
        }
        cr_assert_str_eq(answers[0], answers[1], "seed %llu", (unsigned long long)seed);
        free(answers[0]);
        free(answers[1]);
    }
    policy_engine_unref(e);
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

Test(row_hits, batches_and_parts_make_no_difference)
{
    same_both_ways(several_batches);
}

static policy_ledger *posted_and_fed(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    cr_assert_eq(feed(l, seed, "made", 1, 0, false), POLICY_OK);
    cr_assert_eq(feed(l, seed & 4 ? seed : seed + 1, "made", seed & 4 ? 1 : 1 + ROWS, 0, columns), POLICY_OK);
    cr_assert_eq(feed(l, seed + 2, "other", 1, 0, false), POLICY_OK);
    return l;
}

Test(row_hits, stand_beside_rows_that_were_posted)
{
    same_both_ways(posted_and_fed);
}

static policy_ledger *asked_between(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    for (uint64_t i = 0; i < 3; i++) {
        cr_assert_eq(feed(l, seed + i, "made", 1 + i * ROWS, 0, columns), POLICY_OK);
        free(answer_of(l));
    }
    return l;
}

Test(row_hits, may_be_asked_for_between_feeds)
{
    same_both_ways(asked_between);
}

static policy_ledger *restored(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger_restored(several_batches(e, seed, columns));
    cr_assert_eq(feed(l, seed + 9, "made", 5000, 0, columns), POLICY_OK);
    return l;
}

Test(row_hits, are_saved_and_restored)
{
    same_both_ways(restored);
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

Test(row_hits, are_merged)
{
    same_both_ways(merged);
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

Test(row_hits, of_a_feed_that_is_given_up_are_forgotten)
{
    same_both_ways(given_up);
}

static policy_status feed_and_judge(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_options *options = NULL;
    policy_engine *e = NULL;
    policy_ledger *l = NULL;
    policy_findings *all = NULL;
    policy_status status = policy_options_new(allocator, &options, NULL);
    if (status == POLICY_OK) {
        status = engine_of(options, &e);
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

static policy_ledger *looked_for(policy_engine *e, uint64_t seed, bool columns)
{
    policy_ledger *l = small_ledger(e);
    for (uint64_t i = 0; i < 3; i++) {
        cr_assert_eq(feed(l, seed + i, "made", 1 + i * ROWS, 0, columns), POLICY_OK);
        cr_assert(accounts_settle(l));
    }
    cr_assert_eq(feed(l, seed + 4, "made", 5000, 0, columns), POLICY_OK);
    return l;
}

Test(row_hits, are_rows_of_their_own_once_somebody_looks_for_them)
{
    same_both_ways(looked_for);
}

Test(row_hits, only_wait_where_a_finding_shows_fields_as_they_are)
{
    policy_engine *e = NULL;
    cr_assert_eq(engine_of(NULL, &e), POLICY_OK);
    policy_ledger *l = several_batches(e, 300, true);
    size_t waiting = 0, worked_out = 0;
    for (size_t i = 0; i < l->state.kept.count; i++) {
        worked_out += strcmp(l->state.kept.items[i]->version->rule->id.data, "worked-out") == 0;
    }
    size_t before = l->state.kept.count;
    cr_assert(accounts_settle(l));
    for (size_t i = before; i < l->state.kept.count; i++) {
        waiting++;
        cr_assert_str_neq(l->state.kept.items[i]->version->rule->id.data, "worked-out");
    }
    cr_assert_gt(worked_out, 0);
    cr_assert_gt(waiting, 0);
    policy_ledger_free(l);
    policy_engine_unref(e);
}

Test(row_hits, survive_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(feed_and_judge, NULL), 100);
}
