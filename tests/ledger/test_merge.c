/*
 * Ledgers merged: parts say together what one ledger says that was given everything.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

static const char pack[] =
    "pack: t\nversion: \"1.0\"\nschema: mini\n"
    "measures:\n"
    "- {id: written, table: work, when: form == 'written', per: [school, day], measure: count()}\n"
    "- {id: slots, table: work, when: form == 'written', per: [school, day, {slot: \"has(tier) ? tier : "
    "record_id\"}],\n"
    "   measure: max(minutes)}\n"
    "rules:\n"
    "- {id: ban, table: work, deny: \"form == 'oral' && grade <= 2\"}\n"
    "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 60}\n"
    "- {id: tiered, table: slots, per: [school, day], measure: sum(value), at_most: 50}\n"
    "- {id: ids, table: work, per: [school], measure: count_distinct(record_id), at_most: 2}\n"
    "- {id: share, table: work, per: [school], measure: share(form == 'written'), at_least: 0.5}\n"
    "- {id: visit, table: visit, deny: \"written(school, day) >= 1\"}\n";

/* A ledger of the same engine. */
static world part_of(const world *w)
{
    world part = {.engine = policy_engine_ref(w->engine), .row = 0};
    cr_assert_eq(policy_ledger_new(w->engine, &part.ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(part.ledger, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    return part;
}

static void part_free(world *part)
{
    policy_ledger_free(part->ledger);
    policy_engine_unref(part->engine);
}

static policy_status merge(world *into, world *from)
{
    policy_error *err = NULL;
    policy_status status = policy_ledger_merge(into->ledger, from->ledger, &err);
    cr_expect_eq(status == POLICY_OK, err == NULL);
    cr_expect_eq(policy_error_status(err), status);
    policy_error_free(err);
    return status;
}

static void expect_same(world *a, world *b)
{
    char *x = world_findings(a, NULL), *y = world_findings(b, NULL);
    cr_expect_str_eq(x, y, "merged:\n%s\nwhole:\n%s", x, y);
    free(x);
    free(y);
    policy_findings *f = NULL, *g = NULL;
    cr_assert_eq(policy_ledger_findings(a->ledger, &f, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_findings(b->ledger, &g, NULL), POLICY_OK);
    for (size_t i = 0; i < policy_engine_rule_count(a->engine); i++) {
        for (policy_verdict v = 0; v < 6; v++) {
            cr_expect_eq(policy_findings_verdicts(f, i, v), policy_findings_verdicts(g, i, v), "rule %zu verdict %d", i,
                         (int)v);
        }
    }
    for (size_t i = 0; i < policy_engine_type_count(a->engine); i++) {
        cr_expect_eq(policy_findings_records(f, i), policy_findings_records(g, i));
    }
    policy_findings_free(f);
    policy_findings_free(g);
    cr_expect_eq(policy_ledger_notice_count(a->ledger), policy_ledger_notice_count(b->ledger));
}

static void post_numbered(world *w, int i)
{
    char cells[200];
    w->row = (uint64_t)i; /* the row keeps its number whichever ledger it goes to */
    snprintf(cells, sizeof cells, "school=%c|day=2021-12-%02d|grade=%s|minutes=%s|form=%s", 'A' + i % 3, 1 + i % 4,
             i % 11 == 0 ? ""
             : i % 5     ? "1"
                         : "4",
             i % 13 == 0 ? "x"
             : i % 2     ? "20"
                         : "35",
             i % 3 ? "written" : "oral");
    world_row(w, "work", cells);
    if (i % 7 == 0) {
        w->row = (uint64_t)i;
        snprintf(cells, sizeof cells, "school=%c|day=2021-12-%02d|who=p", 'A' + i % 4, 1 + i % 5);
        world_row(w, "visit", cells);
    }
}

Test(merge, parts_say_what_the_whole_says)
{
    world *whole = world_new(pack);
    world parts[3] = {part_of(whole), part_of(whole), part_of(whole)};
    for (int i = 0; i < 60; i++) {
        post_numbered(whole, i);
        post_numbered(&parts[i * 7 % 3], i);
    }
    cr_assert_eq(merge(&parts[2], &parts[0]), POLICY_OK); /* in any order */
    cr_assert_eq(merge(&parts[1], &parts[2]), POLICY_OK);
    expect_same(&parts[1], whole);
    for (int i = 60; i < 70; i++) { /* and go on */
        post_numbered(whole, i);
        post_numbered(&parts[1], i);
    }
    expect_same(&parts[1], whole);
    for (int i = 0; i < 3; i++) {
        part_free(&parts[i]);
    }
    world_free(whole);
}

Test(merge, empties_the_other_which_may_be_used_again)
{
    world *a = world_new(pack);
    world b = part_of(a);
    world_row(&b, "work", "school=A|day=2021-12-01|grade=1|minutes=40|form=oral");
    cr_assert_eq(merge(a, &b), POLICY_OK);
    world_expect(a, "ban fail violation school=A day=2021-12-01 rows=1\n"
                    "share fail violation school=A value=0 limit=0.5 rows=1\n");
    world fresh = part_of(a);
    expect_same(&b, &fresh);
    world_row(&b, "work", "school=B|day=2021-12-01|grade=1|minutes=40|form=oral");
    cr_assert_eq(merge(a, &b), POLICY_OK);
    world_expect_counts(a, "ban", "fail 2");
    part_free(&fresh);
    part_free(&b);
    world_free(a);
}

static void post_unnumbered(world *w, const char *minutes, const char *tier)
{
    policy_record *record = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &record, NULL), POLICY_OK);
    policy_record_set_text(record, "school", "A", NULL);
    policy_record_set_text(record, "day", "2021-12-01", NULL);
    policy_record_set_text(record, "grade", "5", NULL);
    policy_record_set_text(record, "form", "written", NULL);
    policy_record_set_text(record, "minutes", minutes, NULL);
    policy_record_set_text(record, "tier", tier, NULL);
    cr_assert_eq(policy_ledger_post(w->ledger, record, NULL), POLICY_OK);
    policy_record_free(record);
}

Test(merge, equal_records_of_two_parts_stay_two_records)
{
    world *whole = world_new(pack);
    world a = part_of(whole), b = part_of(whole);
    world *everywhere[] = {whole, &a, whole, &b};
    for (int i = 0; i < 4; i++) {
        post_unnumbered(everywhere[i], "20", NULL);
        post_unnumbered(everywhere[i], "20", NULL);
        post_unnumbered(everywhere[i], "5", "x");
    }
    post_unnumbered(whole, "7", NULL);
    post_unnumbered(&b, "7", NULL);
    cr_assert_eq(merge(&a, &b), POLICY_OK);
    world_expect_counts(&a, "tiered", "fail 1"); /* 20 + 20 + 20 + 20 + 7 + 5 */
    char *text = world_findings(&a, NULL);
    cr_expect_not_null(strstr(text, "tiered fail violation school=A day=2021-12-01 value=92 "), "%s", text);
    cr_expect_not_null(strstr(text, "ids fail violation school=A value=7 "), "%s", text);
    free(text);
    expect_same(&a, whole);
    post_unnumbered(&a, "20", NULL); /* the next one is the fifth */
    post_unnumbered(whole, "20", NULL);
    expect_same(&a, whole);
    part_free(&a);
    part_free(&b);
    world_free(whole);
}

Test(merge, what_was_merged_can_be_taken_back)
{
    world *a = world_new(pack);
    world b = part_of(a);
    char *empty = world_findings(a, NULL);
    post_unnumbered(a, "70", NULL);
    post_unnumbered(&b, "70", NULL);
    cr_assert_eq(merge(a, &b), POLICY_OK);
    policy_record *record = NULL;
    cr_assert_eq(policy_record_new(a->engine, "work", &record, NULL), POLICY_OK);
    policy_record_set_text(record, "school", "A", NULL);
    policy_record_set_text(record, "day", "2021-12-01", NULL);
    policy_record_set_text(record, "grade", "5", NULL);
    policy_record_set_text(record, "form", "written", NULL);
    policy_record_set_text(record, "minutes", "70", NULL);
    policy_record_set_text(record, "tier", NULL, NULL);
    cr_expect_eq(policy_ledger_retract(a->ledger, record, NULL, NULL), POLICY_OK);
    cr_expect_eq(policy_ledger_retract(a->ledger, record, NULL, NULL), POLICY_OK);
    cr_expect_eq(policy_ledger_retract(a->ledger, record, NULL, NULL), POLICY_E_NOT_FOUND);
    char *left = world_findings(a, NULL);
    cr_expect_str_eq(left, empty);
    free(left);
    free(empty);
    policy_record_free(record);
    part_free(&b);
    world_free(a);
}

Test(merge, sources_keep_their_names_whatever_their_numbers)
{
    static const char *const sources[] = {"z", "m", "a"};
    world *whole = world_new(pack);
    world a = part_of(whole), b = part_of(whole);
    for (int i = 0; i < 6; i++) {
        world *to[] = {whole, i < 3 ? &a : &b};
        for (int k = 0; k < 2; k++) {
            policy_record *record = NULL;
            cr_assert_eq(policy_record_new(whole->engine, "work", &record, NULL), POLICY_OK);
            policy_record_set_text(record, "school", "A", NULL);
            policy_record_set_text(record, "day", "2021-12-01", NULL);
            policy_record_set_text(record, "minutes", "30", NULL);
            policy_record_set_source(record, sources[i < 3 ? i : 5 - i], (uint64_t)(10 - i), NULL);
            cr_assert_eq(policy_ledger_post(to[k]->ledger, record, NULL), POLICY_OK);
            policy_record_free(record);
        }
    }
    cr_assert_eq(merge(&b, &a), POLICY_OK);
    expect_same(&b, whole);
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(b.ledger, &all, NULL), POLICY_OK);
    for (size_t i = 0; i < policy_findings_count(all); i++) {
        const policy_finding *f = policy_findings_at(all, i);
        if (strcmp(policy_finding_rule(f), "daily") == 0) {
            cr_assert_eq(policy_finding_row_count(f), 6);
            cr_expect_str_eq(policy_finding_row_source(f, 0), "a");
            cr_expect_eq(policy_finding_row(f, 0), 7);
            cr_expect_str_eq(policy_finding_row_source(f, 5), "z");
            cr_expect_eq(policy_finding_row(f, 5), 10);
        }
    }
    policy_findings_free(all);
    part_free(&a);
    part_free(&b);
    world_free(whole);
}

Test(merge, is_refused_between_ledgers_that_do_not_belong_together)
{
    world *a = world_new(pack), *other = world_new(pack);
    world b = part_of(a), c = part_of(a), d = part_of(a), e = part_of(a);
    world_row(a, "work", "school=A|day=2021-12-01|grade=1|minutes=40|form=oral");
    world_row(other, "work", "school=A|day=2021-12-01|grade=1|minutes=40|form=oral");
    cr_expect_eq(policy_ledger_merge(NULL, a->ledger, NULL), POLICY_E_ARGUMENT);
    cr_expect_eq(policy_ledger_merge(a->ledger, NULL, NULL), POLICY_E_ARGUMENT);
    cr_expect_eq(merge(a, a), POLICY_E_ARGUMENT);
    cr_expect_eq(merge(a, other), POLICY_E_ARGUMENT);
    world_as_of(&b, "2021-12-01");
    cr_expect_eq(merge(a, &b), POLICY_E_ARGUMENT);
    policy_ledger_set_evidence(c.ledger, POLICY_EVIDENCE_FIRST, 3, NULL);
    cr_expect_eq(merge(a, &c), POLICY_E_ARGUMENT);
    policy_ledger_set_reported(d.ledger, 1u << POLICY_FAIL, NULL);
    cr_expect_eq(merge(a, &d), POLICY_E_ARGUMENT);
    policy_ledger_set_period(e.ledger, 1, 2, NULL);
    cr_expect_eq(merge(a, &e), POLICY_E_ARGUMENT);
    world_expect_counts(a, "ban", "fail 1");
    world_expect_counts(other, "ban", "fail 1");
    part_free(&b);
    part_free(&c);
    part_free(&d);
    part_free(&e);
    world_free(other);
    world_free(a);
}

/* ---- tables that others are read with ---- */

static const char places[] =
    "pack: t\nversion: \"1.0\"\nschema: mini\n"
    "measures:\n- {id: known, table: place, per: [school], measure: count()}\n"
    "rules:\n"
    "- {id: place, table: place, deny: years == 5}\n"
    "- {id: places, table: place, per: [years], measure: count(), at_most: 1}\n"
    "- {id: work, table: work, when: known(school) >= 1, per: [school], measure: sum(minutes), "
    "at_most: 50}\n";

Test(merge, a_table_that_both_were_given_counts_once)
{
    world *whole = world_new(places);
    world a = part_of(whole), b = part_of(whole);
    world *all[] = {whole, &a, &b};
    for (int i = 0; i < 3; i++) {
        world_row(all[i], "place", "school=A|years=5");
        world_row(all[i], "place", "school=C|years=5");
    }
    for (int i = 0; i < 2; i++) {
        whole->row = a.row = b.row = (uint64_t)i * 10 + 2;
        world_row(whole, "work", "school=A|day=2021-12-01|minutes=40");
        world_row(i ? &a : &b, "work", "school=A|day=2021-12-01|minutes=40");
        whole->row = a.row = b.row = (uint64_t)i * 10 + 3;
        world_row(whole, "work", "school=B|day=2021-12-01|minutes=40");
        world_row(i ? &a : &b, "work", "school=B|day=2021-12-01|minutes=40");
    }
    cr_assert_eq(merge(&a, &b), POLICY_OK);
    expect_same(&a, whole);
    world_expect_counts(&a, "place", "fail 2");
    world_expect_counts(&a, "places", "fail 1");
    part_free(&a);
    part_free(&b);
    world_free(whole);
}

Test(merge, is_refused_where_rows_were_read_without_a_table_that_comes_now)
{
    world *a = world_new(places);
    world b = part_of(a), c = part_of(a);
    world_row(a, "place", "school=A|years=5");
    world_row(a, "work", "school=A|day=2021-12-01|minutes=40");
    world_row(&b, "work", "school=A|day=2021-12-01|minutes=40");
    char *before = world_findings(a, NULL), *other = world_findings(&b, NULL);
    cr_expect_eq(merge(a, &b), POLICY_E_STATE);
    cr_expect_eq(merge(&b, a), POLICY_E_STATE);
    world_row(&c, "place", "school=C|years=5");
    cr_expect_eq(merge(a, &c), POLICY_E_STATE, "work was read without it");
    char *after = world_findings(a, NULL), *other_after = world_findings(&b, NULL);
    cr_expect_str_eq(after, before);
    cr_expect_str_eq(other_after, other);
    world_expect_counts(&c, "place", "fail 1");
    world d = part_of(a);
    cr_expect_eq(merge(&d, &c), POLICY_OK, "nothing was read yet");
    world_expect_counts(&d, "place", "fail 1");
    free(before);
    free(other);
    free(after);
    free(other_after);
    part_free(&b);
    part_free(&c);
    part_free(&d);
    world_free(a);
}

/* ---- scripts ---- */

Test(merge, a_script_that_was_stopped_in_both_parts_is_one_error)
{
    static const char base[] =
        "pack: base\nversion: \"1\"\nschema: mini\n"
        "source: {issuer: 学校, issued: 2021-11-19}\n"
        "rules:\n- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 600}\n";
    static const char script[] = "rule{id = 'greedy', table = 'work', needs = {'minutes'}, check = function(r)\n"
                                 "  if r.minutes == 3 then while true do end end\n"
                                 "  return r.minutes < 2\n"
                                 "end}\n";
    policy_builder *builder = NULL;
    world whole = {.row = 0};
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL),
                 POLICY_OK);
    cr_assert_eq(policy_builder_load_memory(builder, "base.yaml", base, strlen(base), NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load_memory(builder, "local.lua", script, strlen(script), NULL), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &whole.engine, NULL), POLICY_OK);
    policy_builder_free(builder);
    cr_assert_eq(policy_ledger_new(whole.engine, &whole.ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(whole.ledger, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    world a = part_of(&whole), b = part_of(&whole), c = part_of(&whole);
    for (int i = 0; i < 9; i++) {
        char cells[80];
        snprintf(cells, sizeof cells, "school=A|day=2021-12-%02d|minutes=%d", 1 + i, 1 + i % 3);
        world *parts[] = {&a, &b, &c}; /* c gets no row that stops it */
        world *part = i == 2 ? &a : i == 5 || i == 8 ? &b : parts[i % 2 ? 2 : 1];
        whole.row = part->row = (uint64_t)i;
        world_row(&whole, "work", cells);
        world_row(part, "work", cells);
    }
    world_expect_counts(&c, "greedy", "pass 1 fail 2");
    cr_assert_eq(merge(&c, &a), POLICY_OK);
    cr_assert_eq(merge(&c, &b), POLICY_OK);
    expect_same(&c, &whole);
    world_expect_counts(&c, "greedy", "error 1");
    part_free(&a);
    part_free(&b);
    part_free(&c);
    part_free(&whole);
}

/* ---- rules that changed ---- */

#define DAILY(when)                                                                                                    \
    "pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"                                                                \
    "- {id: daily, table: work, when: " when ", per: [school, day], measure: sum(minutes), at_most: 60}\n"             \
    "- {id: count, table: work, per: [school], measure: count(), at_most: 1}\n"

Test(merge, what_one_part_lost_with_its_old_rules_the_whole_has_lost)
{
    world *old = world_new(DAILY("minutes > 1"));
    world *new = world_new(DAILY("minutes > 2"));
    world fresh = part_of(new);
    world_row(old, "work", "school=A|day=2021-12-01|minutes=70");
    world_row(new, "work", "school=A|day=2021-12-02|minutes=80");
    cr_assert_eq(policy_ledger_rebase(old->ledger, new->engine, NULL, NULL), POLICY_OK);
    policy_engine *engine = old->engine; /* the world's, no longer the ledger's */
    old->engine = policy_engine_ref(new->engine);
    policy_engine_unref(engine);
    char *lost = world_findings(old, NULL);
    cr_assert_not_null(strstr(lost, "daily unknown"), "%s", lost);
    free(lost);
    new->row = 1;
    world_row(new, "work", "school=B|day=2021-12-02|minutes=80");
    cr_assert_eq(merge(new, old), POLICY_OK);
    char *merged = world_findings(new, NULL);
    cr_expect_not_null(strstr(merged, "daily unknown"), "%s", merged);
    cr_expect_null(strstr(merged, "daily fail"), "half of the truth is none: %s", merged);
    cr_expect_not_null(strstr(merged, "count fail violation school=A value=2 "), "%s", merged);
    free(merged);
    world_row(&fresh, "work", "school=A|day=2021-12-03|minutes=80");
    cr_assert_eq(merge(&fresh, new), POLICY_OK); /* the other way round */
    merged = world_findings(&fresh, NULL);
    cr_expect_not_null(strstr(merged, "daily unknown"), "%s", merged);
    cr_expect_null(strstr(merged, "daily fail"), "%s", merged);
    cr_expect_not_null(strstr(merged, "count fail violation school=A value=3 "), "%s", merged);
    free(merged);
    part_free(&fresh);
    world_free(old);
    world_free(new);
}

/* ---- without memory ---- */

Test(merge, without_memory_leaves_both_as_they_were)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    policy_options *options = NULL;
    cr_assert_eq(policy_options_new(&f.allocator, &options, NULL), POLICY_OK);
    for (int mode = FAIL_ONCE; mode <= FAIL_STICKY; mode++) {
        world *whole = world_try(options, pack, NULL);
        cr_assert_not_null(whole);
        world a = part_of(whole), b = part_of(whole);
        for (int i = 0; i < 20; i++) {
            post_numbered(whole, i);
            post_numbered(i % 2 ? &a : &b, i);
        }
        world *everywhere[] = {whole, &a, whole, &b};
        for (int i = 0; i < 4; i++) {
            post_unnumbered(everywhere[i], "20", NULL);
        }
        char *before_a = world_findings(&a, NULL), *before_b = world_findings(&b, NULL);
        size_t notices_a = policy_ledger_notice_count(a.ledger), notices_b = policy_ledger_notice_count(b.ledger);
        policy_status status = POLICY_E_NOMEM;
        size_t failures = 0;
        f.mode = (failing_mode)mode;
        for (size_t k = 1; status != POLICY_OK; k++) {
            size_t failed = f.failures;
            f.fail_at = f.calls + k;
            status = policy_ledger_merge(a.ledger, b.ledger, NULL);
            f.fail_at = 0;
            cr_assert_eq(status, f.failures > failed ? POLICY_E_NOMEM : POLICY_OK);
            if (status == POLICY_OK) {
                break;
            }
            failures++;
            char *after_a = world_findings(&a, NULL), *after_b = world_findings(&b, NULL);
            cr_assert_str_eq(after_a, before_a, "allocation %zu", k);
            cr_assert_str_eq(after_b, before_b, "allocation %zu", k);
            cr_assert_eq(policy_ledger_notice_count(a.ledger), notices_a);
            cr_assert_eq(policy_ledger_notice_count(b.ledger), notices_b);
            free(after_a);
            free(after_b);
        }
        cr_expect_gt(failures, 20);
        expect_same(&a, whole);
        free(before_a);
        free(before_b);
        part_free(&a);
        part_free(&b);
        world_free(whole);
    }
    policy_options_free(options);
    cr_expect_eq(failing_allocator_live(&f), 0);
}
