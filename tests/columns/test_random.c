/*
 * The row evaluator and the masks of the column path on random programs and records, case by case: what a mask says is
 * surely true or false is what the row evaluator says of that row, and of rows with plain answers few are left open.
 *
 * A case is one condition on one record. POLICY_CASES in the environment says how many (a million; a quarter of that under
 * the sanitizers); `DEV_FUZZ_CASES=100000000 ./dev fuzz columns` runs a release build of this. See support/progress.h.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns/feed.h"
#include "policy/policy.h"
#include "support/progress.h"
#include "support/random_rules.h"

#define RULES   25
#define RECORDS 800

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CASES UINT64_C(250000)
#else
#define CASES UINT64_C(1000000)
#endif

static policy_engine *engine_of(uint64_t seed)
{
    policy_builder *b = NULL;
    policy_engine *e = NULL;
    policy_error *err = NULL;
    char *schema_text = random_schema(), *pack_text = random_pack(seed, RULES);
    policy_status status = policy_builder_new(NULL, &b, NULL);
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(b, "schema/random.yaml", schema_text, strlen(schema_text), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_load_memory(b, "random.yaml", pack_text, strlen(pack_text), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(b, &e, &err);
    }
    cr_assert_eq(status, POLICY_OK, "seed %llu: %s\n%s", (unsigned long long)seed,
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "", pack_text);
    free(schema_text);
    free(pack_text);
    policy_builder_free(b);
    return e;
}

typedef struct tally {
    uint64_t cases, plain, open; /* answered true or false by the row evaluator; of these, left open by the masks */
} tally;

typedef struct comparison {
    policy_ledger *ledger;
    type_columns *columns;
    frame *row_frame;
    record row;
    const batch *batch;
    uint64_t seed;
    tally *tally;
} comparison;

static const char *say(value v)
{
    return v.kind != VALUE_BOOL ? v.kind == VALUE_ERROR ? "error" : "unknown" : v.as.b ? "true" : "false";
}

/* One condition on the block's rows. */
static void compare(comparison *x, condition *c, const value *answers, size_t rows, const char *rule)
{
    const uint64_t *yes, *no;
    const coding *coded = x->columns->coding;
    cr_assert(condition_bits(&x->columns->programs, c, &yes, &no));
    for (size_t i = 0; i < rows; i++) {
        if (coded->any_odd && coded->odd[i]) {
            continue;
        }
        bool is_true = yes[i / 64] >> i % 64 & 1, is_false = no ? no[i / 64] >> i % 64 & 1 : !is_true;
        value v = answers[i];
        bool fits = !(is_true && is_false) && (!is_true || (v.kind == VALUE_BOOL && v.as.b)) &&
                    (!is_false || (v.kind == VALUE_BOOL && !v.as.b));
        if (!fits) {
            cr_assert_fail("seed %llu, record %zu, %s: the row evaluator says %s, the masks %s",
                           (unsigned long long)x->seed, (size_t)coded->row + i, rule, say(v),
                           is_true && is_false ? "both"
                           : is_true           ? "true"
                                               : "false");
        }
        x->tally->cases++;
        x->tally->plain += v.kind == VALUE_BOOL;
        x->tally->open += v.kind == VALUE_BOOL && !is_true && !is_false;
    }
}

static bool same(value a, value b)
{
    if (a.kind != b.kind) {
        return false;
    }
    if (a.kind == VALUE_NONE || a.kind == VALUE_UNKNOWN) {
        return a.as.missing == b.as.missing;
    }
    return value_equal(a, b);
}

/* Texts of errors do not outlive the row. */
static value plain_only(value v)
{
    return (value){.kind = v.kind, .as.b = v.kind == VALUE_BOOL && v.as.b};
}

/* The record as the row path reads it, and what every condition says of it. */
static void judge_row_by_row(comparison *x, size_t i, value *whens, value *checks)
{
    policy_ledger *l = x->ledger;
    coding *coded = x->columns->coding;
    frame *f = x->row_frame;
    value coded_values[SCHEMA_FIELDS_MAX];
    bool odd = coded->any_odd && coded->odd[i], whole = false;
    record_clear(&x->row);
    batch_row(x->batch, coded->row + (int64_t)i, &x->row);
    frame_reset(f);
    record_systems schools = systems_lookup(&l->delta.schools, 0);
    int problems =
        record_resolve(l->engine->schema, &x->row, &schools, evaluation_scratch(f->ev), f->slots, l->problems);
    cr_assert_eq(problems > 0, odd, "seed %llu: record %zu has %d problems", (unsigned long long)x->seed,
                 (size_t)coded->row + i, problems);
    f->record = &x->row;
    frame_set_own_day(f);
    if (!odd) {
        cr_assert(coding_row(coded, i, UINT64_MAX, coded_values, &whole));
        for (uint32_t k = 0; k < coded->type->field_count; k++) {
            cr_assert(whole && same(coded_values[k], f->slots[k]), "seed %llu: record %zu, field %s",
                      (unsigned long long)x->seed, (size_t)coded->row + i, coded->type->fields[k].name.data);
        }
    }
    for (uint32_t k = 0; k < x->columns->rule_count; k++) {
        const plan_version *v = x->columns->rules[k].version;
        l->run.in_force = &v->in_force;
        value when = frame_when(f, v->when, v->also, v->also_count), check = frame_evaluate(f, v->condition);
        whens[k * BLOCK_ROWS + i] = plain_only(when);
        checks[k * BLOCK_ROWS + i] = plain_only(check);
        l->run.in_force = NULL;
    }
}

static void compare_batch(comparison *x, const made_batch *m, int64_t part)
{
    policy_ledger *l = x->ledger;
    uint32_t rules = x->columns->rule_count;
    value *whens = calloc((size_t)rules * BLOCK_ROWS, sizeof *whens);
    value *checks = calloc((size_t)rules * BLOCK_ROWS, sizeof *checks);
    x->batch = &m->batch;
    frame *values = frame_take(l, l->engine->tables[0]);
    x->columns->programs.frame = values;
    cr_assert(coding_begin(x->columns->coding, &m->batch));
    for (int64_t row = 0; row < m->batch.rows; row += part) {
        size_t count = (size_t)(m->batch.rows - row < part ? m->batch.rows - row : part);
        cr_assert(coding_block(x->columns->coding, row, count));
        x->columns->programs.block++;
        for (size_t i = 0; i < count; i++) {
            judge_row_by_row(x, i, whens, checks);
        }
        for (uint32_t k = 0; k < rules; k++) {
            const row_rule *r = &x->columns->rules[k];
            if (r->when->kind != CONDITION_CONSTANT) {
                compare(x, r->when, whens + k * BLOCK_ROWS, count, r->version->rule->id.data);
            }
            compare(x, r->check, checks + k * BLOCK_ROWS, count, r->version->rule->id.data);
        }
    }
    frame_give(l, values);
    free(whens);
    free(checks);
}

/* Several batches of different columns after one another, as a ledger gets them. */
static void compare_seed(uint64_t seed, tally *into)
{
    policy_engine *e = engine_of(seed);
    size_t field_count;
    const made_field *fields = random_fields(&field_count);
    comparison x = {.seed = seed, .tally = into};
    cr_assert_eq(policy_ledger_new(e, &x.ledger, NULL), POLICY_OK);
    if (seed % 3 == 0) {
        policy_ledger_set_as_of(x.ledger, 18960, NULL);
    }
    x.columns = type_columns_new(x.ledger, 0);
    x.row_frame = frame_take(x.ledger, e->tables[0]);
    cr_assert(x.columns != NULL && x.row_frame != NULL &&
              record_init(&x.row, e->tables[0]->record, x.ledger->allocator) == POLICY_OK);
    static const int64_t sizes[] = {RECORDS / 2, 1, 7, RECORDS / 2 - 8};
    for (uint64_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        made_batch *m = made_batch_new(e->tables[0]->record, fields, field_count, sizes[i], seed * 8 + i);
        compare_batch(&x, m, (seed + i) % 3 == 0 ? 100 : BLOCK_ROWS);
        made_batch_free(m);
    }
    record_free(&x.row);
    frame_give(x.ledger, x.row_frame);
    type_columns_free(x.columns);
    policy_ledger_free(x.ledger);
    policy_engine_unref(e);
}

Test(random_programs, masks_say_what_the_row_evaluator_says)
{
    progress far = progress_start("cases", "POLICY_CASES", CASES);
    tally all = {0};
    for (uint64_t seed = far.first_seed; progress_goes_on(&far, all.cases, seed); seed++) {
        compare_seed(seed, &all);
    }
    cr_assert_gt(all.plain, all.cases / 4, "of %llu cases only %llu have a plain answer", (unsigned long long)all.cases,
                 (unsigned long long)all.plain);
    cr_assert_lt(all.open, all.plain / 4, "of %llu plain answers %llu were left open", (unsigned long long)all.plain,
                 (unsigned long long)all.open);
}

/* The same rules through the doors: findings, counts and notices. */
Test(random_programs, rows_and_columns_end_in_the_same_findings)
{
    static const uint32_t reported[] = {0, 2, 63};
    size_t field_count;
    const made_field *fields = random_fields(&field_count);
    for (uint64_t seed = 500; seed < 530; seed++) {
        policy_engine *e = engine_of(seed);
        char *answers[2];
        for (int columns = 0; columns < 2; columns++) {
            policy_ledger *l = NULL;
            cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
            if (reported[seed % 3] != 0) {
                policy_ledger_set_reported(l, reported[seed % 3], NULL);
            }
            for (uint64_t i = 0; i < 2; i++) {
                made_batch *m = made_batch_new(e->tables[0]->record, fields, field_count, 200, seed * 8 + i);
                m->batch.first_row = 1 + 200 * i;
                cr_assert_eq(made_feed(l, 0, &m->batch, seed % 4 == 0 ? 37 : 0, columns == 1), POLICY_OK);
                made_batch_free(m);
            }
            answers[columns] = made_answer(l, true);
            policy_ledger_free(l);
        }
        cr_assert_str_eq(answers[0], answers[1], "seed %llu", (unsigned long long)seed);
        free(answers[0]);
        free(answers[1]);
        policy_engine_unref(e);
    }
}
