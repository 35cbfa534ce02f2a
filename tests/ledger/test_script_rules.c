/* Rules of scripts through a ledger: what a check may answer, what happens when it breaks, versions, groups. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static const char base[] = "pack: base\n"
                           "version: \"1\"\n"
                           "schema: mini\n"
                           "source: {issuer: 学校, issued: 2021-11-19}\n"
                           "params:\n"
                           "  cap: {value: 60, stricter: lower}\n"
                           "rules:\n"
                           "- id: daily\n"
                           "  table: work\n"
                           "  per: [school, day]\n"
                           "  measure: sum(minutes)\n"
                           "  at_most: params.cap\n";

/* The base pack with one script; NULL and *err when it does not load. */
static world *with_script(const char *script, policy_error **err)
{
    policy_builder *builder = NULL;
    world *w = calloc(1, sizeof *w);
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL),
                 POLICY_OK);
    cr_assert_eq(policy_builder_load_memory(builder, "base.yaml", base, strlen(base), NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load_memory(builder, "local.lua", script, strlen(script), NULL), POLICY_OK);
    policy_status status = policy_builder_build(builder, &w->engine, err);
    policy_builder_free(builder);
    if (status != POLICY_OK) {
        free(w);
        return NULL;
    }
    cr_assert_eq(policy_ledger_new(w->engine, &w->ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(w->ledger, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    return w;
}

static world *loaded(const char *script)
{
    policy_error *err = NULL;
    world *w = with_script(script, &err);
    cr_assert_not_null(w, "%s", err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "?");
    return w;
}

static void expect_refusal(const char *script, uint32_t line, const char *part)
{
    policy_error *err = NULL;
    world *w = with_script(script, &err);
    cr_assert_null(w, "loads: %s", script);
    cr_expect_str_eq(policy_error_file(err), "local.lua");
    cr_expect_eq(policy_error_line(err), line, "line %u", policy_error_line(err));
    cr_expect_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), part), "%s",
                       policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_error_free(err);
}

Test(script_rules, answer_true_false_nil_or_a_table)
{
    world *w =
        loaded("rule{id = 'short', table = 'work', needs = {'minutes'}, check = function(r)\n"
               "  if r.minutes == 1 then return true end\n"
               "  if r.minutes == 2 then return false end\n"
               "  if r.minutes == 3 then return nil end\n"
               "  return {pass = false, value = r.minutes, limit = 3, message = {zh = '太长', en = 'too long'}}\n"
               "end}\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=1");
    world_row(w, "work", "school=A|day=2021-12-02|minutes=4");
    world_expect_message(w, "short", "太长", "too long");
    world_row(w, "work", "school=A|day=2021-12-03|minutes=2");
    world_row(w, "work", "school=A|day=2021-12-04|minutes=3");
    world_expect_counts(w, "short", "pass 1 fail 2 unknown 1");
    world_expect(w, "short fail violation school=A day=2021-12-02 value=4 limit=3 rows=2\n"
                    "short fail violation school=A day=2021-12-03 rows=3\n"
                    "short unknown violation school=A day=2021-12-04 rows=4\n");
    world_free(w);
}

Test(script_rules, a_missing_field_makes_unknown_what_does_not_handle_it)
{
    world *w = loaded("rule{id = 'sum', table = 'work', needs = {'minutes'},\n"
                      "  check = function(r) return r.minutes + 1 < 30 end}\n"
                      "rule{id = 'handled', table = 'work', needs = {'minutes'},\n"
                      "  check = function(r) return (r.minutes or 0) < 30 end}\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=");
    world_expect_counts(w, "sum", "unknown 1");
    world_expect_counts(w, "handled", "pass 1");
    world_free(w);
}

Test(script_rules, an_error_is_one_finding_with_a_count)
{
    world *w = loaded("local function inner(r)\n"
                      "  return r.minutes.x\n"
                      "end\n"
                      "rule{id = 'broken', table = 'work', needs = {'minutes'}, check = function(r)\n"
                      "  local ok = inner(r)\n"
                      "  return ok\n"
                      "end}\n");
    world_row(w, "work", "school=B|day=2021-12-02|minutes=70");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=5");
    world_row(w, "work", "school=A|day=2021-12-02|minutes=5");
    world_expect_counts(w, "broken", "error 3");
    world_expect(w, "daily fail violation school=B day=2021-12-02 value=70 limit=60 rows=1\n"
                    "broken error violation school=A day=2021-12-01 rows=2\n");
    policy_findings *all = NULL;
    policy_text *text = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &all, NULL), POLICY_OK);
    cr_assert_eq(policy_finding_message(policy_findings_at(all, 1), POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_expect_not_null(strstr(policy_text_data(text), "local.lua:2"), "%s", policy_text_data(text));
    cr_expect_not_null(strstr(policy_text_data(text), "local.lua:2 < local.lua:5"), "%s", policy_text_data(text));
    cr_expect_not_null(strstr(policy_text_data(text), "(and 2 more"), "%s", policy_text_data(text));
    policy_text_free(text);
    policy_findings_free(all);
    world_free(w);
}

Test(script_rules, a_kill_withdraws_what_the_rule_said)
{
    static const char *const scripts[] = {
        "rule{id = 'greedy', table = 'work', needs = {'minutes'}, check = function(r)\n"
        "  while r.minutes == 7 do end\n"
        "  return false\n"
        "end}\n",
        "rule{id = 'greedy', table = 'work', per = {'day'}, needs = {'minutes'},\n"
        "  fold = function(acc, r) acc.seen = acc.seen or r.minutes == 7 end,\n"
        "  judge = function(acc) while acc.seen do end return false end}\n"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        for (int last = 0; last < 2; last++) {
            world *w = loaded(scripts[i]);
            world_row(w, "work", last ? "school=A|day=2021-12-01|minutes=5" : "school=A|day=2021-12-03|minutes=7");
            world_row(w, "work", "school=A|day=2021-12-02|minutes=6");
            world_row(w, "work", last ? "school=A|day=2021-12-03|minutes=7" : "school=A|day=2021-12-01|minutes=5");
            world_expect_counts(w, "greedy", "error 1");
            world_expect(w, "greedy error violation\n");
            world_expect(w, "greedy error violation\n"); /* and again */
            world_free(w);
        }
    }
}

Test(script_rules, each_version_has_its_own_check)
{
    world *w = loaded("rule{id = 'v', table = 'work', needs = {'minutes'}, in_force = {['until'] = '2021-11-30'},\n"
                      "  check = function(r) return r.minutes <= 20 end}\n"
                      "rule{id = 'v', table = 'work', needs = {'minutes'}, in_force = {from = '2021-12-01'},\n"
                      "  check = function(r) return r.minutes <= 10 end}\n");
    world_row(w, "work", "school=A|day=2021-11-30|minutes=15");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=15");
    world_row(w, "work", "school=A|day=2021-11-29|minutes=25");
    world_expect(w, "v fail violation school=A day=2021-11-29 rows=3\n"
                    "v fail violation school=A day=2021-12-01 rows=2\n");
    world_expect_counts(w, "v", "pass 1 fail 2");
    world_free(w);
}

Test(script_rules, groups_are_folded_in_an_order_of_their_own)
{
    static const char script[] =
        "rule{id = 'g', table = 'work', per = {'school'}, needs = {'day', 'minutes'},\n"
        "  fold = function(acc, r) acc.text = (acc.text or '') .. r.day .. ':' .. r.minutes .. ' ' end,\n"
        "  judge = function(acc, key) return {pass = false, message = key.school .. ' ' .. acc.text} end}\n";
    static const char *const rows[] = {"school=A|day=2021-12-02|minutes=2", "school=A|day=2021-12-01|minutes=3",
                                       "school=A|day=2021-12-01|minutes=1"};
    for (size_t first = 0; first < 3; first++) {
        world *w = loaded(script);
        for (size_t i = 0; i < 3; i++) {
            world_row(w, "work", rows[(first + i) % 3]);
        }
        world_expect_message(w, "g", "A 2021-12-01:1 2021-12-01:3 2021-12-02:2 ",
                             "A 2021-12-01:1 2021-12-01:3 2021-12-02:2 ");
        world_free(w);
    }
}

Test(script_rules, tighten_and_param_go_through_the_gate)
{
    world *w = loaded("tighten('daily', {at_most = 40})\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=50");
    world_expect_counts(w, "daily", "fail 1");
    world_free(w);
    w = loaded("param('cap', 45)\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=50");
    world_expect_counts(w, "daily", "fail 1");
    world_free(w);
    expect_refusal("\nparam('cap', 75)\n", 2, "cap");
    expect_refusal("\n\ntighten('dayly', {at_most = 1})\n", 3, "dayly");
    expect_refusal("rule{id = 'x', table = 'work', needs = {'minuts'}, check = function() end}\n", 1, "minuts");
    expect_refusal("local step = ('a'):gmatch('.')\n"
                   "rule{id = 'x', table = 'work', check = function() return step() end}\n",
                   2, "iterator");
    expect_refusal("while true do end\n", 1, "instructions");
}
