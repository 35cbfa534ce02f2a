/*
 * The tighten gate on the base: where a parameter with a direction may be used, and where it is refused.
 */
#include <criterion/criterion.h>

#include <stdio.h>

#include "support/world.h"

#define HEAD                                                                                                           \
    "pack: test\nversion: \"1.0\"\nschema: mini\nparams:\n"                                                            \
    "  cap: {value: 60, stricter: lower}\n"                                                                            \
    "  words: {value: [a], stricter: superset}\n"
#define REFUSED(place, name)                                                                                           \
    place " POLICY_E_TIGHTEN cannot follow `stricter` of " name " here; leave it fixed or declare it open\n"

static void accepts(const char *rest)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s", HEAD, rest);
    world_free(world_new(text));
}

Test(gate, a_direction_is_followed_into_checks_bounds_and_lets)
{
    accepts("rules: [{id: r, table: work, per: [school], measure: sum(minutes), at_most: params.cap * 2 + 1}]\n");
    accepts("rules: [{id: r, table: work, deny: minutes > params.cap}]\n");
    accepts("rules: [{id: r, table: work, require: \"!(minutes > params.cap)\"}]\n");
    accepts("rules: [{id: r, table: work, deny: 'contains_any(school, params.words) || school in params.words'}]\n");
    accepts("rules: [{id: r, table: work, deny: 'params.words.exists(w, school == w)'}]\n");
    accepts("let: {work: {long: minutes > params.cap}}\nrules: [{id: r, table: work, deny: long && grade > 1}]\n");
    accepts("rules: [{id: r, table: work, per: [school], measure: share(minutes > params.cap), at_most: 0.1}]\n");
    accepts("rules: [{id: r, table: work, when: minutes > params.cap, per: [school], measure: count(), at_most: 1}]\n");
}

Test(gate, the_wrong_direction_and_two_directions_are_refused)
{
    world_refuses(HEAD "rules: [{id: r, table: work, deny: minutes < params.cap}]\n", REFUSED("7:46", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, require: minutes > params.cap}]\n", REFUSED("7:49", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, deny: minutes > params.cap || grade < params.cap}]\n",
                  REFUSED("7:46", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, deny: minutes == params.cap}]\n", REFUSED("7:47", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, per: [school], measure: sum(minutes), at_least: params.cap}]\n",
                  REFUSED("7:78", "cap"));
}

Test(gate, places_where_nothing_can_be_followed_are_refused)
{
    world_refuses(HEAD "rules: [{id: r, table: work, deny: \"params.cap > 3 ? grade > 1 : grade > 2\"}]\n",
                  REFUSED("7:37", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, when: minutes > params.cap, per: [school], measure: sum(grade), "
                       "at_most: 9}]\n",
                  REFUSED("7:46", "cap"));
    world_refuses(HEAD "measures: [{id: m, table: work, when: minutes > params.cap, per: [school], measure: count()}]\n"
                       "rules: []\n",
                  REFUSED("7:49", "cap"));
}

/* The table of section 7 of docs/rule-language.md. */
Test(gate, what_the_language_reference_says_is_accepted)
{
    static const char *const denials[] = {
        "minutes > params.cap - 1",
        "-minutes < -params.cap",
        "!(minutes <= params.cap)",
        "minutes > params.cap / 2",
        "minutes > params.cap * size(school)",
        "double(minutes) > double(params.cap)",
        "minutes > int(params.cap)",
        "minutes > (grade > 2 ? params.cap : 90)",
        "cel.bind(c, params.cap, minutes > c)",
        "size(params.words) > 5",
        "params.words.filter(w, school == w).size() > 0",
        "params.words.map(w, w + '!').exists(w, school == w)",
        "!params.words.all(w, school != w)",
    };
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++) {
        char rest[256];
        snprintf(rest, sizeof rest, "rules: [{id: r, table: work, deny: \"%s\"}]\n", denials[i]);
        accepts(rest);
    }
    accepts("rules: [{id: r, table: work, per: [school], measure: min(minutes - params.cap), at_most: 0}]\n");
    accepts("rules: [{id: r, table: work, per: [school], measure: max(minutes - params.cap), at_most: 0}]\n");
    accepts("rules: [{id: r, table: work, require: \"params.words.all(w, school != w)\"}]\n");
}

Test(gate, what_the_language_reference_leaves_out_is_refused)
{
    world_refuses(HEAD "rules: [{id: r, table: work, deny: minutes / params.cap > 1}]\n", REFUSED("7:46", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, deny: minutes % params.cap > 1}]\n", REFUSED("7:46", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, deny: minutes > params.cap * (grade - 5)}]\n",
                  REFUSED("7:46", "cap"));
    world_refuses(HEAD "rules: [{id: r, table: work, deny: \"params.words.all(w, school == w)\"}]\n",
                  REFUSED("7:37", "words"));
    world_refuses(HEAD "rules: [{id: r, table: work, per: [school], measure: count(), exactly: params.cap}]\n",
                  REFUSED("7:72", "cap"));
}
