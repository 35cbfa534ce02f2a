/*
 * Packs over packs: chains, versions, names, and twenty ways to loosen a base that are all refused with both places.
 */
#include <criterion/criterion.h>

#include "base/civil.h"
#include "pack/help.h"
#include "pack/literal.h"
#include "pack/version.h"

#define BASE                                                                                                           \
    "pack: base\n"                                                                                                     \
    "version: \"1.2\"\n"                                                                                               \
    "schema: mini\n"                                                                                                   \
    "params:\n"                                                                                                        \
    "  cap: {value: {primary: 60, junior: 90}, stricter: lower}\n"                                                     \
    "  floor: {value: 17:30, stricter: higher}\n"                                                                      \
    "  banned: {value: [周考, 月考], stricter: superset}\n"                                                        \
    "  spared: {value: [补考, 缓考], stricter: subset}\n"                                                          \
    "  years: {value: 5, open: true}\n"                                                                                \
    "  fixed: {value: 3}\n"                                                                                            \
    "let: {homework: {lower: grade <= 2}}\n"                                                                           \
    "measures:\n"                                                                                                      \
    "- {id: daily, table: homework, per: [school], measure: sum(minutes)}\n"                                           \
    "calendar: {workdays: [2021-09-18]}\n"                                                                             \
    "bands: {two: {bands: [{name: A, from: 0.6}, {name: B, from: 0}]}}\n"                                              \
    "rules:\n"                                                                                                         \
    "- {id: sum, table: homework, per: [school], measure: sum(minutes), at_most: 60, warn_above: 50}\n"                \
    "- {id: ratio, table: homework, per: [school], measure: share(lower), at_least: 0.5, severity: warning}\n"         \
    "- {id: home, table: homework, deny: lower}\n"                                                                     \
    "- {id: score, table: homework, per: [school], measure: sum(score), at_most: 10}\n"                                \
    "- {id: one, table: homework, per: [school], measure: count(), exactly: 1}\n"

#define OVERLAY "pack: over\nversion: \"1\"\nextends: [{pack: base, version: \"1.2\"}]\n" /* lines 1 to 3 */

static void load_overlay(world *w, const char *rest)
{
    static char text[8192];
    snprintf(text, sizeof text, "%s%s", OVERLAY, rest);
    world_begin(w);
    world_file(w, "base.yaml", BASE);
    world_file(w, "over.yaml", text);
    world_root(w, "over");
    world_load(w);
}

static void expect_overlay(const char *rest, const char *expected)
{
    world w;
    char line[512];
    load_overlay(&w, rest);
    cr_expect_str_eq(error_line(w.error, line), expected, "%s gave %s (%s)", rest, error_line(w.error, line),
                     w.error ? policy_error_message(w.error, POLICY_LANGUAGE_EN) : "");
    cr_expect_leq(w.error != NULL && policy_error_next(w.error) != NULL, 0, "%s: one mistake, one error", rest);
    world_end(&w);
}

Test(overlay, accepts_what_tightens)
{
    expect_overlay("", "no error");
    expect_overlay("params: {cap: {primary: 45}}\n", "no error");
    expect_overlay("params: {cap: {primary: 60}, floor: 18:00, banned: [月考, 周考, 周测], spared: [补考]}\n",
                   "no error");
    expect_overlay("params: {years: 6, own: {value: 2}}\n", "no error");
    expect_overlay("tighten: [{rule: sum, at_most: 40, warn_above: 30}]\n", "no error");
    expect_overlay("tighten: [{rule: sum, at_most: \"params.cap['primary']\", also_when: grade == 3}]\n", "no error");
    expect_overlay("tighten: [{rule: ratio, at_least: 0.6, severity: violation}]\n", "no error");
    expect_overlay("tighten: [{rule: home, also_when: grade == 3, severity: violation}]\n", "no error");
    expect_overlay("rules: [{id: own, table: homework, deny: grade == 9}]\n", "no error");
}

Test(overlay, refuses_what_loosens_and_quotes_both_places)
{
    /* parameters */
    expect_overlay("params: {cap: {primary: 61}}\n", "over.yaml:4:25 POLICY_E_TIGHTEN @base.yaml:5:26");
    expect_overlay("params: {floor: 17:29}\n", "over.yaml:4:17 POLICY_E_TIGHTEN @base.yaml:6:18");
    expect_overlay("params: {banned: [周考]}\n", "over.yaml:4:18 POLICY_E_TIGHTEN @base.yaml:7:19");
    expect_overlay("params: {banned: []}\n", "over.yaml:4:18 POLICY_E_TIGHTEN @base.yaml:7:19");
    expect_overlay("params: {spared: [补考, 缓考, 周考]}\n", "over.yaml:4:18 POLICY_E_TIGHTEN @base.yaml:8:19");
    expect_overlay("params: {fixed: 4}\n", "over.yaml:4:10 POLICY_E_TIGHTEN @base.yaml:10:3");
    expect_overlay("params: {cap: {value: {primary: 70}, stricter: higher}}\n",
                   "over.yaml:4:10 POLICY_E_TIGHTEN @base.yaml:5:3");
    expect_overlay("params: {cap: {senior: 10}}\n", "over.yaml:4:16 POLICY_E_NAME ~junior @base.yaml:5:16");
    expect_overlay("params: {cap: 45}\n", "over.yaml:4:15 POLICY_E_TYPE @base.yaml:5:16");
    expect_overlay("params: {floor: early}\n", "over.yaml:4:17 POLICY_E_TYPE @base.yaml:6:18");
    /* bounds */
    expect_overlay("tighten: [{rule: sum, at_most: 61}]\n", "over.yaml:4:32 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("tighten: [{rule: sum, warn_above: 55}]\n", "over.yaml:4:35 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("tighten: [{rule: ratio, at_least: 0.4}]\n", "over.yaml:4:35 POLICY_E_TIGHTEN @base.yaml:18:8");
    expect_overlay("tighten: [{rule: ratio, at_most: 0.4}]\n", "over.yaml:4:34 POLICY_E_TIGHTEN @base.yaml:18:8");
    expect_overlay("tighten: [{rule: one, at_most: 1}]\n", "over.yaml:4:32 POLICY_E_TIGHTEN @base.yaml:21:8");
    /* severity, scope */
    expect_overlay("tighten: [{rule: sum, severity: warning}]\n", "over.yaml:4:33 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("tighten: [{rule: ratio, also_when: grade == 3}]\n",
                   "over.yaml:4:36 POLICY_E_TIGHTEN @base.yaml:18:8");
    expect_overlay("tighten: [{rule: score, also_when: grade == 3}]\n",
                   "over.yaml:4:36 POLICY_E_TIGHTEN @base.yaml:20:8");
    expect_overlay("tighten: [{rule: one, also_when: grade == 3}]\n",
                   "over.yaml:4:34 POLICY_E_TIGHTEN @base.yaml:21:8");
    /* what is closed */
    expect_overlay("tighten: [{rule: sum, when: grade == 9}]\n", "over.yaml:4:23 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("tighten: [{rule: home, deny: 'false'}]\n", "over.yaml:4:24 POLICY_E_TIGHTEN @base.yaml:19:8");
    expect_overlay("tighten: [{rule: sum, in_force: {from: 2030-01-01}}]\n",
                   "over.yaml:4:23 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("tighten: [{rule: sum, enabled: false}]\n", "over.yaml:4:23 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("tighten: [{rule: one, exactly: 2}]\n", "over.yaml:4:23 POLICY_E_TIGHTEN @base.yaml:21:8");
    expect_overlay("tighten: [{rule: sum}]\n", "over.yaml:4:11 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("rules: [{id: sum, table: homework, deny: 'false'}]\n",
                   "over.yaml:4:14 POLICY_E_TIGHTEN @base.yaml:17:8");
    expect_overlay("let: {homework: {lower: 'false'}}\n", "over.yaml:4:18 POLICY_E_TIGHTEN @base.yaml:11:18");
    expect_overlay("measures: [{id: daily, table: homework, per: [], measure: count()}]\n",
                   "over.yaml:4:17 POLICY_E_TIGHTEN @base.yaml:13:8");
    expect_overlay("calendar: {workdays: []}\n", "over.yaml:4:11 POLICY_E_TIGHTEN @base.yaml:14:11");
    expect_overlay("bands: {two: {bands: [{name: A, from: 0.5}, {name: B, from: 0}]}}\n",
                   "over.yaml:4:9 POLICY_E_TIGHTEN @base.yaml:15:9");
    expect_overlay("schema: other\n", "over.yaml:1:7 POLICY_E_TIGHTEN @base.yaml:1:7");
    /* what does not exist */
    expect_overlay("tighten: [{rule: summ, at_most: 3}]\n", "over.yaml:4:18 POLICY_E_NAME ~sum");
    expect_overlay("tighten: [{rule: sum, at_mots: 3}]\n", "over.yaml:4:23 POLICY_E_NAME ~at_most @base.yaml:17:8");
    expect_overlay("params: {capp: 3}\n", "over.yaml:4:10 POLICY_E_NAME ~cap");
    expect_overlay("remove: [sum]\n", "over.yaml:4:1 POLICY_E_NAME");
}

static const ruleset_param *find_param(const world *w, const char *name)
{
    for (uint32_t i = 0; w->rules && i < w->rules->param_count; i++)
        if (str_equal(w->rules->params[i].declared->name, str_of(name)))
            return &w->rules->params[i];
    return NULL;
}

static int64_t entry(const node *map, const char *key, arena *memory)
{
    for (uint32_t i = 0; i < map->count; i++)
        if (str_equal(map->keys[i].scalar, str_of(key)))
            return literal_read(&map->items[i], memory, NULL).as.i;
    return -1;
}

Test(overlay, changes_hold_while_the_overlay_is_in_force)
{
    world w;
    load_overlay(&w, "in_force: {from: 2022-02-01, until: 2022-06-30}\nparams: {cap: {primary: 45}}\n");
    cr_assert_eq(w.status, POLICY_OK);
    const ruleset_param *cap = find_param(&w, "cap");
    cr_assert_eq(cap->version_count, 3);
    cr_expect_eq(entry(cap->versions[0].value, "primary", &w.rules->memory), 60);
    cr_expect_eq(entry(cap->versions[1].value, "primary", &w.rules->memory), 45);
    cr_expect_eq(entry(cap->versions[1].value, "junior", &w.rules->memory), 90);
    cr_expect_eq(entry(cap->versions[2].value, "primary", &w.rules->memory), 60);
    cr_expect_eq(cap->versions[1].in_force.from, civil_days(2022, 2, 1));
    cr_expect_eq(cap->versions[1].in_force.until, civil_days(2022, 6, 30));
    cr_expect(!cap->versions[0].in_force.has_from && !cap->versions[2].in_force.has_until);
    world_end(&w);
}

static void load_two(world *w, const char *first, const char *second, bool swapped)
{
    static char a[1024], b[1024];
    snprintf(a, sizeof a, "pack: a\nversion: \"1\"\nextends: [{pack: base, version: \"1.2\"}]\nparams: {%s}\n", first);
    snprintf(b, sizeof b, "pack: b\nversion: \"1\"\nextends: [{pack: base, version: \"1.2\"}]\nparams: {%s}\n", second);
    world_begin(w);
    world_file(w, "base.yaml", BASE);
    world_file(w, "a.yaml", a);
    world_file(w, "b.yaml", b);
    world_root(w, swapped ? "b" : "a");
    world_root(w, swapped ? "a" : "b");
    world_load(w);
}

Test(overlay, two_of_one_base_commute)
{
    for (int swapped = 0; swapped < 2; swapped++) {
        world w;
        load_two(&w, "cap: {primary: 45}, banned: [周考, 月考, 甲]",
                 "cap: {primary: 50, junior: 80}, banned: [周考, 月考, 乙]", swapped);
        cr_assert_eq(w.status, POLICY_OK);
        cr_expect_eq(entry(find_param(&w, "cap")->versions[0].value, "primary", &w.rules->memory), 45);
        cr_expect_eq(entry(find_param(&w, "cap")->versions[0].value, "junior", &w.rules->memory), 80);
        cr_expect_eq(find_param(&w, "banned")->versions[0].value->count, 4);
        world_end(&w);
        load_two(&w, "years: 6", "years: 6", swapped);
        cr_expect_eq(w.status, POLICY_OK);
        world_end(&w);
        load_two(&w, "years: 6", "years: 4", swapped);
        cr_expect_eq(w.status, POLICY_E_TIGHTEN);
        cr_expect_neq(policy_error_other_line(w.error), 0);
        world_end(&w);
    }
}

Test(overlay, a_chain_is_judged_step_by_step)
{
    world w;
    world_begin(&w);
    world_file(&w, "base.yaml", BASE);
    world_file(&w, "over.yaml", OVERLAY "params: {cap: {primary: 45}, years: 6}\n");
    world_file(&w, "top.yaml",
               "pack: top\nversion: \"1\"\nextends: [{pack: over, version: \">=1 <2\"}]\n"
               "params: {cap: {primary: 50}, years: 4}\n");
    world_root(&w, "top");
    world_load(&w);
    char line[512];
    cr_expect_str_eq(error_line(w.error, line), "top.yaml:4:25 POLICY_E_TIGHTEN @over.yaml:4:25");
    cr_expect_null(policy_error_next(w.error), "an open parameter may be set again higher up");
    world_end(&w);
}

Test(overlay, the_host_goes_through_the_same_gate)
{
    static const struct {
        const char *name, *value;
        policy_status status;
    } table[] = {
        {"cap", "{primary: 45}", POLICY_OK}, {"cap", "{primary: 61}", POLICY_E_TIGHTEN},
        {"years", "6", POLICY_OK},           {"years", "six", POLICY_E_TYPE},
        {"fixed", "3", POLICY_E_TIGHTEN},    {"banned", "[周考, 月考, 周测]", POLICY_OK},
        {"nothing", "1", POLICY_E_NAME},     {"cap", "{primary: 45", POLICY_E_SYNTAX},
        {"cap", "", POLICY_E_SYNTAX},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w;
        world_begin(&w);
        world_file(&w, "base.yaml", BASE);
        world_root(&w, "base");
        world_param(&w, table[i].name, table[i].value);
        world_load(&w);
        cr_expect_eq(w.status, table[i].status, "%s = %s: %s", table[i].name, table[i].value,
                     policy_status_name(w.status));
        world_end(&w);
    }
}

/* ---- chains and versions ---- */

Test(extends, loads_bases_first_and_each_once)
{
    world w;
    world_begin(&w);
    world_file(&w, "base.yaml", BASE);
    world_file(&w, "over.yaml", OVERLAY);
    world_file(&w, "side.yaml", "pack: side\nversion: \"1\"\nextends: [{pack: base, version: \"1.2.0\"}]\n");
    world_root(&w, "over");
    world_root(&w, "side");
    world_root(&w, "base");
    world_load(&w);
    cr_assert_eq(w.status, POLICY_OK);
    cr_assert_eq(w.rules->pack_count, 3);
    cr_expect(str_equal(w.rules->packs[0]->name, STR("base")));
    cr_expect(pack_extends(w.rules->packs[1], w.rules->packs[0]));
    cr_expect(!pack_extends(w.rules->packs[1], w.rules->packs[2]));
    world_end(&w);
}

Test(extends, refuses_cycles_other_versions_and_clashes)
{
    static const struct {
        const char *a, *b, *expected;
    } table[] = {
        {"pack: a\nversion: \"1\"\nschema: mini\nextends: [{pack: b, version: \"1\"}]\n",
         "pack: b\nversion: \"1\"\nextends: [{pack: a, version: \"1\"}]\n", "b.yaml:3:18 POLICY_E_SYNTAX @a.yaml:1:7"},
        {"pack: a\nversion: \"1\"\nschema: mini\nextends: [{pack: a, version: \"1\"}]\n", "",
         "a.yaml:4:18 POLICY_E_SYNTAX @a.yaml:1:7"},
        {"pack: a\nversion: \"1\"\nextends: [{pack: b, version: \">=1 <2\"}]\n",
         "pack: b\nversion: \"2.0\"\nschema: mini\n", "a.yaml:3:30 POLICY_E_VERSION @b.yaml:1:7"},
        {"pack: a\nversion: \"1\"\nextends: [{pack: b, version: \"1\"}, {pack: b, version: \"1\"}]\n",
         "pack: b\nversion: \"1\"\nschema: mini\n", "a.yaml:3:43 POLICY_E_DUPLICATE @a.yaml:3:18"},
        {"pack: a\nversion: \"1\"\nextends: [{pack: b, version: \"1\"}]\n", "pack: c\nversion: \"1\"\nschema: mini\n",
         "b.yaml:1:7 POLICY_E_NAME"},
        {"pack: a\nversion: one\nschema: mini\n", "", "a.yaml:2:10 POLICY_E_SYNTAX"},
        {"pack: a\nschema: mini\n", "", "a.yaml:1:1 POLICY_E_SYNTAX"},
        {"pack: a\nversion: \"1\"\n", "", "a.yaml:1:1 POLICY_E_SYNTAX"},
        {"pack: a\nversion: \"1\"\nschema: mino\n", "", "a.yaml:1:7 POLICY_E_NOT_FOUND"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w;
        char line[512];
        world_begin(&w);
        world_file(&w, "a.yaml", table[i].a);
        world_file(&w, "b.yaml", table[i].b);
        world_root(&w, "a");
        world_load(&w);
        cr_expect_str_eq(error_line(w.error, line), table[i].expected, "%s gave %s", table[i].a,
                         error_line(w.error, line));
        world_end(&w);
    }
}

Test(extends, packs_side_by_side_may_not_share_names)
{
    world w;
    char line[512];
    world_begin(&w);
    world_file(&w, "base.yaml", BASE);
    world_file(&w, "a.yaml",
               "pack: a\nversion: \"1\"\nschema: mini\nrules: [{id: sum, table: homework, deny: 'true'}]\n");
    world_root(&w, "base");
    world_root(&w, "a");
    world_load(&w);
    cr_expect_str_eq(error_line(w.error, line), "a.yaml:4:14 POLICY_E_DUPLICATE @base.yaml:17:8");
    world_end(&w);
}

Test(extends, a_folder_in_memory_is_one_pack)
{
    world w;
    world_begin(&w);
    world_file(&w, "p/pack.yaml", "pack: p\nversion: \"1\"\nschema: mini\n");
    world_file(&w, "p/rules.yaml", "rules: [{id: r, table: homework, deny: 'true'}]\n");
    world_file(&w, "p/more.yaml", "rules: [{id: s, table: homework, deny: 'true', clause: 2.10}]\n");
    world_file(&w, "p/clauses.yaml", "clauses: {2.10: {section: 2, quote: 十, rules: [s]}}\n");
    world_file(&w, "p/tests/r.yaml", "cases: []\n");
    world_root(&w, "p");
    world_load(&w);
    cr_assert_eq(w.status, POLICY_OK);
    cr_assert_eq(w.rules->packs[0]->rule_count, 2);
    cr_expect(str_equal(w.rules->packs[0]->rules[0].id, STR("s")), "files in the order of their names");
    cr_expect(str_equal(w.rules->packs[0]->rules[0].quote, STR("十")), "the quote of the clause");
    world_end(&w);
    world_begin(&w);
    world_file(&w, "p/pack.yaml", "pack: p\nversion: \"1\"\nschema: mini\n");
    world_file(&w, "p/b.yaml", "schema: mini\n");
    world_root(&w, "p");
    world_load(&w);
    char line[512];
    cr_expect_str_eq(error_line(w.error, line), "p/b.yaml:1:1 POLICY_E_DUPLICATE @p/pack.yaml:3:1");
    world_end(&w);
}

Test(version, compares_numbers_and_ranges)
{
    static const struct {
        const char *version, *range;
        bool fits;
    } table[] = {
        {"1.2", "1.2", true},  {"1.2", "1.2.0", true}, {"1.2.1", "1.2", false},  {"1.10", ">=1.9", true},
        {"1", ">=1 <2", true}, {"2", ">=1 <2", false}, {"0.9", ">=1 <2", false}, {"2.0.1", ">2 <=3", true},
        {"2", ">2", false},    {"3.0", "<= 3", true},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(version_fits(str_of(table[i].version), str_of(table[i].range)), table[i].fits, "%s in %s",
                     table[i].version, table[i].range);
    static const char *const wrong[] = {"",   " ",   "1.", ".1",  "x",     "1.2.3.4.5",
                                        ">=", "1 2", "^1", "1.x", ">=1 2", "1,2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect(!version_range_valid(str_of(wrong[i])), "%s", wrong[i]);
}
