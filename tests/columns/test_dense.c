/*
 * Tables of groups that columns are added up in: what they say at the edges of their numbers, and what they cost.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "columns/columns.h"
#include "ledger/state.h"
#include "policy/policy.h"
#include "support/batches.h"
#include "support/failing_allocator.h"
#include "support/small_pack.h"

static const char schema_text[] = "schema: small\nversion: \"1.0\"\ntypes:\n  entry:\n    identity: [a]\n    fields:\n"
                                  "      a: {type: int}\n      b: {type: int}\n      c: {type: int}\n"
                                  "      amount: {type: int}\n      weight: {type: int}\n";
static const char pack_text[] =
    "pack: small\nversion: \"1.0\"\nschema: small\nrules:\n"
    "- {id: sum, table: entry, per: [a, b, c], measure: sum(amount), at_most: 1000}\n"
    "- {id: some, table: entry, per: [a], measure: sum(amount), at_most: 2147483648}\n"
    "- {id: least, table: entry, per: [a], measure: sum(amount), at_least: -2147483648}\n"
    "- {id: count, table: entry, per: [a, b], measure: count(), at_most: 1}\n"
    "- {id: share, table: entry, per: [b], measure: \"share(amount > 0, 1)\", at_least: 0.5}\n"
    "- {id: ratio, table: entry, per: [c], measure: \"ratio(amount, weight)\", at_most: 1.5}\n"
    "- {id: all, table: entry, per: [], measure: sum(amount), at_most: 9000000000}\n"
    "- {id: kinds, table: entry, per: [a, b], measure: count_distinct(c), at_most: 2}\n"
    "- {id: level, table: entry, per: [a, {odd: \"c % 2 != 0\"}], when: b != 3, measure: sum(amount), at_most: 100}\n";

static policy_engine *engine_of(const policy_allocator *allocator)
{
    policy_options *options = NULL;
    policy_engine *e = NULL;
    cr_assert_eq(policy_options_new(allocator, &options, NULL), POLICY_OK);
    cr_assert_eq(small_engine(options, schema_text, pack_text, &e), POLICY_OK);
    policy_options_free(options);
    return e;
}

/* Answers of `batches` batches of `rows` rows, by rows or by columns. */
static char *answer(policy_engine *e, const made_field fields[5], int64_t rows, uint64_t batches, uint64_t seed,
                    bool columns)
{
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    for (uint64_t i = 0; i < batches; i++) {
        made_batch *m = made_batch_new(e->tables[0]->record, fields, 5, rows, seed + i);
        m->batch.first_row = 1 + i * (uint64_t)rows;
        cr_assert_eq(made_feed(l, 0, &m->batch, 0, columns), POLICY_OK);
        made_batch_free(m);
    }
    char *text = made_answer(l, true);
    policy_ledger_free(l);
    return text;
}

static void same_both_ways(const made_field fields[5], int64_t rows, uint64_t batches)
{
    policy_engine *e = engine_of(NULL);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        char *by_rows = answer(e, fields, rows, batches, seed * 50, false);
        char *by_columns = answer(e, fields, rows, batches, seed * 50, true);
        cr_assert_str_eq(by_rows, by_columns, "seed %llu", (unsigned long long)seed);
        free(by_rows);
        free(by_columns);
    }
    policy_engine_unref(e);
}

#define KEYS(most)                                                                                                     \
    {"a", NULL, 0, most}, {"b", NULL, 0, most},                                                                        \
    {                                                                                                                  \
        "c", NULL, 0, most                                                                                             \
    }

Test(dense, sums_widen_where_32_bits_end)
{
    static const made_field up[] = {KEYS(3), {"amount", NULL, 2147400000, 2147483646}, {"weight", NULL, 1, 3}};
    static const made_field down[] = {KEYS(3), {"amount", NULL, -2147483646, -2147400000}, {"weight", NULL, 1, 3}};
    static const made_field middle[] = {KEYS(3), {"amount", NULL, 10000000, 20000000}, {"weight", NULL, 1, 3}};
    same_both_ways(up, 40, 4);
    same_both_ways(down, 40, 4);
    same_both_ways(middle, 300, 3);
}

Test(dense, keys_that_grow_from_feed_to_feed_move_what_is_there)
{
    policy_engine *e = engine_of(NULL);
    char *answers[2];
    for (int columns = 0; columns < 2; columns++) {
        policy_ledger *l = NULL;
        cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
        for (int i = 0; i < 12; i++) {
            const made_field fields[] = {{"a", NULL, -i, 2 * i + 1},
                                         {"b", NULL, 0, 3 * i + 1},
                                         {"c", NULL, -5 * i, 1},
                                         {"amount", NULL, 0, 900},
                                         {"weight", NULL, 1, 5}};
            made_batch *m = made_batch_new(e->tables[0]->record, fields, 5, 80, (uint64_t)i + 1);
            m->batch.first_row = 1 + 80 * (uint64_t)i;
            cr_assert_eq(made_feed(l, 0, &m->batch, i % 3 == 0 ? 9 : 0, columns == 1), POLICY_OK);
            made_batch_free(m);
        }
        answers[columns] = made_answer(l, true);
        policy_ledger_free(l);
    }
    cr_assert_str_eq(answers[0], answers[1]);
    free(answers[0]);
    free(answers[1]);
    policy_engine_unref(e);
}

/* ---- values chosen one by one ---- */

#define PLAIN_ROWS 300

typedef int64_t (*plain_value)(int64_t row, uint32_t field);

/* A batch of five columns of int64 or, where values are small, int16. */
typedef struct plain_batch {
    column columns[5];
    const column *fields[5];
    str units[5];
    batch batch;
} plain_batch;

static plain_batch *plain_new(policy_engine *e, plain_value value_of, int64_t rows, bool narrow)
{
    plain_batch *p = calloc(1, sizeof *p);
    cr_assert_not_null(p);
    for (uint32_t f = 0; f < 5; f++) {
        int64_t *values = calloc((size_t)rows, sizeof *values);
        cr_assert_not_null(values);
        for (int64_t i = 0; i < rows; i++) {
            int64_t v = value_of(i, f);
            if (narrow) {
                ((int16_t *)values)[i] = (int16_t)v;
            } else {
                values[i] = v;
            }
        }
        p->columns[f] =
            (column){.storage = narrow ? COLUMN_INT16 : COLUMN_INT64, .unit = 1, .values = values, .length = rows};
        p->fields[f] = &p->columns[f];
    }
    p->batch = (batch){.type = e->tables[0]->record,
                       .rows = rows,
                       .fields = p->fields,
                       .units = p->units,
                       .source = STR("plain"),
                       .first_row = 1};
    return p;
}

static void plain_free(plain_batch *p)
{
    for (uint32_t f = 0; f < 5; f++) {
        free((void *)(uintptr_t)p->columns[f].values);
    }
    free(p);
}

static char *plain_answer(policy_engine *e, plain_value value_of, int64_t rows, bool narrow, int feeds, bool columns)
{
    plain_batch *p = plain_new(e, value_of, rows, narrow);
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    for (int i = 0; i < feeds; i++, p->batch.first_row += (uint64_t)rows) {
        cr_assert_eq(made_feed(l, 0, &p->batch, 0, columns), POLICY_OK);
    }
    char *text = made_answer(l, true);
    policy_ledger_free(l);
    plain_free(p);
    return text;
}

static void plain_same(policy_engine *e, plain_value value_of, int64_t rows, bool narrow, int feeds)
{
    char *by_rows = plain_answer(e, value_of, rows, narrow, feeds, false);
    char *by_columns = plain_answer(e, value_of, rows, narrow, feeds, true);
    cr_assert_str_eq(by_rows, by_columns);
    free(by_rows);
    free(by_columns);
}

/* Sums of single groups that stand at the edges of 16, 31, 32 and 53 bits, from below and above; then one row more. */
static int64_t at_edges(int64_t row, uint32_t field)
{
    static const int64_t edges[] = {
        65535,       65536,       2147483646,  2147483647,       2147483648,       4294967295, 4294967296,
        -2147483647, -2147483648, -2147483649, 9007199254740991, 9007199254740993, INT64_MAX,  INT64_MIN};
    const int64_t count = (int64_t)(sizeof edges / sizeof *edges);
    return field == 3 ? (row < count ? edges[row] : row < 2 * count ? 1 : -1) : field == 4 ? 1 : row % count;
}

Test(dense, sums_at_the_edges_of_numbers_are_those_of_rows)
{
    policy_engine *e = engine_of(NULL);
    for (int feeds = 1; feeds <= 3; feeds++) {
        plain_same(e, at_edges, PLAIN_ROWS, false, feeds);
    }
    policy_engine_unref(e);
}

/* 200 values of each of three keys make 8 million combinations, of which 300 rows have 200. */
static int64_t all_different(int64_t row, uint32_t field)
{
    return field < 3 ? (row * (int64_t[]){1, 7, 11}[field]) % 200 : row;
}

Test(dense, few_rows_with_many_keys_take_little_memory)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    policy_engine *e = engine_of(&f.allocator);
    plain_same(e, all_different, PLAIN_ROWS, false, 2);
    policy_engine_unref(e);
    cr_assert_eq(failing_allocator_live(&f), 0);
    cr_assert_lt(f.peak_bytes, 32u << 20, "%zu bytes", f.peak_bytes);
}

/* ---- blocks of rows ---- */

/* Each key stands in a run of rows, so that every block of rows brings some that are new. */
static int64_t in_runs(int64_t row, uint32_t field)
{
    return field == 0   ? row / 700 - 5
           : field == 1 ? row / 90 % 7
           : field == 2 ? (row / 2000) * 3 + row % 3
           : field == 3 ? row * 7919 % 11 - 2
                        : 1 + row % 5;
}

/* New keys come in every row of some blocks, and none in others. */
static int64_t in_bursts(int64_t row, uint32_t field)
{
    bool burst = row / 4096 % 2 == 1;
    return field == 0   ? (burst ? row % 900 : 3)
           : field == 1 ? (burst ? row % 5 : 3)
           : field == 2 ? row * 31 % 4
           : field == 3 ? row % 40
                        : 1;
}

Test(dense, keys_that_come_late_are_found_in_every_row_they_are_in)
{
    policy_engine *e = engine_of(NULL);
    for (int narrow = 0; narrow < 2; narrow++) {
        plain_same(e, in_runs, 9500, narrow == 1, 1);
        plain_same(e, in_runs, 4097, narrow == 1, 3);
        plain_same(e, in_bursts, 9500, narrow == 1, 2);
    }
    policy_engine_unref(e);
}

/* ---- what is taken back ---- */

Test(dense, a_feed_that_is_given_up_leaves_nothing)
{
    policy_engine *e = engine_of(NULL);
    plain_batch *p = plain_new(e, in_runs, 5000, false), *other = plain_new(e, in_bursts, 5000, false);
    char *answers[2];
    for (int given_up = 0; given_up < 2; given_up++) {
        policy_ledger *l = NULL;
        cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
        for (int i = 0; given_up == 1 && i < 3; i++) { /* before anything is held, and after */
            cr_assert(columns_feed(l, 0, &other->batch, 0, 4500));
            ledger_forget_delta(l);
            if (i == 1) {
                cr_assert_eq(made_feed(l, 0, &p->batch, 0, true), POLICY_OK);
            }
        }
        if (given_up == 0) {
            cr_assert_eq(made_feed(l, 0, &p->batch, 0, true), POLICY_OK);
        }
        answers[given_up] = made_answer(l, true);
        policy_ledger_free(l);
    }
    cr_assert_str_eq(answers[0], answers[1]);
    free(answers[0]);
    free(answers[1]);
    plain_free(p);
    plain_free(other);
    policy_engine_unref(e);
}

/* One batch by columns, then records one by one, of which every third is retracted again. */
static char *answer_after_retracting(policy_engine *e, bool columns)
{
    static const char *const names[] = {"a", "b", "c", "amount", "weight"};
    plain_batch *first = plain_new(e, in_runs, 3000, false);
    policy_ledger *l = NULL;
    policy_record *r = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    cr_assert_eq(made_feed(l, 0, &first->batch, 0, columns), POLICY_OK);
    cr_assert_eq(policy_record_new(e, "entry", &r, NULL), POLICY_OK);
    for (int step = 0; step < 2; step++) {
        for (int64_t i = 0; i < 300; i += step == 0 ? 1 : 3) {
            policy_record_clear(r);
            cr_assert_eq(policy_record_set_source(r, "posted", (uint64_t)i + 1, NULL), POLICY_OK);
            for (uint32_t f = 0; f < 5; f++) {
                cr_assert_eq(policy_record_set_int(r, names[f], in_runs(i * 7, f), NULL), POLICY_OK);
            }
            cr_assert_eq(step == 0 ? policy_ledger_post(l, r, NULL) : policy_ledger_retract(l, r, NULL, NULL),
                         POLICY_OK);
        }
    }
    char *text = made_answer(l, true);
    policy_record_free(r);
    policy_ledger_free(l);
    plain_free(first);
    return text;
}

Test(dense, records_are_retracted_from_groups_that_columns_added_to)
{
    policy_engine *e = engine_of(NULL);
    char *by_rows = answer_after_retracting(e, false), *by_columns = answer_after_retracting(e, true);
    cr_assert_str_eq(by_rows, by_columns);
    free(by_rows);
    free(by_columns);
    policy_engine_unref(e);
}

/* ---- out of memory ---- */

static policy_status feed_and_judge(const policy_allocator *allocator, void *context)
{
    policy_engine *like = context, *e = NULL;
    policy_options *options = NULL;
    policy_ledger *l = NULL;
    policy_findings *all = NULL;
    policy_status status = policy_options_new(allocator, &options, NULL);
    if (status == POLICY_OK) {
        status = small_engine(options, schema_text, pack_text, &e);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_new(e, &l, NULL);
    }
    for (int i = 0; i < 2 && status == POLICY_OK; i++) { /* the second lays tables out anew, and is then added up */
        plain_batch *p = plain_new(like, i == 0 ? at_edges : in_bursts, 60, false);
        p->batch.type = e->tables[0]->record;
        p->batch.first_row = 1 + 60 * (uint64_t)i;
        status = made_feed(l, 0, &p->batch, 0, true);
        plain_free(p);
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

Test(dense, every_failing_allocation_is_survived)
{
    policy_engine *like = engine_of(NULL);
    cr_assert_gt(failing_allocator_sweep(feed_and_judge, like), 100);
    policy_engine_unref(like);
}
