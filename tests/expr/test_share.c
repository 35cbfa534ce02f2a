/*
 * Shared parts: the same values and errors as without them, for less work.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "expr/program.h"
#include "expr/share.h"
#include "support/expressions.h"

enum { TEXTS = 16, SLOTS = 400 };

typedef struct table {
    expressions *e;
    expr *programs[TEXTS];
    share_user users[TEXTS];
    size_t count;
    expr *parts[SHARE_PARTS];
    size_t part_count;
    int first_slot;
    value slots[SLOTS];
    activation row;
} table;

static value resolve(void *context, evaluation *ev, int slot)
{
    table *t = context;
    value v = slot >= t->first_slot ? expr_evaluate_part(t->parts[slot - t->first_slot], ev, &t->row) : value_int(41);
    return t->slots[slot] = v;
}

static bool is_steady(const void *context, int slot)
{
    (void)context, (void)slot;
    return true;
}

enum { FIRST = 64 };

static void reset(table *t)
{
    const activation *row = expressions_row(t->e);
    for (int i = 0; i < SLOTS; i++) {
        t->slots[i] = i < 32 ? row->slots[i] : (value){.kind = VALUE_PENDING};
    }
    evaluation_reset(expressions_evaluation(t->e));
}

static void open(table *t, const char *const *texts, size_t count, bool share)
{
    *t = (table){.e = expressions_new(NULL), .count = count, .first_slot = FIRST};
    t->row = (activation){t->slots, resolve, t};
    for (size_t i = 0; i < count; i++) {
        expr_text source = {.text = str_of(texts[i]), .rule = STR("rule")};
        expr_options options = {.options = expressions_options(t->e), .keep_tree = true};
        cr_assert_eq(expr_compile(expressions_env(t->e), &source, &options, &t->programs[i], NULL), POLICY_OK, "%s",
                     texts[i]);
        t->users[i].program = t->programs[i];
    }
    share_request request = {.allocator = &allocator_system,
                             .users = t->users,
                             .user_count = count,
                             .steady = is_steady,
                             .first_slot = FIRST};
    if (share) {
        cr_assert(expr_share(&request, t->parts, &t->part_count));
    }
    reset(t);
}

static void done(table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        expr_free(t->programs[i]);
    }
    for (size_t i = 0; i < t->part_count; i++) {
        expr_free(t->parts[i]);
    }
    expressions_free(t->e);
}

static uint64_t run_all(table *t)
{
    reset(t);
    for (size_t i = 0; i < t->count; i++) {
        (void)expr_evaluate(t->programs[i], expressions_evaluation(t->e), &t->row);
    }
    return evaluation_steps(expressions_evaluation(t->e));
}

static size_t parts_of(const char *const *texts, size_t count)
{
    table t;
    open(&t, texts, count, true);
    size_t parts = t.part_count;
    done(&t);
    return parts;
}
#define PARTS(...)                                                                                                     \
    parts_of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

Test(share, equal_trees_are_one_part_however_they_are_written)
{
    cr_expect_eq(PARTS("name.contains('期中') && mandatory", "name . contains( '期中' )", "!(name.contains('期中'))"),
                 1);
    cr_expect_eq(PARTS("items.exists(x, x > grade) || no", "items.exists(y, y > grade) && yes"), 1);
    cr_expect_eq(PARTS("items.map(x, items.exists(y, y == x))", "items.map(a, items.exists(b, b == a))"), 1);
}

Test(share, what_differs_is_not_shared)
{
    cr_expect_eq(PARTS("name.contains('期中')", "name.contains('期末')"), 0);
    cr_expect_eq(PARTS("items.exists(x, x > grade)", "items.all(x, x > grade)"), 0);
    cr_expect_eq(PARTS("minutes * 0.0 + minutes * 2.0 > 1.0", "minutes * -0.0 + minutes * 2.0 > 1.0"), 0);
    cr_expect_eq(PARTS("items.map(x, items.exists(y, y == x))", "items.map(x, items.exists(y, y == y))"), 0);
    cr_expect_eq(PARTS("twice_seen(grade) + twice_seen(grade)"), 0, "not pure");
}

Test(share, a_field_or_a_single_comparison_does_not_pay)
{
    cr_expect_eq(PARTS("grade > 2", "grade > 2", "grade > 2 || no"), 0);
    cr_expect_eq(PARTS("mandatory", "mandatory"), 0);
}

Test(share, versions_of_one_rule_share_nothing_with_each_other)
{
    static const char *const texts[] = {"name.contains('期中')", "name.contains('期中')"};
    table t;
    open(&t, texts, 2, false);
    t.users[0].group = t.users[1].group = &t;
    t.users[0].member = &t.users[0];
    t.users[1].member = &t.users[1];
    share_request request = {
        .allocator = &allocator_system, .users = t.users, .user_count = 2, .steady = is_steady, .first_slot = FIRST};
    cr_assert(expr_share(&request, t.parts, &t.part_count));
    cr_expect_eq(t.part_count, 0);
    done(&t);
}

static const char *const mixed[] = {
    "name.contains('期中') && words.exists(w, name.contains(w))",
    "words.exists(w, name.contains(w)) ? grade : count",
    "!words.exists(w, name.contains(w)) || unknown_a",
    "form == 'written' && place == 'home' && mandatory && minutes > 20.0 && grade <= 5 || broken",
    "form == 'written' && place == 'home' && mandatory && minutes > 20.0 && grade <= 5 && unknown_b",
    "form == 'written' && place == 'home' && mandatory && minutes > 20.0 && grade <= 5",
    "60 / count > unknown_n ? size(name + name + name) : size(name + name + name) * 2",
    "size(name + name + name) + twice(empty_n)",
    "twice(empty_n) + low_high * 2 + later",
    "[twice(empty_n), twice(grade)].exists(x, x > 60 / count)",
    "twice(grade + later * 2) > 3 && 60 / count > 1",
    "twice(grade + later * 2) > 60 / count || items.exists(x, x + 60 / count > 1)",
};
enum { MIXED = sizeof mixed / sizeof *mixed };

/* The places of errors too: each text names its own. */
Test(share, values_missing_names_and_places_of_errors_stay)
{
    table plain, shared;
    open(&plain, mixed, MIXED, false);
    open(&shared, mixed, MIXED, true);
    cr_expect_gt(shared.part_count, 3);
    for (size_t round = 0; round < 3 * MIXED; round++) { /* whoever comes first computes a part */
        reset(&plain);
        reset(&shared);
        for (size_t k = 0; k < MIXED; k++) {
            size_t i = (k * (1 + 2 * (round % 3)) * (round % 3 == 2 ? 1 : 1) + round) % MIXED;
            value a = expr_evaluate(plain.programs[i], expressions_evaluation(plain.e), &plain.row);
            value b = expr_evaluate(shared.programs[i], expressions_evaluation(shared.e), &shared.row);
            cr_assert_eq(a.kind, b.kind, "%s: kind %d, shared %d", mixed[i], a.kind, b.kind);
            if (a.kind == VALUE_ERROR) {
                cr_expect(str_equal(a.as.error->text_en, b.as.error->text_en), "%s", mixed[i]);
                cr_expect_eq(a.as.error->offset, b.as.error->offset, "%s: at %u, shared %u", mixed[i],
                             a.as.error->offset, b.as.error->offset);
            } else if (value_is_missing(a)) {
                cr_expect_eq(a.as.missing, b.as.missing, "%s", mixed[i]);
            } else if (a.kind < VALUE_INTERVAL) {
                cr_expect(value_equal(a, b), "%s", mixed[i]);
            }
        }
    }
    for (size_t i = 0; i < MIXED; i++) { /* what a program says it reads */
        size_t count, as_many;
        const int *slots = expr_slots(plain.programs[i], &count), *same = expr_slots(shared.programs[i], &as_many);
        cr_assert_eq(count, as_many);
        cr_expect_arr_eq(slots, same, count * sizeof *slots);
        cr_expect_eq(expr_sources(plain.programs[i]), expr_sources(shared.programs[i]));
    }
    done(&plain);
    done(&shared);
}

Test(share, the_work_goes_down)
{
    table plain, shared;
    open(&plain, mixed, MIXED, false);
    open(&shared, mixed, MIXED, true);
    uint64_t before = run_all(&plain), after = run_all(&shared);
    cr_expect_lt(after * 10, before * 9, "%llu steps, shared %llu", (unsigned long long)before,
                 (unsigned long long)after);
    done(&plain);
    done(&shared);
}

Test(share, an_error_over_budget_names_the_rule_and_the_place)
{
    static const char text[] = "yes && items.all(a, items.all(b, items.all(c, items.all(d, a + b + c + d > 0))))";
    static const char *const texts[] = {text, text};
    table t;
    open(&t, texts, 2, true);
    expressions_options(t.e)->limits[POLICY_LIMIT_EVALUATION_STEPS] = 100;
    evaluation *ev = evaluation_new(expressions_options(t.e));
    for (int i = 0; i < 2; i++) {
        value v = expr_evaluate(t.programs[i], ev, &t.row);
        cr_assert_eq(v.kind, VALUE_ERROR);
        cr_expect_eq(v.as.error->status, POLICY_E_LIMIT);
        cr_expect_lt(v.as.error->offset, sizeof text, "the loop that went over");
    }
    evaluation_free(ev);
    done(&t);
}
