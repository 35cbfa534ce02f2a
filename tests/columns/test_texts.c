/*
 * Numbering texts: each distinct text has one number, also when the table grows in the middle of a block.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns/feed.h"
#include "ledger/state.h"
#include "support/arrow_rows.h"
#include "support/world.h"

enum { TEXTS = 900, EACH = 12, ROWS = TEXTS * EACH };

static char spelled[TEXTS][40];
static const char *cells[ROWS][3];

/* Rows of one text stand together: new ones come one by one, all along. Every third is longer than two words. */
static void feed_sorted(world *w, const char *format, size_t size)
{
    static const char *const names[] = {"tier", "day", "minutes"};
    const char *const formats[] = {format, "tdD", "i"};
    for (int i = 0; i < TEXTS; i++) {
        snprintf(spelled[i], sizeof spelled[i], i % 3 ? "C%05d" : "a school with a long name %05d", i);
    }
    for (int i = 0; i < ROWS; i++) {
        cells[i][0] = spelled[i / EACH];
        cells[i][1] = "2021-12-01";
        cells[i][2] = "6";
    }
    arrow_rows table = {3, names, formats, ROWS, &cells[0][0]};
    struct ArrowArrayStream stream;
    arrow_rows_stream(&table, NULL, 0, ROWS, size, &stream);
    policy_feed_options options = {.struct_size = sizeof options};
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_feed_stream(w->ledger, "work", &stream, &options, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    if (stream.release) {
        stream.release(&stream);
    }
}

/* Sums of 72 minutes each: one more than the cap allows, for every text. Where evidence is kept, rows are numbered one by
 * one; else by whole blocks. */
static void expect_one_number_each(const char *format, size_t size, bool keeps_rows)
{
    world *w = world_new("pack: test\nversion: \"1.0\"\nschema: mini\nrules:\n"
                         "- {id: daily, table: work, per: [tier, day], measure: sum(minutes), at_most: 71}\n");
    policy_evidence kept = keeps_rows ? POLICY_EVIDENCE_FIRST : POLICY_EVIDENCE_NONE;
    cr_assert_eq(policy_ledger_set_evidence(w->ledger, kept, 3, NULL), POLICY_OK);
    feed_sorted(w, format, size);
    int type_at = engine_find_type(w->engine, STR("work"));
    const coding *c = w->ledger->columns[type_at]->coding;
    int field = schema_find_field(w->engine->tables[type_at]->record, STR("tier"));
    cr_assert_eq(c->coders[field].texts.used, TEXTS, "%zu of %d", c->coders[field].texts.used, TEXTS);
    cr_assert(keeps_rows || c->coders[field].codes_block == c->block, "the last block was not numbered as a whole");
    policy_findings *found = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &found, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(found), TEXTS);
    for (size_t i = 0; i < TEXTS; i++) {
        cr_assert_str_eq(policy_finding_value(policy_findings_at(found, i)).text, "72");
    }
    policy_findings_free(found);
    world_free(w);
}

Test(texts, have_one_number_each_however_they_come)
{
    static const char *const formats[] = {"u", "U", "vu"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        for (int keeps_rows = 0; keeps_rows < 2; keeps_rows++) {
            expect_one_number_each(formats[i], 0, keeps_rows);
            expect_one_number_each(formats[i], 1000, keeps_rows);
            expect_one_number_each(formats[i], 7, keeps_rows);
        }
    }
    cr_assert_eq(arrow_rows_live(), 0);
}
