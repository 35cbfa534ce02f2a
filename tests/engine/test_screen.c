/*
 * Many rules on single records: what one look at a record's fields settles is what judging each rule would say.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

enum { RULES = 150 };

/* Bounds that lie side by side, texts, flags of another kind than the constant, both ways round, and what settles nothing. */
static char *pack_text(void)
{
    size_t room = 64 * 1024, at;
    char *text = malloc(room);
    cr_assert_not_null(text);
    at = (size_t)snprintf(text, room, "pack: test\nversion: \"1.0\"\nschema: mini\nrules:\n");
#define RULE(N, TEXT)                                                                                                  \
    case N:                                                                                                            \
        at += (size_t)snprintf(text + at, room - at, "- {id: r%d, table: work, " TEXT "}\n", i, i / 7 * 5);            \
        break;
    for (int i = 0; i < RULES; i++) {
        switch (i % 7) {
            RULE(0, "deny: \"minutes > %d && form == 'written'\"")
            RULE(1, "deny: \"%d >= minutes && form != 'written'\"")
            RULE(2, "when: \"grade == 4 && minutes != %d\", deny: \"school == 'A'\"")
            RULE(3, "when: \"form == 'oral'\", require: \"minutes < %d\"")
            RULE(4, "require: \"minutes <= %d\"")
            RULE(5, "deny: \"minutes == %d || school == 'B'\"")
            RULE(6, "when: \"minutes >= %d && minutes < 9223372036854775807\", deny: \"form == 'written'\"")
        }
    }
    return text;
}

/* A check of each record must count, rule by rule, what a ledger with only that record does. */
static void expect_same(world *w, const char *grade, const char *form, const char *minutes)
{
    policy_record *r = NULL;
    policy_findings *caused = NULL, *all = NULL;
    policy_ledger *fresh = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_new(w->engine, &fresh, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "school", "A", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "day", "2021-11-22", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "grade", grade, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "form", form, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "minutes", minutes, NULL), POLICY_OK);
    for (int supplied = 0; supplied < 2; supplied++) { /* the first record of a type is a change of everything */
        cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
        if (all == NULL) {
            cr_assert_eq(policy_ledger_post(fresh, r, NULL), POLICY_OK);
            cr_assert_eq(policy_ledger_findings(fresh, &all, NULL), POLICY_OK);
        }
        cr_assert_eq(policy_findings_count(caused), policy_findings_count(all));
        for (size_t rule = 0; rule < RULES; rule++) {
            for (int v = POLICY_PASS; v <= POLICY_ERROR; v++) {
                cr_assert_eq(policy_findings_verdicts(caused, rule, (policy_verdict)v),
                             policy_findings_verdicts(all, rule, (policy_verdict)v), "rule %zu verdict %d: %s %s %s",
                             rule, v, grade, form, minutes);
            }
        }
        cr_assert_eq(policy_ledger_supply(w->ledger, "work", NULL), POLICY_OK);
    }
    policy_findings_free(all);
    policy_findings_free(caused);
    policy_record_free(r);
    policy_ledger_free(fresh);
}

Test(screen, counts_and_finds_what_judging_each_rule_does)
{
    static const char *const grades[] = {"3", "4", "", "x"};
    static const char *const forms[] = {"written", "oral", "", "sung"};
    static const char *const minutes[] = {"0", "1", "5", "59", "60", "61", "100", "105", "106", "", "many"};
    char *text = pack_text();
    world *w = world_new(text);
    for (size_t g = 0; g < sizeof grades / sizeof *grades; g++) {
        for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
            for (size_t m = 0; m < sizeof minutes / sizeof *minutes; m++) {
                expect_same(w, grades[g], forms[f], minutes[m]);
            }
        }
    }
    world_free(w);
    free(text);
}

/* The same findings are filled again and again: nothing of an earlier record may stay. */
Test(screen, findings_that_are_used_again_hold_only_the_last_record)
{
    char *text = pack_text();
    world *w = world_new(text);
    policy_record *r = NULL;
    policy_findings *caused = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_supply(w->ledger, "work", NULL), POLICY_OK);
    for (int minutes = 0; minutes <= 110; minutes++) {
        uint64_t said = 0;
        policy_record_clear(r);
        cr_assert_eq(policy_record_set_text(r, "form", minutes % 2 ? "written" : "oral", NULL), POLICY_OK);
        cr_assert_eq(policy_record_set_int(r, "minutes", minutes, NULL), POLICY_OK);
        cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
        for (size_t rule = 0; rule < RULES; rule++) {
            for (int v = POLICY_PASS; v <= POLICY_ERROR; v++) {
                said += policy_findings_verdicts(caused, rule, (policy_verdict)v);
            }
        }
        cr_assert_eq(said, RULES, "%d minutes: %d verdicts", minutes, (int)said); /* one a rule */
    }
    policy_findings_clear(caused);
    for (size_t rule = 0; rule < RULES; rule++) {
        cr_assert_eq(policy_findings_verdicts(caused, rule, POLICY_PASS), 0);
    }
    policy_findings_free(caused);
    policy_record_free(r);
    world_free(w);
    free(text);
}

Test(screen, a_verdict_that_is_to_be_reported_is_not_settled_away)
{
    world *w = world_new("pack: test\nversion: \"1.0\"\nschema: mini\n"
                         "rules:\n- {id: long, table: work, deny: \"minutes > 60 && form == 'written'\"}\n");
    policy_record *r = NULL;
    policy_findings *caused = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_reported(w->ledger, 1u << POLICY_PASS | 1u << POLICY_FAIL, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "form", "written", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_int(r, "minutes", 60, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 1);
    cr_assert_eq(policy_finding_verdict(policy_findings_at(caused, 0)), POLICY_PASS);
    cr_assert_eq(policy_record_set_int(r, "minutes", 61, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 1);
    cr_assert_eq(policy_finding_verdict(policy_findings_at(caused, 0)), POLICY_FAIL);
    policy_findings_free(caused);
    policy_record_free(r);
    world_free(w);
}
