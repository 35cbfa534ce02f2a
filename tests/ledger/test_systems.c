/*
 * Schools' own systems: what rows say, what parameters say, and deltas that are taken in or not.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "ledger/systems.h"
#include "support/failing_allocator.h"

static const char types[] =
    "schema: small\nversion: \"1\"\n"
    "systems: {table: school, key: school, primary_years: primary, junior_years: junior, "
    "kind: type, school_field: school, primary_param: p, junior_param: j}\n"
    "types:\n"
    "  school:\n    identity: [school]\n    default: none\n    fields:\n"
    "      school: {type: string}\n      primary: {type: int, default: none}\n"
    "      junior: {type: int, default: none}\n"
    "      type: {type: enum, default: none, values: {primary: [小学], junior: [初中], both: [九年一贯制]}}\n"
    "  work:\n    identity: [school]\n    fields:\n      school: {type: string}\n";
static const char base[] = "pack: base\nversion: \"1\"\nschema: small\n"
                           "params: {p: {value: 5, open: true}, j: {value: 4, open: true}}\nrules: []\n";

static policy_engine *engine_of(const policy_options *options)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    cr_assert_eq(policy_builder_new(options, &builder, NULL), POLICY_OK);
    policy_builder_add_memory(builder, "schema/small.yaml", types, strlen(types), NULL);
    policy_builder_load_memory(builder, "base.yaml", base, strlen(base), NULL);
    cr_assert_eq(policy_builder_build(builder, &engine, NULL), POLICY_OK);
    policy_builder_free(builder);
    return engine;
}

enum { SCHOOL, WORK };

/* 0: not said; kind NULL: not said. */
static bool add(systems *s, const char *school, int primary, int junior, const char *kind)
{
    value row[4] = {value_string(str_of(school)), primary ? value_int(primary) : value_none(2),
                    junior ? value_int(junior) : value_none(4), kind ? value_string(str_of(kind)) : value_none(8)};
    return systems_add(s, row);
}

static void expect(systems *s, const char *school, int primary, int junior, int stage)
{
    record_systems door = systems_lookup(s, SCHOOL);
    int32_t p = -1, j = -1;
    uint8_t st = 9;
    (void)door.find(door.context, school ? str_of(school) : str_none, &p, &j, &st);
    cr_assert(p == primary && j == junior && st == stage, "%s: %d+%d stage %d", school ? school : "(none)", (int)p,
              (int)j, (int)st);
}

typedef struct desk {
    policy_engine *engine;
    systems own;
} desk;

static desk desk_new(void)
{
    desk d = {.engine = engine_of(NULL)};
    systems_init(&d.own, d.engine, NULL);
    return d;
}

static void desk_free(desk *d)
{
    systems_free(&d->own);
    policy_engine_unref(d->engine);
}

Test(systems, schools_without_a_row_follow_the_pack)
{
    desk d = desk_new();
    expect(&d.own, NULL, 5, 4, 0);
    expect(&d.own, "A", 5, 4, 0);
    add(&d.own, "B", 6, 3, NULL);
    expect(&d.own, "A", 5, 4, 0);
    expect(&d.own, "B", 6, 3, 0);
    desk_free(&d);
}

Test(systems, one_of_both_lengths_tells_the_other)
{
    desk d = desk_new();
    add(&d.own, "A", 6, 0, "primary");
    add(&d.own, "B", 0, 3, "junior");
    add(&d.own, "C", 0, 0, "both");
    expect(&d.own, "A", 6, 3, 1);
    expect(&d.own, "B", 6, 3, 2);
    expect(&d.own, "C", 5, 4, 0);
    desk_free(&d);
}

Test(systems, rows_complete_each_other_and_may_repeat)
{
    desk d = desk_new();
    add(&d.own, "A", 6, 0, NULL);
    add(&d.own, "A", 6, 0, NULL);
    add(&d.own, "A", 0, 3, "primary");
    expect(&d.own, "A", 6, 3, 1);
    desk_free(&d);
}

Test(systems, rows_that_contradict_each_other_leave_the_system_unknown)
{
    desk d = desk_new();
    add(&d.own, "A", 6, 0, "primary");
    add(&d.own, "A", 5, 0, "junior");
    expect(&d.own, "A", 0, 0, 0);
    expect(&d.own, "B", 5, 4, 0);
    desk_free(&d);
}

Test(systems, a_row_without_a_school_says_nothing)
{
    desk d = desk_new();
    value row[4] = {value_unknown(1), value_int(6), value_int(3), value_none(8)};
    cr_assert(systems_add(&d.own, row));
    expect(&d.own, NULL, 5, 4, 0);
    desk_free(&d);
}

Test(systems, only_records_of_other_types_count_as_asking)
{
    desk d = desk_new();
    expect(&d.own, "A", 5, 4, 0); /* asks as the systems table itself */
    cr_assert(!systems_asked(&d.own));
    record_systems door = systems_lookup(&d.own, WORK);
    int32_t p, j;
    uint8_t stage;
    cr_assert(door.find(door.context, STR("A"), &p, &j, &stage));
    cr_assert(systems_asked(&d.own));
    desk_free(&d);
}

Test(systems, a_delta_sees_its_parent_and_changes_it_only_when_committed)
{
    desk d = desk_new();
    systems delta;
    systems_init(&delta, d.engine, &d.own);
    add(&d.own, "A", 6, 3, NULL);
    add(&delta, "A", 0, 0, "primary");
    add(&delta, "B", 6, 0, NULL);
    expect(&delta, "A", 6, 3, 1);
    expect(&delta, "B", 6, 3, 0);
    expect(&d.own, "A", 6, 3, 0);
    expect(&d.own, "B", 5, 4, 0);
    cr_assert(systems_reserve(&d.own, &delta));
    expect(&d.own, "B", 5, 4, 0); /* reserving is not taking */
    systems_commit(&d.own, &delta);
    expect(&d.own, "A", 6, 3, 1);
    expect(&d.own, "B", 6, 3, 0);
    add(&delta, "B", 5, 0, NULL); /* the delta is empty and goes on */
    expect(&delta, "B", 0, 0, 0);
    expect(&d.own, "B", 6, 3, 0);
    systems_free(&delta);
    desk_free(&d);
}

Test(systems, asking_through_a_delta_is_told_to_the_parent)
{
    desk d = desk_new();
    systems delta;
    systems_init(&delta, d.engine, &d.own);
    record_systems door = systems_lookup(&delta, WORK);
    int32_t p, j;
    uint8_t stage;
    (void)door.find(door.context, STR("A"), &p, &j, &stage);
    cr_assert(systems_asked(&delta));
    cr_assert(!systems_asked(&d.own));
    cr_assert(systems_reserve(&d.own, &delta));
    systems_commit(&d.own, &delta);
    cr_assert(systems_asked(&d.own));
    systems_free(&delta);
    desk_free(&d);
}

Test(systems, a_failed_allocation_changes_nothing)
{
    for (size_t at = 1;; at++) {
        failing_allocator f;
        failing_allocator_init(&f, 0, FAIL_ONCE);
        policy_options *options = NULL;
        cr_assert_eq(policy_options_new(&f.allocator, &options, NULL), POLICY_OK);
        policy_engine *engine = engine_of(options);
        systems own, delta;
        systems_init(&own, engine, NULL);
        systems_init(&delta, engine, &own);
        f.fail_at = f.calls + at;
        bool fine = add(&delta, "A", 6, 3, NULL) && systems_reserve(&own, &delta);
        if (!fine) {
            expect(&own, "A", 5, 4, 0);
        }
        bool failed = failing_allocator_failed(&f);
        cr_assert_eq(fine, !failed);
        systems_free(&delta);
        systems_free(&own);
        policy_engine_unref(engine);
        policy_options_free(options);
        cr_assert_eq(failing_allocator_live(&f), 0);
        if (!failed) {
            break;
        }
    }
}
