/*
 * Rules that share what they compute find what they find on their own: a differential over random records.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "support/world.h"

static const char rules_text[] =
    "pack: test\nversion: \"1.0\"\nschema: mini\n"
    "let:\n  work:\n    long: \"minutes * 2 + grade > 60 && form == 'written'\"\n"
    "    load: \"minutes * (grade + 1)\"\n"
    "measures:\n- {id: written, table: work, when: \"form == 'written' && minutes * 2 + grade > 60\", per: [school, "
    "day],"
    " measure: count()}\n"
    "rules:\n"
    "- {id: a, table: work, when: \"grade <= 5 && form == 'written'\", deny: \"minutes * 2 + grade > 60 && long\"}\n"
    "- {id: b, table: work, when: \"grade <= 5 && form == 'written'\", deny: \"120 / minutes > 3\"}\n"
    "- {id: c, table: work, require: \"120 / minutes > 3 || long || school.contains('A') && minutes * 2 + grade > "
    "60\"}\n"
    "- {id: d, table: work, when: \"grade <= 5 && form == 'written'\", per: [school], measure: sum(load), at_most: "
    "900}\n"
    "- {id: e, table: work, when: \"school.contains('A') || long\", per: [school, {week: week(day)}],"
    " measure: sum(minutes * (grade + 1)), at_most: 500}\n"
    "- {id: f, table: work, each: {part: \"['x', 'y']\"}, deny: \"school.contains('A') && part == 'x' && 120 / minutes "
    "> 3\"}\n"
    "- {id: g, table: visit, deny: \"written(school, day) >= 1\"}\n"
    "- {id: h, table: work, deny: \"written(school, day) >= 1 && school.contains('A') && 120 / minutes > 3\"}\n";

static world *open(bool unshared)
{
    policy_error *err = NULL;
    policy_options *options = NULL;
    cr_assert_eq(policy_options_new(NULL, &options, &err), POLICY_OK);
    options->unshared = unshared;
    world *w = world_try(options, rules_text, &err);
    cr_assert_not_null(w, "%u:%u %s", policy_error_line(err), policy_error_column(err),
                       policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_options_free(options);
    return w;
}

static uint32_t state = 1;
static uint32_t draw(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

static void add(world *one, world *two)
{
    static const char *const grades[] = {"1", "4", "5", "6", "", "many"};
    static const char *const minutes[] = {"0", "10", "29", "31", "60", "600", "", "?"};
    static const char *const forms[] = {"written", "oral", "", "sung"};
    static const char *const schools[] = {"A", "AB", "C", ""};
    char cells[200];
    snprintf(cells, sizeof cells, "school=%s|day=2021-12-%02u|grade=%s|minutes=%s|form=%s", schools[draw(4)],
             1 + draw(14), grades[draw(6)], minutes[draw(8)], forms[draw(4)]);
    world_row(one, "work", cells);
    world_row(two, "work", cells);
}

Test(share, findings_are_the_same_with_and_without)
{
    for (int round = 0; round < 40; round++) {
        world *own = open(true), *shared = open(false);
        cr_assert_eq(own->engine->tables[engine_find_type(own->engine, STR("work"))]->part_count, 0);
        cr_assert_gt(shared->engine->tables[engine_find_type(shared->engine, STR("work"))]->part_count, 1);
        for (int i = 0; i < 30; i++) {
            add(own, shared);
        }
        world_row(own, "visit", "school=A|who=p|day=2021-12-03");
        world_row(shared, "visit", "school=A|who=p|day=2021-12-03");
        char *expected = world_findings(own, NULL), *found = world_findings(shared, NULL);
        cr_expect_str_eq(found, expected);
        free(expected);
        free(found);
        world_free(own);
        world_free(shared);
    }
}
