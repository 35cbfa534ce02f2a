/*
 * A small world for tests of engines and ledgers: a pack from memory over a schema of a few record types, rows as text,
 * and findings as lines that can be compared whole.
 *
 *   world *w = world_new(pack);               the pack's text; `schema: mini` is there
 *   world_row(w, "work", "school=A|day=2021-12-01|minutes=30");    an empty value is an empty cell
 *   world_expect(w, "daily fail violation school=A day=2021-12-01 value=70 limit=60 rows=1,2\n");
 */
#ifndef POLICY_TESTS_WORLD_H
#define POLICY_TESTS_WORLD_H

#include <policy/policy.h>

/* Types: work (dated by day), place (undated, default none), paper (undated), visit (dated by day), coverage. */
extern const char world_schema[];

typedef struct world {
    policy_engine *engine;
    policy_ledger *ledger;
    uint64_t row; /* of the last one */
} world;

/* NULL and *err on failure; otherwise evidence is kept (20 rows) and as_of is not set. */
world *world_try(const policy_options *options, const char *pack, policy_error **err);
world *world_new(const char *pack); /* fails the test when the pack does not load */
void world_free(world *w);
/* Post a row with the next row number, from the source "data". */
policy_status world_try_row(world *w, const char *type, const char *cells, policy_error **err);
void world_row(world *w, const char *type, const char *cells);
void world_rows(world *w, const char *type, const char *const *cells, size_t count);
void world_as_of(world *w, const char *iso);
int32_t world_day(const char *iso);

/* All findings, a line each; caller frees. NULL on failure. */
char *world_findings(world *w, policy_error **err);
/* Compare; a difference fails the test with both texts. */
void world_expect_at(world *w, const char *lines, const char *file, int line);
#define world_expect(w, lines) world_expect_at(w, lines, __FILE__, __LINE__)
/* Counts of a rule as "pass 1 fail 2", without zeros. */
void world_expect_counts(world *w, const char *rule, const char *counts);
/* First message, in both languages. */
void world_expect_message(world *w, const char *rule, const char *zh, const char *en);
/* Loading must fail with these lines, one an error: "line:column STATUS message". */
void world_refuses(const char *pack, const char *lines);

#endif
