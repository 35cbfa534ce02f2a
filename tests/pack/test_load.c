/*
 * Loading as a whole: finding, the resolver, messages, memory that runs out, and the packs of this repository.
 */
#include "pack/load.h"

#include <criterion/criterion.h>

#include "pack/cases.h"
#include "pack/help.h"
#include "support/failing_allocator.h"

#define PACK                                                                                                           \
    "pack: p\nversion: \"1\"\nschema: mini\n"                                                                          \
    "params: {cap: {value: {a: 60}, stricter: lower}, words: {value: [甲], stricter: superset}}\n"                    \
    "let: {homework: {late: grade > 2}}\n"                                                                             \
    "measures: [{id: m, table: homework, per: [{k: grade + 1}], measure: count()}]\n"                                  \
    "calendar: {terms: {2021-2022-1: [2021-09-01, 2022-01-21]}, holidays: [{name: 国庆, from: 2021-10-01}]}\n"       \
    "bands: {b: {bands: [{name: A, from: 0.5}, {name: B, from: 0}], absent: [缺考]}}\n"                              \
    "clauses: {2.1: {section: 2, quote: 十, rules: [r]}}\n"                                                           \
    "rules: [{id: r, clause: 2.1, table: homework, deny: late, message: {zh: '{school}布置了{grade}'}}]\n"
#define OVER                                                                                                           \
    "pack: o\nversion: \"1\"\nextends: [{pack: p, version: \"1\"}]\nparams: {cap: {a: 45}, words: [甲, 乙]}\n"       \
    "tighten: [{rule: r, also_when: grade == 2}]\n"

static policy_status load_once(const policy_allocator *allocator, void *context)
{
    const char *broken = context;
    policy_options options;
    options_init(&options, allocator);
    load_file files[] = {{STR("schema/mini.yaml"), STR(SCHEMA_TEXT)},
                         {STR("p.yaml"), STR(PACK)},
                         {STR("o.yaml"), broken ? str_of(broken) : STR(OVER)}};
    load_root root = {.name = STR("o")};
    load_param param = {STR("cap"), STR("{a: 40}")};
    load_request request = {
        .roots = &root, .root_count = 1, .files = files, .file_count = 3, .params = &param, .param_count = 1};
    ruleset *r = NULL;
    policy_error *err = NULL;
    policy_status status = ruleset_load(&options, &request, &r, &err);
    cr_assert(status != POLICY_OK || r != NULL);
    cr_assert_eq(status == POLICY_OK, err == NULL);
    policy_error_free(err);
    ruleset_free(r);
    return status;
}

Test(load, running_out_of_memory_is_a_clean_error)
{
    cr_assert_gt(failing_allocator_sweep(load_once, NULL), 20);
}

Test(load, running_out_of_memory_while_reporting_leaks_nothing)
{
    static char broken[] = "pack: o\nversion: \"1\"\nrulez: 1\nextends: [{pack: p, "
                           "version: \"2\"}]\nparams: {cap: {b: 1}, words: []}\n"
                           "rules: [{id: r, table: homwork, deny: a, x: 1}]\n";
    for (size_t k = 1;; k++) {
        failing_allocator f;
        failing_allocator_init(&f, k, FAIL_ONCE);
        policy_status status = load_once(&f.allocator, broken);
        cr_assert_eq(failing_allocator_live(&f), 0, "allocation %zu", k);
        cr_assert_neq(status, POLICY_OK);
        if (!failing_allocator_failed(&f))
            break;
    }
}

Test(load, splits_messages_at_their_placeholders)
{
    world w;
    world_begin(&w);
    world_file(&w, "p.yaml",
               "pack: p\nversion: \"1\"\nschema: mini\nrules:\n- id: r\n  table: homework\n  deny: grade > 2\n"
               "  message:\n    zh: \"{school}有{{{ m(school, '}') }}}份\"\n");
    world_root(&w, "p");
    world_load(&w);
    cr_assert_eq(w.status, POLICY_OK, "%s", w.error ? policy_error_message(w.error, POLICY_LANGUAGE_EN) : "");
    const message_template *t = &w.rules->packs[0]->rules[0].message_zh;
    cr_assert_eq(t->count, 4);
    cr_expect(str_equal(t->parts[0].expression.text, STR("school")));
    cr_expect(str_equal(t->parts[1].literal, STR("有{")));
    cr_expect(str_equal(t->parts[2].expression.text, STR("m(school, '}')")));
    cr_expect(str_equal(t->parts[3].literal, STR("}份")));
    cr_expect_eq(t->parts[0].expression.at.line, 9);
    cr_expect_eq(t->parts[0].expression.at.column, 11);
    cr_expect_eq(t->parts[2].expression.at.column, 23);
    world_end(&w);
}

static policy_status resolve(void *context, const char *path, const char **data, size_t *size)
{
    unsigned *asked = context;
    ++*asked;
    if (strcmp(path, "far.yaml") == 0)
        *data = "pack: far\nversion: \"1\"\nschema: mini\n";
    else if (strcmp(path, "schema/mini.yaml") == 0)
        *data = SCHEMA_TEXT;
    else
        return strcmp(path, "broken/pack.yaml") == 0 ? POLICY_E_IO : POLICY_E_NOT_FOUND;
    *size = strlen(*data);
    return POLICY_OK;
}

Test(load, asks_the_resolver_last)
{
    policy_options options;
    options_init(&options, NULL);
    static const struct {
        const char *name;
        policy_status status;
    } table[] = {{"far", POLICY_OK}, {"nowhere", POLICY_E_NOT_FOUND}, {"broken", POLICY_E_IO}};
    for (size_t i = 0; i < 3; i++) {
        unsigned asked = 0;
        load_root root = {.name = str_of(table[i].name)};
        load_request request = {.roots = &root, .root_count = 1, .resolver = resolve, .resolver_context = &asked};
        ruleset *r;
        policy_error *err = NULL;
        cr_expect_eq(ruleset_load(&options, &request, &r, &err), table[i].status, "%s", table[i].name);
        cr_expect_gt(asked, 0);
        policy_error_free(err);
        ruleset_free(r);
    }
}

static void expect_root(const char *name, policy_status expected)
{
    policy_options options;
    options_init(&options, NULL);
    str directories[] = {STR(POLICY_SOURCE_DIR "/rules")};
    load_root root = {.name = str_of(name)};
    load_request request = {.roots = &root, .root_count = 1, .directories = directories, .directory_count = 1};
    ruleset *r;
    policy_error *err = NULL;
    policy_status status = ruleset_load(&options, &request, &r, &err);
    cr_expect_eq(status, expected, "%s: %s: %s:%u: %s", name, policy_status_name(status),
                 err && policy_error_file(err) ? policy_error_file(err) : "", policy_error_line(err),
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    policy_error_free(err);
    ruleset_free(r);
}

Test(load, finds_packs_by_name_folder_and_file)
{
    expect_root("huancui-2021", POLICY_OK);
    expect_root(POLICY_SOURCE_DIR "/rules/huancui-2021", POLICY_OK);
    expect_root(POLICY_SOURCE_DIR "/rules/huancui-2021/", POLICY_OK);
    expect_root(POLICY_SOURCE_DIR "/rules/huancui-2021/pack.yaml", POLICY_OK);
    expect_root(POLICY_SOURCE_DIR "/rules/nothing-here", POLICY_E_IO);
    expect_root(POLICY_SOURCE_DIR "/rules", POLICY_E_NOT_FOUND);
    expect_root("./nothing.yaml", POLICY_E_IO);
    expect_root("missing.lua", POLICY_E_IO);
    expect_root("Huancui", POLICY_E_IO);
    expect_root("", POLICY_E_ARGUMENT);
}

/* ---- cases ---- */

static void expect_case_error(const char *rest, const char *expected)
{
    static char text[4096];
    char line[512];
    policy_options options;
    options_init(&options, NULL);
    case_suite *suite;
    policy_error *err = NULL;
    snprintf(text, sizeof text, "cases:\n- %s\n", rest);
    cases_load_text(&options, STR("t.yaml"), str_of(text), &suite, &err);
    cr_expect_str_eq(error_line(err, line), expected, "%s gave %s", rest, error_line(err, line));
    policy_error_free(err);
    case_suite_free(suite);
}

Test(cases, are_read_as_strictly_as_packs)
{
    expect_case_error("{name: a, rule: r, given: {}, expect: pass}", "no error");
    expect_case_error("{name: a, rule: r, given: {}, expect: passed}", "t.yaml:2:41 POLICY_E_NAME ~pass");
    expect_case_error("{name: a, rule: r, given: {}, expect: fail}", "t.yaml:2:41 POLICY_E_NAME");
    expect_case_error("{name: a, rule: r, given: {}, expect: []}", "t.yaml:2:41 POLICY_E_SYNTAX");
    expect_case_error("{name: a, given: {}, expect: pass}", "t.yaml:2:3 POLICY_E_SYNTAX");
    expect_case_error("{name: a, rule: r, rules: [r], given: {}, expect: pass}", "t.yaml:2:3 POLICY_E_SYNTAX");
    expect_case_error("{name: a, rule: r, expect: pass}", "t.yaml:2:3 POLICY_E_SYNTAX");
    expect_case_error("{name: a, rule: r, given: {}, expect: [{result: fial}]}", "t.yaml:2:51 POLICY_E_NAME ~fail");
    expect_case_error("{name: a, rule: r, given: {}, expect: [{reslt: fail, result: fail}]}",
                      "t.yaml:2:43 POLICY_E_NAME ~result");
    expect_case_error("{name: a, rule: r, given: {homework: [{a: [1]}]}, expect: pass}", "t.yaml:2:45 POLICY_E_SYNTAX");
    expect_case_error("{name: a, rule: r, as_of: today, given: {}, expect: pass}", "t.yaml:2:29 POLICY_E_SYNTAX");
}

Test(cases, keep_cells_as_text)
{
    policy_options options;
    options_init(&options, NULL);
    case_suite *suite;
    policy_error *err = NULL;
    cr_assert_eq(cases_load_text(
                     &options, STR("t.yaml"),
                     STR("cases:\n- name: 一\n  rules: [r, s]\n  as_of: 2021-12-01\n"
                         "  params: {cap: {primary: 45}, words: ['no', 周考]}\n"
                         "  given:\n    homework: [{班级: 2班, minutes: 007, due: , at: 17:30, ok: no, e: \"\"}]\n"
                         "    exam: []\n"
                         "  expect: [{result: fail, key: {class: 2班}, value: 61, rows: [1], missing: [minutes]}]\n"),
                     &suite, &err),
                 POLICY_OK, "%s", err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    cr_assert_eq(suite->count, 1);
    const test_case *c = &suite->cases[0];
    cr_assert_eq(c->given_count, 2);
    const case_row *row = &c->given[0].rows[0];
    static const char *const texts[] = {"2班", "007", "", "17:30", "no", ""};
    cr_assert_eq(row->cell_count, 6);
    for (uint32_t i = 0; i < 6; i++)
        cr_expect(str_equal(row->cells[i].text, str_of(texts[i])), "cell %u", i);
    cr_expect_eq(c->given[1].row_count, 0);
    cr_assert_eq(c->param_count, 2);
    cr_expect(str_equal(c->param_texts[0].text, STR("{primary: 45}")));
    cr_expect(str_equal(c->param_texts[1].text, STR("['no', 周考]")));
    cr_assert_eq(c->expected_count, 1);
    cr_expect(str_equal(c->expected[0].value, STR("61")));
    cr_expect_eq(c->expected[0].rows[0], 1);
    case_suite_free(suite);
}

Test(cases, of_this_repository_can_be_read)
{
    policy_options options;
    options_init(&options, NULL);
    case_suite *suite;
    policy_error *err = NULL;
    cr_assert_eq(cases_load(&options, STR(POLICY_SOURCE_DIR "/rules/huancui-2021/"), &suite, &err), POLICY_OK,
                 "%s:%u: %s", policy_error_file(err), policy_error_line(err),
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_expect_gt(suite->count, 0);
    case_suite_free(suite);
}

static policy_status read_cases(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_options options;
    options_init(&options, allocator);
    case_suite *suite = NULL;
    policy_error *err = NULL;
    policy_status status = cases_load_text(
        &options, STR("t.yaml"),
        STR("cases:\n- {name: a, rule: r, params: {p: [1, {a: 'b'}]}, given: {t: [{a: 1}]}, expect: [{result: fail, "
            "key: {a: 1}, rows: [1], missing: [x], message: {zh: x}}]}\n"),
        &suite, &err);
    policy_error_free(err);
    case_suite_free(suite);
    return status;
}

Test(cases, running_out_of_memory_is_a_clean_error)
{
    cr_assert_gt(failing_allocator_sweep(read_cases, NULL), 5);
}
