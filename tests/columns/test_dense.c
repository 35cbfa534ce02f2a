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
    "- {id: all, table: entry, per: [], measure: sum(amount), at_most: 9000000000}\n";

static policy_engine *engine_of(const policy_allocator *allocator)
{
    policy_options *options = NULL;
    policy_builder *b = NULL;
    policy_engine *e = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_options_new(allocator, &options, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_new(options, &b, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_add_memory(b, "schema/small.yaml", schema_text, strlen(schema_text), NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load_memory(b, "small.yaml", pack_text, strlen(pack_text), &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    cr_assert_eq(policy_builder_build(b, &e, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    policy_builder_free(b);
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

static char *plain_answer(policy_engine *e, plain_value value_of, int feeds, bool columns)
{
    static int64_t values[5][PLAIN_ROWS];
    column plain[5];
    const column *fields[5];
    str units[5] = {{NULL, 0}};
    for (uint32_t f = 0; f < 5; f++) {
        for (int64_t i = 0; i < PLAIN_ROWS; i++) {
            values[f][i] = value_of(i, f);
        }
        plain[f] = (column){.storage = COLUMN_INT64, .values = values[f], .length = PLAIN_ROWS};
        fields[f] = &plain[f];
    }
    batch b = {.type = e->tables[0]->record,
               .rows = PLAIN_ROWS,
               .fields = fields,
               .units = units,
               .source = STR("plain"),
               .first_row = 1};
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    for (int i = 0; i < feeds; i++, b.first_row += PLAIN_ROWS) {
        cr_assert_eq(made_feed(l, 0, &b, 0, columns), POLICY_OK);
    }
    char *text = made_answer(l, true);
    policy_ledger_free(l);
    return text;
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
        char *by_rows = plain_answer(e, at_edges, feeds, false), *by_columns = plain_answer(e, at_edges, feeds, true);
        cr_assert_str_eq(by_rows, by_columns);
        free(by_rows);
        free(by_columns);
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
    char *by_rows = plain_answer(e, all_different, 2, false), *by_columns = plain_answer(e, all_different, 2, true);
    cr_assert_str_eq(by_rows, by_columns);
    free(by_rows);
    free(by_columns);
    policy_engine_unref(e);
    cr_assert_eq(failing_allocator_live(&f), 0);
    cr_assert_lt(f.peak_bytes, 32u << 20, "%zu bytes", f.peak_bytes);
}
