/*
 * Saved ledgers: the same bytes for the same content, the same findings from the bytes, and nothing from broken ones.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "ledger/state.h"
#include "support/failing_allocator.h"
#include "support/world.h"

/* ---- bytes ---- */

typedef struct block {
    unsigned char *data;
    size_t size;
} block;

static int32_t keep(void *context, const void *data, size_t size)
{
    block *b = context;
    unsigned char *more = realloc(b->data, b->size + size + 1);
    if (!more)
        return 1;
    memcpy(more + b->size, data, size);
    b->data = more;
    b->size += size;
    return 0;
}

static block saved(policy_ledger *l)
{
    block b = {0};
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_save(l, keep, &b, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    return b;
}

static bool same(block a, block b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static policy_ledger *restored(policy_engine *e, block b, policy_carry **carry)
{
    policy_ledger *l = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_restore(e, b.data, b.size, &l, carry, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    return l;
}

/* Findings of a ledger, through a world that borrows it. */
static char *findings_of(policy_engine *e, policy_ledger *l)
{
    world w = {.engine = e, .ledger = l};
    return world_findings(&w, NULL);
}

static void expect_alike(policy_engine *e, policy_ledger *a, policy_ledger *b)
{
    char *left = findings_of(e, a), *right = findings_of(e, b);
    cr_expect_str_eq(left, right);
    cr_expect_eq(policy_ledger_notice_count(a), policy_ledger_notice_count(b));
    free(left);
    free(right);
}

/* ---- a small world with all sorts of rules ---- */

#define RULES(CAP)                                                                                                     \
    "pack: t\nversion: \"1.0\"\nschema: mini\nparams: {cap: {value: " CAP ", stricter: lower}}\n"                      \
    "measures:\n"                                                                                                      \
    "- {id: home, table: work, when: \"form == 'written'\", per: [school, day], measure: count()}\n"                   \
    "rules:\n"                                                                                                         \
    "- {id: daily, clause: '1', table: work, per: [school, day], measure: sum(minutes), at_most: params.cap, "         \
    "severity: violation, message: {zh: x, en: x}}\n"                                                                  \
    "- {id: long, table: work, deny: \"minutes > 90\", message: {zh: '{minutes}', en: '{minutes}'}}\n"                 \
    "- {id: visit, table: visit, deny: \"home(school, day) >= 1\", message: {zh: \"{home(school, day)}\", en: x}}\n"

static const char *const cells[] = {"school=A|day=2021-12-01|form=written|minutes=40|grade=4|tier=x",
                                    "school=A|day=2021-12-01|form=written|minutes=50|grade=4",
                                    "school=A|day=2021-12-01|form=|minutes=50|grade=9",
                                    "school=B|day=2021-12-02|form=oral|minutes=好多|grade=",
                                    "school=|day=2021-12-01|form=written|minutes=5|grade=4",
                                    "school=C|day=2021-12-03|form=written|minutes=95|grade=1",
                                    "school=C|day=2021-12-03|form=written|minutes=95|grade=1"};
enum { CELLS = sizeof cells / sizeof *cells };

static world *busy(const char *rules)
{
    world *w = world_new(rules);
    world_rows(w, "work", cells, CELLS);
    world_row(w, "visit", "school=A|who=p|day=2021-12-01");
    world_row(w, "visit", "school=D|who=q|day=");
    return w;
}

Test(store, what_comes_back_is_what_was_saved)
{
    world *w = busy(RULES("60"));
    block b = saved(w->ledger);
    policy_carry *carry = NULL;
    policy_ledger *l = restored(w->engine, b, &carry);
    cr_expect(policy_carry_is_complete(carry));
    cr_expect_gt(policy_carry_count(carry), 2u);
    expect_alike(w->engine, w->ledger, l);
    block again = saved(l);
    cr_expect(same(b, again));
    world copy = {.engine = w->engine, .ledger = l, .row = w->row}; /* and goes on as the first would */
    static const char more[] = "school=B|day=2021-12-02|form=written|minutes=61|grade=4";
    world_row(w, "work", more);
    world_row(&copy, "work", more);
    expect_alike(w->engine, w->ledger, l);
    free(b.data);
    free(again.data);
    policy_carry_free(carry);
    policy_ledger_free(l);
    world_free(w);
}

static policy_record *record_of(policy_engine *e, const char *text, uint64_t row)
{
    policy_record *r = NULL;
    char copy[200];
    snprintf(copy, sizeof copy, "%s", text);
    cr_assert_eq(policy_record_new(e, "work", &r, NULL), POLICY_OK);
    for (char *at = strtok(copy, "|"); at; at = strtok(NULL, "|")) {
        char *given = strchr(at, '=');
        *given++ = '\0';
        cr_assert_eq(policy_record_set_text(r, at, *given ? given : NULL, NULL), POLICY_OK);
    }
    if (row > 0)
        policy_record_set_source(r, "data", row, NULL);
    return r;
}

Test(store, the_order_of_records_leaves_no_trace)
{
    block first = {0};
    for (size_t turn = 0; turn < 5; turn++) {
        world *w = world_new(RULES("60"));
        for (size_t i = 0; i < CELLS; i++) {
            size_t at = (i * (turn % 2 ? CELLS - 1 : 1) + turn) % CELLS;
            policy_record *r = record_of(w->engine, cells[at], at + 1);
            cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
            policy_record_free(r);
        }
        block b = saved(w->ledger);
        if (turn == 0) {
            first = b;
        } else {
            /* Which of two equal rows is said to equal the other depends on which came first. */
            cr_expect(b.size == first.size, "%zu and %zu bytes", b.size, first.size);
            free(b.data);
        }
        world_free(w);
    }
    free(first.data);
}

Test(store, posting_and_taking_back_leaves_no_trace)
{
    for (int begun = 0; begun < 2; begun++) {
        world *w = begun ? busy(RULES("60")) : world_new(RULES("60"));
        block before = saved(w->ledger);
        for (size_t i = 0; i < CELLS; i++) {
            policy_record *r = record_of(w->engine, cells[i], i % 2 ? 100 + i : 0);
            cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
            block between = saved(w->ledger);
            cr_expect(!same(before, between));
            free(between.data);
            cr_assert_eq(policy_ledger_retract(w->ledger, r, NULL, NULL), POLICY_OK);
            block after = saved(w->ledger);
            cr_expect(same(before, after), "record %zu, %s: %zu and %zu bytes", i, begun ? "begun" : "fresh",
                      before.size, after.size);
            free(after.data);
            policy_record_free(r);
        }
        free(before.data);
        world_free(w);
    }
}

Test(store, a_record_can_be_taken_back_from_a_restored_ledger)
{
    world *w = busy(RULES("60"));
    block b = saved(w->ledger);
    policy_ledger *l = restored(w->engine, b, NULL);
    policy_record *r = record_of(w->engine, cells[0], 1);
    cr_expect_eq(policy_ledger_retract(l, r, NULL, NULL), POLICY_OK);
    cr_expect_eq(policy_ledger_retract(l, r, NULL, NULL), POLICY_E_NOT_FOUND);
    cr_expect_eq(policy_ledger_retract(w->ledger, r, NULL, NULL), POLICY_OK);
    expect_alike(w->engine, w->ledger, l);
    policy_record_free(r);
    free(b.data);
    policy_ledger_free(l);
    world_free(w);
}

/* ---- the sample data of a district ---- */

Test(store, a_district_s_term_comes_back)
{
    policy_builder *builder = NULL;
    policy_engine *e = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", NULL), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &e, NULL), POLICY_OK);
    policy_builder_free(builder);
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_as_of(l, world_day("2022-01-25"), NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(l, POLICY_EVIDENCE_FIRST, 10, NULL), POLICY_OK);
    static const char *const files[][2] = {
        {"school", "school.csv"}, {"homework", "homework.csv"}, {"exam", "exam.csv"}};
    for (size_t i = 0; i < 3; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/tests/data/%s", POLICY_SOURCE_DIR, files[i][1]);
        policy_table *t = NULL;
        cr_assert_eq(policy_table_open(e, files[i][0], path, &t, NULL), POLICY_OK);
        cr_assert_eq(policy_ledger_feed_table(l, t, NULL, NULL, NULL), POLICY_OK);
        policy_table_free(t);
    }
    block b = saved(l);
    policy_ledger *back = restored(e, b, NULL);
    expect_alike(e, l, back);
    block again = saved(back);
    cr_expect(same(b, again));
    free(again.data);
    free(b.data);
    policy_ledger_free(back);
    policy_ledger_free(l);
    policy_engine_unref(e);
}

/* ---- broken bytes ---- */

Test(store, every_bit_and_every_length_counts)
{
    world *w = busy(RULES("60"));
    block b = saved(w->ledger);
    cr_assert_lt(b.size, 20000u);
    policy_ledger *l = NULL;
    for (size_t size = 0; size < b.size; size++)
        cr_assert_eq(policy_ledger_restore(w->engine, b.data, size, &l, NULL, NULL), POLICY_E_DATA, "%zu", size);
    for (size_t bit = 0; bit < b.size * 8; bit++) {
        b.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        policy_status status = policy_ledger_restore(w->engine, b.data, b.size, &l, NULL, NULL);
        cr_assert(status == POLICY_E_DATA || status == POLICY_E_VERSION, "bit %zu: %s", bit,
                  policy_status_name(status));
        b.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    unsigned char *longer = malloc(b.size + 1);
    memcpy(longer, b.data, b.size);
    longer[b.size] = 0;
    cr_expect_eq(policy_ledger_restore(w->engine, longer, b.size + 1, &l, NULL, NULL), POLICY_E_DATA);
    free(longer);
    free(b.data);
    world_free(w);
}

static void sign(block b)
{
    digest d;
    digest_begin(&d);
    digest_put(&d, b.data, b.size - DIGEST_SIZE);
    digest_end(&d, b.data + b.size - DIGEST_SIZE);
}

Test(store, a_newer_version_is_refused_as_such)
{
    world *w = busy(RULES("60"));
    block b = saved(w->ledger);
    policy_ledger *l = NULL;
    b.data[8] = 2;
    sign(b);
    cr_expect_eq(policy_ledger_restore(w->engine, b.data, b.size, &l, NULL, NULL), POLICY_E_VERSION);
    free(b.data);
    world_free(w);
}

/* Bytes that somebody changed and signed again: an error, or a ledger that can be asked; never a crash. */
Test(store, hostile_bytes_do_no_harm)
{
    world *w = busy(RULES("60"));
    block b = saved(w->ledger);
    unsigned char *copy = malloc(b.size);
    uint64_t chance = 7;
    size_t refused = 0;
    for (int turn = 0; turn < 6000; turn++) {
        memcpy(copy, b.data, b.size);
        chance = chance * UINT64_C(6364136223846793005) + 1;
        int changes = 1 + (int)(chance >> 60) % 3;
        for (int i = 0; i < changes; i++) {
            chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            size_t at = 24 + (size_t)(chance >> 33) % (b.size - 24 - DIGEST_SIZE);
            static const unsigned char odd[] = {0, 1, 0x7F, 0x80, 0xFF};
            copy[at] = turn % 2 ? odd[(chance >> 20) % 5] : (unsigned char)(chance >> 24);
        }
        sign((block){copy, b.size});
        policy_ledger *l = NULL;
        policy_status status = policy_ledger_restore(w->engine, copy, b.size, &l, NULL, NULL);
        cr_assert(status == POLICY_OK || status == POLICY_E_DATA, "%s", policy_status_name(status));
        if (status == POLICY_OK) {
            char *text = findings_of(w->engine, l);
            free(text);
            block again = saved(l);
            free(again.data);
        } else {
            refused++;
        }
        policy_ledger_free(l);
    }
    cr_expect_gt(refused, 1000u);
    free(copy);
    free(b.data);
    world_free(w);
}

/* Some bytes of a saved ledger are gone, and the number before them is one less, or none. Restored, a row that
 * fails must have all that its message shows. */
static size_t restored_without(world *w, block b, size_t at, size_t cut, bool none)
{
    size_t size = b.size - cut;
    unsigned char *copy = malloc(size); /* of exactly its size: a sanitizer sees a step beyond */
    memcpy(copy, b.data, at + 1);
    memcpy(copy + at + 1, b.data + at + 1 + cut, b.size - at - 1 - cut);
    copy[at] = none ? 0 : (unsigned char)(copy[at] - 1);
    for (int i = 0; i < 8; i++)
        copy[16 + i] = (unsigned char)((size - 24 - DIGEST_SIZE) >> 8 * i);
    sign((block){copy, size});
    policy_ledger *l = NULL;
    policy_status status = policy_ledger_restore(w->engine, copy, size, &l, NULL, NULL);
    cr_assert(status == POLICY_OK || status == POLICY_E_DATA, "%s", policy_status_name(status));
    for (size_t i = 0; l != NULL && i < l->state.kept.count; i++) {
        const kept_row *r = l->state.kept.items[i];
        cr_assert_eq(r->key_count, r->version->key_count);
        cr_assert_eq(r->value_count, r->verdict == POLICY_FAIL ? r->version->placeholder_count : 0,
                     "byte %zu, %zu cut: %u values", at, cut, (unsigned)r->value_count);
    }
    if (l != NULL)
        free(findings_of(w->engine, l));
    policy_ledger_free(l);
    free(copy);
    return status == POLICY_OK;
}

Test(store, what_was_counted_is_there)
{
    world *w =
        world_new("pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"
                  "- {id: long, table: work, deny: minutes > 20, message: {zh: '{minutes}{school}{grade}', en: x}}\n"
                  "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 60}\n");
    world_rows(w, "work", cells, 2);
    block b = saved(w->ledger);
    size_t taken = 0;
    for (size_t at = 24; at < b.size - DIGEST_SIZE - 1; at++)
        for (size_t cut = 1; cut <= 12 && at + 1 + cut <= b.size - DIGEST_SIZE; cut++)
            taken += restored_without(w, b, at, cut, false) + restored_without(w, b, at, cut, true);
    cr_expect_lt(taken, 200u);
    free(b.data);
    world_free(w);
}

/* ---- other rules ---- */

static bool says(const policy_carry *c, const char *name, policy_carry_kind kind, policy_carried what)
{
    for (size_t i = 0; i < policy_carry_count(c); i++)
        if (strcmp(policy_carry_name(c, i), name) == 0 && policy_carry_kind_of(c, i) == kind)
            return policy_carry_what(c, i) == what;
    return false;
}

Test(store, a_tightened_limit_judges_what_was_there)
{
    world *w = busy(RULES("200"));
    world *strict = world_new(RULES("60"));
    policy_carry *carry = NULL;
    cr_assert_eq(policy_ledger_rebase(w->ledger, strict->engine, &carry, NULL), POLICY_OK);
    cr_expect(policy_carry_is_complete(carry));
    world *fresh = busy(RULES("60"));
    expect_alike(strict->engine, w->ledger, fresh->ledger);
    policy_carry_free(carry);
    policy_engine_unref(w->engine);
    w->engine = policy_engine_ref(strict->engine);
    world_row(w, "work", "school=E|day=2021-12-01|form=written|minutes=61|grade=4"); /* and goes on */
    char *text = world_findings(w, NULL);
    cr_expect(strstr(text, "daily fail violation school=E") != NULL, "%s", text);
    free(text);
    world_free(fresh);
    world_free(strict);
    world_free(w);
}

Test(store, what_means_something_else_is_unknown_and_said)
{
    static const char changed[] =
        "pack: t\nversion: \"1.0\"\nschema: mini\n"
        "measures:\n"
        "- {id: home, table: work, when: \"form == 'oral'\", per: [school, day], measure: count()}\n"
        "rules:\n"
        "- {id: daily, clause: '1', table: work, per: [school], measure: sum(minutes), at_most: 60, "
        "severity: violation, message: {zh: x, en: x}}\n"
        "- {id: long, table: work, deny: \"minutes > 80\", message: {zh: x, en: x}}\n"
        "- {id: extra, table: visit, deny: \"who == 'p'\", message: {zh: x, en: x}}\n";
    world *w = busy(RULES("60"));
    world *other = world_new(changed);
    policy_carry *carry = NULL;
    cr_assert_eq(policy_ledger_rebase(w->ledger, other->engine, &carry, NULL), POLICY_OK);
    cr_expect(!policy_carry_is_complete(carry));
    cr_expect(says(carry, "home", POLICY_CARRY_MEASURE, POLICY_CARRIED_CHANGED));
    cr_expect(says(carry, "daily", POLICY_CARRY_MEASURE, POLICY_CARRIED_CHANGED));
    cr_expect(says(carry, "long", POLICY_CARRY_RULE, POLICY_CARRIED_CHANGED));
    cr_expect(says(carry, "extra", POLICY_CARRY_RULE, POLICY_CARRIED_NEW));
    cr_expect(says(carry, "visit", POLICY_CARRY_RULE, POLICY_CARRIED_GONE));
    policy_text *line = NULL;
    for (size_t i = 0; i < policy_carry_count(carry); i++) {
        cr_assert_eq(policy_carry_message(carry, i, POLICY_LANGUAGE_ZH, &line, NULL), POLICY_OK);
        cr_expect_gt(policy_text_size(line), 5u);
        policy_text_free(line);
    }
    cr_expect_eq(policy_carry_message(carry, 999, POLICY_LANGUAGE_ZH, &line, NULL), POLICY_E_ARGUMENT);
    policy_engine_unref(w->engine);
    w->engine = policy_engine_ref(other->engine);
    world_row(w, "work", "school=A|day=2021-12-01|form=written|minutes=95|grade=4");
    world_expect(w, "daily unknown violation\n"
                    "long unknown violation\n"
                    "extra unknown violation\n");
    world_expect_counts(w, "daily", "unknown 1");
    block b = saved(w->ledger); /* it stays so */
    policy_ledger *back = restored(w->engine, b, NULL);
    expect_alike(w->engine, w->ledger, back);
    policy_ledger_free(back);
    free(b.data);
    policy_carry_free(carry);
    world_free(other);
    world_free(w);
}

Test(store, rules_that_come_before_any_record_lose_nothing)
{
    world *w = world_new(RULES("60"));
    world *other = world_new(RULES("50"));
    policy_carry *carry = NULL;
    cr_assert_eq(policy_ledger_rebase(w->ledger, other->engine, &carry, NULL), POLICY_OK);
    cr_expect(policy_carry_is_complete(carry));
    policy_carry_free(carry);
    world_free(other);
    world_free(w);
}

/* ---- files and failures ---- */

Test(store, files_take_the_place_of_files)
{
    world *w = busy(RULES("60"));
    char folder[] = "/tmp/policy-store-XXXXXX", path[64], part[80];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ledger", folder);
    snprintf(part, sizeof part, "%s.part00", path);
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_save_file(w->ledger, path, &err), POLICY_OK);
    cr_assert_eq(policy_ledger_save_file(w->ledger, path, &err), POLICY_OK);
    cr_expect_neq(access(part, F_OK), 0);
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_restore_file(w->engine, path, &l, NULL, &err), POLICY_OK);
    expect_alike(w->engine, w->ledger, l);
    policy_ledger_free(l);
    FILE *file = fopen(path, "r+b");
    fputs("x", file);
    fclose(file);
    cr_expect_eq(policy_ledger_restore_file(w->engine, path, &l, NULL, &err), POLICY_E_DATA);
    cr_expect_str_eq(policy_error_file(err), path);
    cr_expect_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_ZH), "台账"));
    policy_error_free(err);
    err = NULL;
    unlink(path);
    rmdir(folder);
    cr_expect_eq(policy_ledger_save_file(w->ledger, path, &err), POLICY_E_IO);
    cr_expect_str_eq(policy_error_file(err), path);
    policy_error_free(err);
    err = NULL;
    cr_expect_eq(policy_ledger_restore_file(w->engine, path, &l, NULL, &err), POLICY_E_IO);
    policy_error_free(err);
    world_free(w);
}

static int32_t stop(void *context, const void *data, size_t size)
{
    (void)context, (void)data, (void)size;
    return 1;
}

Test(store, a_writer_may_stop_it)
{
    world *w = busy(RULES("60"));
    cr_expect_eq(policy_ledger_save(w->ledger, stop, NULL, NULL), POLICY_E_IO);
    cr_expect_eq(policy_ledger_save(NULL, keep, NULL, NULL), POLICY_E_ARGUMENT);
    cr_expect_eq(policy_ledger_save(w->ledger, NULL, NULL, NULL), POLICY_E_ARGUMENT);
    cr_expect_eq(policy_ledger_rebase(w->ledger, NULL, NULL, NULL), POLICY_E_ARGUMENT);
    world_free(w);
}

static policy_status through(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_error *err = NULL;
    policy_options *options = NULL;
    policy_status status = policy_options_new(allocator, &options, &err);
    world *w = NULL;
    if (status == POLICY_OK) {
        w = world_try(options, RULES("60"), &err);
        status = w ? POLICY_OK : policy_error_status(err);
    }
    policy_options_free(options);
    for (size_t i = 0; status == POLICY_OK && i < CELLS; i++)
        status = world_try_row(w, "work", cells[i], NULL);
    block b = {0};
    policy_ledger *l = NULL;
    policy_carry *carry = NULL;
    if (status == POLICY_OK)
        status = policy_ledger_save(w->ledger, keep, &b, NULL);
    if (status == POLICY_OK)
        status = policy_ledger_restore(w->engine, b.data, b.size, &l, &carry, NULL);
    if (status == POLICY_OK) {
        policy_carry_free(carry);
        carry = NULL;
        char *before = world_findings(w, NULL);
        policy_status moved = policy_ledger_rebase(w->ledger, w->engine, &carry, NULL);
        char *after = world_findings(w, NULL);
        cr_expect(!before || !after || strcmp(before, after) == 0);
        status = moved != POLICY_OK ? moved : before && after ? POLICY_OK : POLICY_E_NOMEM;
        free(before);
        free(after);
    }
    policy_carry_free(carry);
    policy_ledger_free(l);
    free(b.data);
    world_free(w);
    policy_error_free(err);
    return status;
}

Test(store, without_memory_it_says_so_and_leaves_nothing)
{
    cr_expect_gt(failing_allocator_sweep(through, NULL), 200u);
}

/* ---- defaults of absent columns ---- */

static policy_record *homework_of(policy_engine *e, const char *minutes, const char *mandatory)
{
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(e, "homework", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "school", "望海小学", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "grade", "三年级", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "class", "2班", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "assigned", "2021-11-22", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "minutes", minutes, NULL), POLICY_OK);
    if (mandatory != NULL) {
        cr_assert_eq(policy_record_set_text(r, "mandatory", mandatory, NULL), POLICY_OK);
    }
    return r;
}

static void expect_back(policy_ledger *l, block before, const char *what)
{
    block after = saved(l);
    cr_expect(same(before, after), "%s: %zu and %zu bytes", what, before.size, after.size);
    free(after.data);
}

/* A column that one record lacks takes its default, with a notice: both go with the last such record, and no earlier. */
Test(store, a_default_goes_with_the_last_record_that_took_it)
{
    policy_builder *builder = NULL;
    policy_engine *e = NULL;
    policy_ledger *l = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", NULL), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &e, NULL), POLICY_OK);
    policy_builder_free(builder);
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_supply(l, "homework", NULL), POLICY_OK);
    policy_record *whole = homework_of(e, "20", "必做"), *one = homework_of(e, "10", NULL),
                  *two = homework_of(e, "15", NULL);
    block supplied = saved(l);
    cr_assert_eq(policy_ledger_post(l, one, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_retract(l, one, NULL, NULL), POLICY_OK);
    expect_back(l, supplied, "the only record");
    cr_assert_eq(policy_ledger_post(l, whole, NULL), POLICY_OK);
    block without = saved(l);
    cr_assert_eq(policy_ledger_post(l, one, NULL), POLICY_OK);
    block with = saved(l);
    size_t noticed = policy_ledger_notice_count(l);
    cr_assert_eq(policy_ledger_post(l, two, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_notice_count(l), noticed); /* said once */
    cr_assert_eq(policy_ledger_retract(l, two, NULL, NULL), POLICY_OK);
    expect_back(l, with, "another one took it");
    cr_assert_eq(policy_ledger_amend(l, one, two, NULL, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_notice_count(l), noticed);
    cr_assert_eq(policy_ledger_amend(l, two, one, NULL, NULL), POLICY_OK);
    expect_back(l, with, "amended there and back");
    cr_assert_eq(policy_ledger_retract(l, one, NULL, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_notice_count(l), noticed - 1);
    expect_back(l, without, "the last one that took it");
    free(supplied.data);
    free(without.data);
    free(with.data);
    policy_record_free(whole);
    policy_record_free(one);
    policy_record_free(two);
    policy_ledger_free(l);
    policy_engine_unref(e);
}
