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

/* 300 values of each of three keys make 27 million combinations, of which 300 rows have 300. */
Test(dense, few_rows_with_many_keys_take_little_memory)
{
    static const made_field fields[] = {KEYS(300), {"amount", NULL, 0, 2000}, {"weight", NULL, 1, 3}};
    same_both_ways(fields, 300, 2);
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    policy_engine *e = engine_of(&f.allocator);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        free(answer(e, fields, 300, 2, seed * 50, true));
    }
    policy_engine_unref(e);
    cr_assert_eq(failing_allocator_live(&f), 0);
    cr_assert_lt(f.peak_bytes, 32u << 20, "%zu bytes", f.peak_bytes);
}
