/*
 * What users rely on when they write rules in Lua: answers, missing fields, messages, lets, measures, groups, and that what
 * cannot work is refused when it is loaded.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static const char base[] = "pack: base\nversion: \"1.0\"\nschema: mini\n"
                           "params:\n  cap: {value: {low: 30, high: 60}, stricter: lower}\n";

static policy_engine *load(const char *script, policy_error **err)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), NULL);
    policy_builder_load_memory(builder, "base.yaml", base, strlen(base), NULL);
    policy_builder_load_memory(builder, "local.lua", script, strlen(script), NULL);
    policy_builder_build(builder, &engine, err);
    policy_builder_free(builder);
    return engine;
}

static world *with(const char *script)
{
    policy_error *err = NULL;
    world *w = calloc(1, sizeof *w);
    w->engine = load(script, &err);
    cr_assert_not_null(w->engine, "%u: %s", policy_error_line(err), policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_assert_eq(policy_ledger_new(w->engine, &w->ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(w->ledger, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    return w;
}

static void refused(const char *script, uint32_t line, const char *message)
{
    policy_error *err = NULL;
    policy_engine *engine = load(script, &err);
    cr_assert_null(engine, "the script loads");
    cr_assert_str_eq(policy_error_file(err), "local.lua");
    cr_assert_eq(policy_error_line(err), line);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN), message);
    policy_error_free(err);
}

Test(script_rules, a_message_names_fields_value_and_limit)
{
    world *w = with(
        "rule{id = 'cap', table = 'work', needs = {'minutes'}, check = function(r)\n"
        "  return {pass = r.minutes <= 30, value = r.minutes, limit = 30}\n"
        "end, message = {zh = '{school}{day}{value}分钟超过{limit}', en = '{school} {day}: {value} > {limit}'}}\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=31");
    world_row(w, "work", "school=A|day=2021-12-02|minutes=30");
    world_row(w, "work", "school=A|day=2021-12-03|minutes=");
    world_expect(w, "cap fail violation school=A day=2021-12-01 value=31 limit=30 rows=1\n"
                    "cap unknown violation school=A day=2021-12-03 rows=3 missing=minutes\n");
    world_expect_message(w, "cap", "A2021-12-0131分钟超过30", "A 2021-12-01: 31 > 30");
    world_free(w);
}

Test(script_rules, a_check_may_use_the_library_and_tables_of_its_own)
{
    world *w =
        with("local words = {'a', 'b'}\n"
             "rule{id = 'word', table = 'work', needs = {'note'}, check = function(r)\n"
             "  for _, word in ipairs(words) do if string.find(r.note, word, 1, true) then return false end end\n"
             "  return true\n"
             "end}\n");
    world_row(w, "work", "school=A|day=2021-12-01|note=xbx");
    world_row(w, "work", "school=A|day=2021-12-02|note=xyz");
    world_expect(w, "word fail violation school=A day=2021-12-01 rows=1\n");
    world_free(w);
}

Test(script_rules, a_let_gives_parameters)
{
    world *w = with("let('work', {cap = \"params.cap[grade <= 2 ? 'low' : 'high']\", caps = 'params.cap'})\n"
                    "rule{id = 'cap', table = 'work', needs = {'minutes', 'cap', 'caps'}, check = function(r)\n"
                    "  return {pass = r.minutes <= r.cap, value = r.caps.low, limit = r.cap}\n"
                    "end}\n");
    world_row(w, "work", "school=A|grade=1|day=2021-12-01|minutes=31");
    world_row(w, "work", "school=A|grade=3|day=2021-12-02|minutes=31");
    world_row(w, "work", "school=A|grade=|day=2021-12-03|minutes=31");
    world_expect(w, "cap fail violation school=A day=2021-12-01 value=30 limit=30 rows=1\n"
                    "cap unknown violation school=A day=2021-12-03 rows=3 missing=grade\n");
    world_free(w);
}

Test(script_rules, a_check_may_stand_on_a_measure)
{
    world *w =
        with("measure{id = 'total', table = 'work', per = {'school', 'day'}, measure = 'sum(minutes)'}\n"
             "rule{id = 'sum', table = 'total', needs = {'value'}, check = function(r) return r.value <= 30 end,\n"
             "  message = {zh = '{school}共{value}', en = '{school}: {value}'}}\n");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=20");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=11");
    world_row(w, "work", "school=B|day=2021-12-01|minutes=30");
    world_expect(w, "sum fail violation school=A day=2021-12-01 value=31 rows=1,2\n");
    world_expect_counts(w, "sum", "pass 1 fail 1");
    world_expect_message(w, "sum", "A共31", "A: 31");
    world_free(w);
}

Test(script_rules, a_measure_of_another_record_type_is_read_through_a_let)
{
    world *w = with("measure{id = 'visits', table = 'visit', per = {'school', 'day'}, measure = 'count()'}\n"
                    "let('work', {seen = 'visits(school, day)'})\n"
                    "rule{id = 'both', table = 'work', needs = {'seen'}, check = function(r)\n"
                    "  if r.seen == nil then return nil end\n"
                    "  return r.seen == 0\n"
                    "end}\n");
    world_row(w, "visit", "school=A|who=x|day=2021-12-01");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=1");
    world_row(w, "work", "school=B|day=2021-12-01|minutes=1");
    world_expect(w, "both fail violation school=A day=2021-12-01 rows=2\n");
    world_free(w);
}

static const char folding[] = "rule{id = 'span', table = 'work', per = {'school'}, needs = {'day'},\n"
                              "  fold = function(acc, r) acc[#acc + 1] = r.day end,\n"
                              "  judge = function(acc, key) return {pass = #acc < 3, value = #acc, limit = 2} end,\n"
                              "  message = {zh = '{school}{value}次', en = '{school}: {value}, not {limit}'}}\n";

Test(script_rules, a_group_is_judged_whatever_the_order_of_its_rows)
{
    static const char *const rows[] = {"school=A|day=2021-12-03", "school=B|day=2021-12-01", "school=A|day=2021-12-01",
                                       "school=A|day=2021-12-02"};
    world *w = with(folding);
    world_rows(w, "work", rows, 4);
    world_expect(w, "span fail violation school=A value=3 limit=2 rows=1,3,4\n");
    world_expect_message(w, "span", "A3次", "A: 3, not 2");
    world_free(w);
}

Test(script_rules, what_cannot_work_is_refused_when_it_is_loaded)
{
    refused("rule{id = 'a', table = 'work', needs = {'minuts'}, check = function(r) return true end}\n", 1,
            "no field, let or key is called minuts; did you mean 'minutes'?");
    refused("\nmeasure{id = 'total', table = 'work', per = {'school'}, measure = 'count()'}\n"
            "rule{id = 'a', table = 'total', per = {'school'}, needs = {'value'},\n"
            "  fold = function(acc, r) end, judge = function(acc, key) return true end}\n",
            3, "fold goes through the records of a record type; 'total' is a measure: use check");
    refused("let('work', {'minutes'})\n", 1,
            "the script failed: let: the second argument gives expressions their names, such as {late = \"end > "
            "time('17:30')\"}");
}
