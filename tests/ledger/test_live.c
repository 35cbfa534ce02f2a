/*
 * Live use: what a record causes, taking back, amending; always the same as judging the same records afresh.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/progress.h"
#include "support/random_records.h"
#include "support/world.h"

/* ---- random sequences over the whole pack ---- */

enum { MOST = 24 };

static policy_engine *huancui(void)
{
    policy_error *err = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, &err), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_assert_eq(policy_builder_build(builder, &engine, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_builder_free(builder);
    return engine;
}

static void print_datum(FILE *out, const char *name, policy_datum d)
{
    if (d.kind != POLICY_DATUM_NONE) {
        fprintf(out, " %s=%s", name, d.text);
    }
}

static void print_subject(FILE *out, const policy_finding *f)
{
    fprintf(out, "%s", policy_finding_rule(f));
    for (size_t i = 0; i < policy_finding_key_count(f); i++) {
        fprintf(out, " %s=%s", policy_finding_key_name(f, i), policy_finding_key(f, i).text);
    }
}

static char *all_lines(const policy_findings *all)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < policy_findings_count(all); i++) {
        const policy_finding *f = policy_findings_at(all, i);
        print_subject(out, f);
        fprintf(out, " %s %s", policy_verdict_name(policy_finding_verdict(f)),
                policy_severity_name(policy_finding_severity(f)));
        print_datum(out, "value", policy_finding_value(f));
        print_datum(out, "limit", policy_finding_limit(f));
        for (size_t k = 0; k < policy_finding_missing_count(f); k++) {
            fprintf(out, " ?%s", policy_finding_missing(f, k));
        }
        for (size_t k = 0; k < policy_finding_row_count(f); k++) {
            fprintf(out, " @%s#%llu", policy_finding_row_source(f, k), (unsigned long long)policy_finding_row(f, k));
        }
        fputc('\n', out);
    }
    fclose(out);
    return text;
}

static char *judged(policy_ledger *l)
{
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(l, &all, NULL), POLICY_OK);
    char *text = all_lines(all);
    policy_findings_free(all);
    return text;
}

/* Every other sequence keeps rows as evidence, so many that none is pushed out. */
static policy_ledger *new_ledger(policy_engine *engine, uint64_t seed)
{
    policy_ledger *l = random_records_ledger(engine, seed % 4 > 0);
    if (seed % 2 == 0) {
        cr_assert_eq(policy_ledger_set_evidence(l, POLICY_EVIDENCE_FIRST, 100, NULL), POLICY_OK);
    }
    random_background(l, engine, seed);
    return l;
}

static char *afresh(policy_engine *engine, uint64_t seed, policy_record *const *held, size_t count)
{
    policy_ledger *l = new_ledger(engine, seed);
    for (size_t i = count; i > 0; i--) { /* the other way round */
        cr_assert_eq(policy_ledger_post(l, held[i - 1], NULL), POLICY_OK);
    }
    char *text = judged(l);
    policy_ledger_free(l);
    return text;
}

typedef struct bytes {
    char *data;
    size_t size;
} bytes;

static int32_t keep_bytes(void *context, const void *data, size_t size)
{
    bytes *b = context;
    b->data = realloc(b->data, b->size + size);
    cr_assert_not_null(b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return 0;
}

static bytes saved(policy_ledger *l)
{
    bytes b = {0};
    cr_assert_eq(policy_ledger_save(l, keep_bytes, &b, NULL), POLICY_OK);
    return b;
}

/* Posted and taken back: the saved bytes are those of before. */
static void expect_no_trace(policy_ledger *l, const policy_record *r, uint64_t seed)
{
    bytes before = saved(l);
    cr_assert_eq(policy_ledger_post(l, r, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_retract(l, r, NULL, NULL), POLICY_OK);
    bytes after = saved(l);
    cr_assert(before.size == after.size && memcmp(before.data, after.data, before.size) == 0,
              "a record that was taken back left a trace (seed %llu): %zu and %zu bytes", (unsigned long long)seed,
              before.size, after.size);
    free(before.data);
    free(after.data);
}

/* The ledger that the saved bytes make, in the place of the one that was. */
static policy_ledger *restored(policy_engine *engine, policy_ledger *l, uint64_t seed)
{
    bytes before = saved(l);
    policy_ledger *again = NULL;
    cr_assert_eq(policy_ledger_restore(engine, before.data, before.size, &again, NULL, NULL), POLICY_OK);
    bytes after = saved(again);
    cr_assert(before.size == after.size && memcmp(before.data, after.data, before.size) == 0,
              "a restored ledger is another one (seed %llu)", (unsigned long long)seed);
    policy_ledger_free(l);
    free(before.data);
    free(after.data);
    return again;
}

/* Is a line of `before` also one of `after`? Lines end with a newline. */
static bool has_line(const char *text, const char *line, size_t size)
{
    for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
        if (strncmp(at, line, size) == 0) {
            return true;
        }
    }
    return false;
}

/* What was caused is new after, and what is new of a rule and keys that had no finding is caused. */
static void expect_caused(const policy_findings *caused, const char *before, const char *after, uint64_t seed)
{
    char *lines = all_lines(caused);
    for (const char *at = lines; *at; at = strchr(at, '\n') + 1) {
        size_t size = (size_t)(strchr(at, '\n') - at) + 1;
        cr_assert(has_line(after, at, size), "seed %llu: caused, but not found after: %.*s\n--- after\n%s",
                  (unsigned long long)seed, (int)size, at, after);
    }
    for (const char *at = after; *at; at = strchr(at, '\n') + 1) {
        size_t size = (size_t)(strchr(at, '\n') - at) + 1;
        const char *verdict = strstr(at, " fail ");
        if (verdict == NULL || verdict > at + size || has_line(before, at, size)) {
            continue;
        }
        size_t subject = (size_t)(verdict - at) + 1;
        if (!has_line(before, at, subject)) {
            cr_assert(has_line(lines, at, size), "seed %llu: new, but not caused: %.*s\n--- caused\n%s",
                      (unsigned long long)seed, (int)size, at, lines);
        }
    }
    free(lines);
}

static void one_sequence(policy_engine *engine, uint64_t seed)
{
    uint64_t s = seed * 2654435761u + 12345;
    policy_ledger *l = new_ledger(engine, seed);
    policy_findings *caused = NULL;
    cr_assert_eq(policy_findings_new(engine, &caused, NULL), POLICY_OK);
    policy_record *held[MOST];
    size_t count = 0;
    bool thorough = seed % 8 == 0; /* compare after each step; else at the end */
    uint32_t steps = 3 + random_below(&s, 12);
    char *before = thorough ? judged(l) : NULL;
    for (uint32_t step = 0; step < steps && count < MOST; step++) {
        uint32_t what = random_below(&s, 10);
        policy_record *r = random_record(engine, &s);
        policy_status status = POLICY_OK;
        bool quiet = false;
        if (what == 9 && count > 0) { /* amend with one of its type */
            size_t at = random_below(&s, (uint32_t)count);
            status = policy_ledger_amend(l, held[at], r, caused, NULL);
            quiet = status == POLICY_E_ARGUMENT;
            if (status == POLICY_OK) {
                policy_record_free(held[at]);
                held[at] = r;
                r = NULL;
            }
        } else if (what >= 7 && count > 0) {
            size_t at = random_below(&s, (uint32_t)count);
            status = policy_ledger_retract(l, held[at], caused, NULL);
            policy_record_free(held[at]);
            held[at] = held[--count];
        } else if (what == 5 && random_below(&s, 4) == 0) {
            expect_no_trace(l, r, seed);
            if (random_below(&s, 4) == 0) {
                l = restored(engine, l, seed);
            }
            quiet = true;
        } else if (what == 6) {
            status = policy_ledger_check(l, r, caused, NULL);
            char *same = judged(l);
            cr_assert(before == NULL || strcmp(same, before) == 0, "a check changed the ledger (seed %llu)",
                      (unsigned long long)seed);
            free(same);
            quiet = true;
        } else {
            if (random_below(&s, 3) == 0) {
                policy_findings *said = NULL;
                cr_assert_eq(policy_findings_new(engine, &said, NULL), POLICY_OK);
                cr_assert_eq(policy_ledger_check(l, r, said, NULL), POLICY_OK);
                cr_assert_eq(policy_ledger_post_findings(l, r, caused, NULL), POLICY_OK);
                char *a = all_lines(said), *b = all_lines(caused);
                cr_assert_str_eq(a, b);
                free(a);
                free(b);
                policy_findings_free(said);
            } else {
                cr_assert_eq(policy_ledger_post_findings(l, r, caused, NULL), POLICY_OK);
            }
            held[count++] = r;
            r = NULL;
        }
        cr_assert(status == POLICY_OK || quiet, "seed %llu step %u: %s", (unsigned long long)seed, step,
                  policy_status_name(status));
        policy_record_free(r);
        if (thorough) {
            char *now = judged(l), *fresh = afresh(engine, seed, held, count);
            cr_assert(strcmp(now, fresh) == 0, "seed %llu step %u\n--- live\n%s--- afresh\n%s",
                      (unsigned long long)seed, step, now, fresh);
            if (!quiet) {
                expect_caused(caused, before, now, seed);
            }
            free(fresh);
            free(before);
            before = now;
        }
    }
    if (!thorough) {
        char *now = judged(l), *fresh = afresh(engine, seed, held, count);
        cr_assert(strcmp(now, fresh) == 0, "seed %llu\n--- live\n%s--- afresh\n%s", (unsigned long long)seed, now,
                  fresh);
        free(now);
        free(fresh);
    }
    free(before);
    while (count > 0) {
        policy_record_free(held[--count]);
    }
    policy_findings_free(caused);
    policy_ledger_free(l);
}

/* `DEV_FUZZ_SEQUENCES=100000 ./dev fuzz live` runs a release build of this. See support/progress.h. */
Test(live, posting_and_taking_back_in_any_order_is_judging_what_is_left)
{
    policy_engine *engine = huancui();
    progress far = progress_start("sequences", "POLICY_SEQUENCES", 2000);
    for (uint64_t done = 0; progress_goes_on(&far, done, far.first_seed + done); done++) {
        one_sequence(engine, far.first_seed + done);
    }
    policy_engine_unref(engine);
}

/* ---- by example ---- */

#define DAILY                                                                                                          \
    "pack: test\nversion: \"1.0\"\nschema: mini\n"                                                                     \
    "rules:\n"                                                                                                         \
    "- id: daily\n"                                                                                                    \
    "  table: work\n"                                                                                                  \
    "  when: form == 'written'\n"                                                                                      \
    "  per: [school, day]\n"                                                                                           \
    "  measure: sum(minutes)\n"                                                                                        \
    "  at_most: 60\n"

static policy_record *row(world *w, const char *school, int minutes)
{
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "school", school, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "day", "2021-12-01", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "form", "written", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_int(r, "minutes", minutes, NULL), POLICY_OK);
    return r;
}

Test(live, a_check_says_what_the_record_would_cause_and_changes_nothing)
{
    world *w = world_new(DAILY);
    policy_findings *caused = NULL;
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    policy_record *r = row(w, "A", 45), *more = row(w, "A", 16), *other = row(w, "B", 61);
    cr_assert_eq(policy_ledger_post_findings(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 0);
    cr_assert_eq(policy_ledger_check(w->ledger, more, caused, NULL), POLICY_OK);
    char *lines = all_lines(caused);
    cr_assert_str_eq(lines, "daily school=A day=2021-12-01 fail violation value=61 limit=60\n");
    free(lines);
    world_expect(w, "");
    cr_assert_eq(policy_ledger_post(w->ledger, other, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK); /* B was wrong already */
    lines = all_lines(caused);
    cr_assert_str_eq(lines, "daily school=A day=2021-12-01 fail violation value=90 limit=60\n");
    free(lines);
    policy_record_free(r);
    policy_record_free(more);
    policy_record_free(other);
    policy_findings_free(caused);
    world_free(w);
}

Test(live, what_was_wrong_is_caused_again_only_where_it_gets_worse)
{
    world *w = world_new(DAILY);
    policy_findings *caused = NULL;
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    policy_record *r = row(w, "A", 70), *more = row(w, "A", 10);
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post_findings(w->ledger, more, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 1);
    cr_assert_eq(policy_ledger_retract(w->ledger, more, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 0);
    policy_record_free(r);
    policy_record_free(more);
    policy_findings_free(caused);
    world_free(w);
}

Test(live, what_was_never_posted_cannot_be_taken_back)
{
    world *w = world_new(DAILY);
    policy_record *r = row(w, "A", 70), *other = row(w, "A", 71);
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_retract(w->ledger, r, NULL, NULL), POLICY_E_NOT_FOUND);
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_retract(w->ledger, other, NULL, &err), POLICY_E_NOT_FOUND);
    cr_assert_not_null(policy_error_message(err, POLICY_LANGUAGE_ZH));
    policy_error_free(err);
    world_expect(w, "daily fail violation school=A day=2021-12-01 value=70 limit=60\n");
    cr_assert_eq(policy_ledger_amend(w->ledger, other, r, NULL, NULL), POLICY_E_NOT_FOUND);
    cr_assert_eq(policy_ledger_amend(w->ledger, r, other, NULL, NULL), POLICY_OK);
    world_expect(w, "daily fail violation school=A day=2021-12-01 value=71 limit=60\n");
    cr_assert_eq(policy_ledger_retract(w->ledger, other, NULL, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_retract(w->ledger, other, NULL, NULL), POLICY_E_NOT_FOUND);
    policy_record_free(r);
    policy_record_free(other);
    world_free(w);
}

static policy_record *school_day(policy_engine *engine, const char *date)
{
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(engine, "calendar", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "date", date, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "teaching_day", "是", NULL), POLICY_OK);
    return r;
}

Test(live, a_calendar_over_centuries_is_a_mistyped_year)
{
    policy_engine *engine = huancui();
    policy_ledger *l = random_records_ledger(engine, false), *part = random_records_ledger(engine, false);
    policy_record *near = school_day(engine, "1921-11-22"), *far = school_day(engine, "2199-11-22");
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_post(l, near, NULL), POLICY_OK);
    bytes before = saved(l);
    cr_assert_eq(policy_ledger_post(l, far, &err), POLICY_E_LIMIT);
    cr_assert_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_ZH), "2199-11-22"), "%s",
                       policy_error_message(err, POLICY_LANGUAGE_ZH));
    policy_error_free(err);
    cr_assert_eq(policy_ledger_check(l, far, NULL, NULL), POLICY_E_ARGUMENT); /* nowhere to say it */
    cr_assert_eq(policy_ledger_post_findings(l, far, NULL, NULL), POLICY_E_LIMIT);
    cr_assert_eq(policy_ledger_amend(l, near, far, NULL, NULL), POLICY_E_LIMIT);
    bytes after = saved(l);
    cr_assert(before.size == after.size && memcmp(before.data, after.data, before.size) == 0);
    cr_assert_eq(policy_ledger_merge(l, part, NULL), POLICY_OK);
    free(before.data);
    free(after.data);
    policy_record_free(near);
    policy_record_free(far);
    policy_ledger_free(part);
    policy_ledger_free(l);
    policy_engine_unref(engine);
}

/* ---- without memory ---- */

#define STACKED                                                                                                        \
    "pack: test\nversion: \"1.0\"\nschema: mini\n"                                                                     \
    "measures:\n"                                                                                                      \
    "- {id: tiers, table: work, per: [school, day, {tier: \"has(tier) ? tier : record_id\"}], measure: "               \
    "max(minutes)}\n"                                                                                                  \
    "rules:\n"                                                                                                         \
    "- {id: daily, table: tiers, per: [school, day], measure: sum(value), at_most: 60}\n"                              \
    "- {id: long, table: work, deny: minutes > 90}\n"

static const policy_status expected[] = {POLICY_OK, POLICY_E_NOMEM};

/* Each allocation fails in turn, from the post of a second record to the end: what could not be done was not done. */
Test(live, without_memory_a_ledger_stays_as_it_was)
{
    for (size_t k = 1;; k++) {
        failing_allocator f;
        failing_allocator_init(&f, 0, FAIL_ONCE);
        policy_options *options = NULL;
        cr_assert_eq(policy_options_new(&f.allocator, &options, NULL), POLICY_OK);
        world *w = world_try(options, STACKED, NULL);
        cr_assert_not_null(w);
        policy_record *first = row(w, "A", 95), *second = row(w, "A", 30);
        policy_findings *caused = NULL;
        cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
        cr_assert_eq(policy_ledger_post(w->ledger, first, NULL), POLICY_OK);
        f.calls = 0;
        f.fail_at = k;
        policy_status steps[4] = {policy_ledger_check(w->ledger, second, caused, NULL),
                                  policy_ledger_post_findings(w->ledger, second, caused, NULL), POLICY_OK, POLICY_OK};
        steps[2] = policy_ledger_amend(w->ledger, first, second, caused, NULL);
        steps[3] = policy_ledger_retract(w->ledger, second, caused, NULL);
        bool failed = failing_allocator_failed(&f);
        f.fail_at = 0;
        bool posted = steps[1] == POLICY_OK, amended = steps[2] == POLICY_OK, retracted = steps[3] == POLICY_OK;
        for (int i = 0; i < 4; i++) {
            bool absent = i == 3 && !posted && !amended && steps[3] == POLICY_E_NOT_FOUND;
            cr_assert(absent || steps[i] == expected[0] || steps[i] == expected[1], "allocation %zu, step %d: %s", k, i,
                      policy_status_name(steps[i]));
        }
        world *fresh = world_try(NULL, STACKED, NULL);
        policy_record *a = row(fresh, "A", 95), *b = row(fresh, "A", 30);
        int thirties = (posted ? 1 : 0) + (amended ? 1 : 0) - (retracted ? 1 : 0);
        if (!amended) {
            cr_assert_eq(policy_ledger_post(fresh->ledger, a, NULL), POLICY_OK);
        }
        for (int i = 0; i < thirties; i++) {
            cr_assert_eq(policy_ledger_post(fresh->ledger, b, NULL), POLICY_OK);
        }
        char *now = judged(w->ledger), *then = judged(fresh->ledger);
        cr_assert_str_eq(now, then, "allocation %zu", k);
        free(now);
        free(then);
        policy_record_free(a);
        policy_record_free(b);
        world_free(fresh);
        policy_record_free(first);
        policy_record_free(second);
        policy_findings_free(caused);
        world_free(w);
        policy_options_free(options);
        cr_assert_eq(failing_allocator_live(&f), 0, "allocation %zu leaks", k);
        if (!failed) {
            break;
        }
    }
}
