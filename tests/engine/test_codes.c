/*
 * Records filled without readers or copies: enum codes, borrowed texts.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/world.h"

#define PACK                                                                                                           \
    "pack: test\nversion: \"1.0\"\nschema: mini\n"                                                                     \
    "rules:\n- {id: written, table: work, deny: form == 'written' && school == 'A'}\n"

Test(codes, are_found_by_code_and_by_spelling)
{
    world *w = world_new(PACK);
    cr_assert_eq(policy_engine_code(w->engine, "work", "form", "written"), 0);
    cr_assert_eq(policy_engine_code(w->engine, "work", "form", "书面"), 0);
    cr_assert_eq(policy_engine_code(w->engine, "work", "form", " 口头 "), 1);
    cr_assert_eq(policy_engine_code(w->engine, "work", "form", "sung"), -1);
    cr_assert_eq(policy_engine_code(w->engine, "work", "school", "A"), -1);
    cr_assert_eq(policy_engine_code(w->engine, "nothing", "form", "written"), -1);
    cr_assert_eq(policy_engine_code(w->engine, "work", "form", NULL), -1);
    cr_assert_str_eq(policy_engine_code_text(w->engine, "work", "form", 1), "oral");
    cr_assert_null(policy_engine_code_text(w->engine, "work", "form", 2));
    cr_assert_null(policy_engine_code_text(w->engine, "work", "form", -1));
    cr_assert_null(policy_engine_code_text(w->engine, "work", "minutes", 0));
    world_free(w);
}

static policy_status set(world *w, policy_record *r, const char *field, policy_value v, bool borrow)
{
    int32_t handle = policy_engine_field(w->engine, "work", field);
    return borrow ? policy_record_set_borrowed(r, &handle, &v, 1, NULL) : policy_record_set(r, handle, &v, NULL);
}

Test(codes, judge_as_the_text_would)
{
    world *w = world_new(PACK);
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    policy_value code = {.kind = POLICY_VALUE_CODE, .integer = 0};
    cr_assert_eq(set(w, r, "form", code, false), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "school", "A", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "day", "2021-12-01", NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    world_expect(w, "written fail violation school=A day=2021-12-01\n");
    code.integer = 2; /* past the list */
    cr_assert_eq(set(w, r, "form", code, false), POLICY_E_ARGUMENT);
    code.integer = -1;
    cr_assert_eq(set(w, r, "form", code, true), POLICY_E_ARGUMENT);
    code.integer = 0; /* no enum */
    cr_assert_eq(set(w, r, "school", code, false), POLICY_E_ARGUMENT);
    cr_assert_eq(policy_ledger_retract(w->ledger, r, NULL, NULL), POLICY_OK); /* what was refused changed nothing */
    policy_record_free(r);
    world_free(w);
}

Test(codes, a_borrowed_text_is_read_where_it_is)
{
    world *w = world_new(PACK);
    policy_record *r = NULL;
    policy_findings *caused = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    char school[] = "A", form[] = "书面", day[] = "2021-12-01";
    cr_assert_eq(set(w, r, "school", (policy_value){.kind = POLICY_VALUE_TEXT, .text = school, .size = 1}, true),
                 POLICY_OK);
    cr_assert_eq(set(w, r, "form", (policy_value){.kind = POLICY_VALUE_TEXT, .text = form, .size = strlen(form)}, true),
                 POLICY_OK);
    cr_assert_eq(set(w, r, "day", (policy_value){.kind = POLICY_VALUE_TEXT, .text = day, .size = strlen(day)}, true),
                 POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 1);
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    school[0] = 'B'; /* the record sees it; the ledger has its own */
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 0);
    cr_assert_eq(policy_record_set_borrowed(r, NULL, NULL, 1, NULL), POLICY_E_ARGUMENT);
    policy_record_free(r);
    memset(day, 'x', sizeof day - 1);
    world_expect(w, "written fail violation school=A day=2021-12-01\n");
    policy_findings_free(caused);
    world_free(w);
}

/* ---- what people call things ---- */

#define TITLED                                                                                                         \
    "pack: test\nversion: \"1.0\"\nschema: mini\n"                                                                     \
    "titles:\n"                                                                                                        \
    "  size: {zh: 学校规模, en: school size, values: {big: {zh: 大, en: large}, small: {zh: 小}}}\n"             \
    "  month: {zh: 月份}\n"                                                                                          \
    "rules:\n- {id: written, table: work, deny: form == 'written'}\n"

Test(codes, have_titles_for_people_from_the_schema_and_from_packs)
{
    world *w = world_new(TITLED);
    const policy_engine *e = w->engine;
    cr_assert_str_eq(policy_engine_value_title(e, "work", "form", "written", POLICY_LANGUAGE_ZH), "书面");
    cr_assert_str_eq(policy_engine_value_title(e, "work", "form", "written", POLICY_LANGUAGE_EN), "written");
    cr_assert_str_eq(policy_engine_value_title(e, "work", "form", "sung", POLICY_LANGUAGE_ZH), "sung");
    cr_assert_str_eq(policy_engine_field_title(e, "work", "size", POLICY_LANGUAGE_ZH), "学校规模");
    cr_assert_str_eq(policy_engine_field_title(e, "work", "size", POLICY_LANGUAGE_EN), "school size");
    cr_assert_str_eq(policy_engine_field_title(e, "work", "month", POLICY_LANGUAGE_EN), "月份");
    cr_assert_str_eq(policy_engine_field_title(e, "work", "other", POLICY_LANGUAGE_ZH), "other");
    cr_assert_str_eq(policy_engine_value_title(e, "work", "size", "big", POLICY_LANGUAGE_ZH), "大");
    cr_assert_str_eq(policy_engine_value_title(e, "work", "size", "big", POLICY_LANGUAGE_EN), "large");
    cr_assert_str_eq(policy_engine_value_title(e, "work", "size", "small", POLICY_LANGUAGE_EN), "small");
    cr_assert_str_eq(policy_engine_value_title(e, "work", "size", "middle", POLICY_LANGUAGE_ZH), "middle");
    cr_assert_str_eq(policy_engine_value_title(e, NULL, "size", "big", POLICY_LANGUAGE_ZH), "大");
    cr_assert_null(policy_engine_value_title(e, "work", "size", NULL, POLICY_LANGUAGE_ZH));
    world_free(w);
}

Test(codes, titles_that_are_not_texts_by_language_are_refused)
{
    world_refuses(
        "pack: test\nversion: \"1.0\"\nschema: mini\n"
        "titles:\n  size: 学校规模\n  9: {zh: 九}\n  day: {zh: 日, value: {}}\nrules: []\n",
        "5:9 POLICY_E_SYNTAX 'size' takes a map (key: value)\n"
        "6:3 POLICY_E_SYNTAX 'titles' takes a name of letters, digits and '_' that is no reserved word, not '9'\n"
        "7:16 POLICY_E_NAME unknown key 'value' in a title; did you mean 'values'?\n");
}
