/*
 * Broken packs: each mistake is reported once, at its place, with the nearest name where there is one.
 */
#include <criterion/criterion.h>

#include "pack/help.h"

#define HEAD "pack: p\nversion: \"1.0\"\nschema: mini\n" /* lines 1 to 3 */

/* `rest` begins in line 4; `expected` holds the errors in order, one a line. */
static void expect_errors(const char *rest, const char *expected)
{
    static char text[8192], out[8192];
    snprintf(text, sizeof text, "%s%s", HEAD, rest);
    world w;
    world_begin(&w);
    world_file(&w, "p.yaml", text);
    world_root(&w, "p");
    world_load(&w);
    size_t size = 0;
    out[0] = 0;
    for (const policy_error *e = w.error; e; e = policy_error_next(e)) {
        char line[512];
        size += (size_t)snprintf(out + size, sizeof out - size, "%s%s", size ? "\n" : "", error_line(e, line));
    }
    cr_expect_str_eq(out, expected, "%s\ngave\n%s\n(%s)", rest, out,
                     w.error ? policy_error_message(w.error, POLICY_LANGUAGE_EN) : "");
    world_end(&w);
}

#define RULE(...) "rules:\n- {id: r, table: homework, " __VA_ARGS__ "}\n"

Test(errors, of_the_top_level)
{
    expect_errors("", "");
    expect_errors("rulez: []\n", "p.yaml:4:1 POLICY_E_NAME ~rules");
    expect_errors("title: hello\n", "p.yaml:4:8 POLICY_E_SYNTAX");
    expect_errors("title: {zh: 好, fr: bon}\n", "p.yaml:4:16 POLICY_E_NAME");
    expect_errors("title: {zh: }\n", "p.yaml:4:13 POLICY_E_SYNTAX");
    expect_errors("in_force: {from: 2021-2-3}\n", "p.yaml:4:18 POLICY_E_SYNTAX");
    expect_errors("in_force: {from: 2021-11-19, until: 2021-11-18}\n", "p.yaml:4:11 POLICY_E_SYNTAX");
    expect_errors("in_force: {form: 2021-11-19}\n", "p.yaml:4:12 POLICY_E_NAME ~from");
    expect_errors("rules: {a: b}\n", "p.yaml:4:8 POLICY_E_SYNTAX");
    expect_errors("source: {isued: 2021-11-19}\n", "p.yaml:4:10 POLICY_E_NAME ~issued");
    expect_errors("source: {text: ../../secret}\n", "p.yaml:4:16 POLICY_E_ARGUMENT");
    expect_errors("extends: [{pack: q}]\n", "p.yaml:4:11 POLICY_E_SYNTAX");
    expect_errors("extends: [{pack: q, version: \">=x\"}]\n", "p.yaml:4:30 POLICY_E_SYNTAX");
    expect_errors("extends: [{pack: q, version: \"1\"}]\n", "p.yaml:4:18 POLICY_E_NOT_FOUND");
}

Test(errors, of_rules)
{
    expect_errors(RULE("deny: grade <= 2"), "");
    expect_errors(RULE("deny: grade <= 2, sevrity: info"), "p.yaml:5:46 POLICY_E_NAME ~severity");
    expect_errors(RULE("deny: grade <= 2, severity: warnin"), "p.yaml:5:56 POLICY_E_NAME ~warning");
    expect_errors(RULE("deny: a, require: b"), "p.yaml:5:37 POLICY_E_SYNTAX");
    expect_errors(RULE("when: a"), "p.yaml:5:8 POLICY_E_SYNTAX");
    expect_errors(RULE("deny: a, at_most: 3"), "p.yaml:5:37 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), per: []"), "p.yaml:5:8 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), at_most: 1"), "p.yaml:5:3 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), per: [], at_most: 1, exactly: 1"), "p.yaml:5:55 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), per: [], at_most: 3, warn_below: 1"), "p.yaml:5:67 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), per: [], at_most: 3, warn_above: 1, severity: info"),
                  "p.yaml:5:67 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), per: [grade + 1], at_most: 3"), "p.yaml:5:52 POLICY_E_SYNTAX");
    expect_errors(RULE("measure: count(), per: [grade, grade], at_most: 3"),
                  "p.yaml:5:59 POLICY_E_DUPLICATE @p.yaml:5:52");
    expect_errors(RULE("measure: count(), per: [{a: x, b: y}], at_most: 3"), "p.yaml:5:52 POLICY_E_SYNTAX");
    expect_errors("rules:\n- {id: r, table: homwork, deny: a}\n", "p.yaml:5:18 POLICY_E_NAME ~homework");
    expect_errors("rules:\n- {table: homework, deny: a}\n", "p.yaml:5:3 POLICY_E_SYNTAX");
    expect_errors("rules:\n- {id: a b, table: homework, deny: a}\n", "p.yaml:5:8 POLICY_E_SYNTAX");
    expect_errors("rules:\n- text\n", "p.yaml:5:3 POLICY_E_SYNTAX");
    expect_errors(RULE("deny: a") "- {id: r, table: homework, deny: b}\n", "p.yaml:6:8 POLICY_E_DUPLICATE @p.yaml:5:8");
    expect_errors(RULE("each: {grade: x}, deny: a"), "p.yaml:5:42 POLICY_E_DUPLICATE @schema/mini.yaml:9:7");
    expect_errors(RULE("each: {a: x, b: y}, deny: a"), "p.yaml:5:34 POLICY_E_SYNTAX");
}

Test(errors, of_messages)
{
    expect_errors(RULE("deny: a, message: {zh: '{school}{{x}}'}"), "");
    expect_errors(RULE("deny: a, message: {zh: '{school'}"), "p.yaml:5:52 POLICY_E_SYNTAX");
    expect_errors(RULE("deny: a, message: {zh: '年级}'}"), "p.yaml:5:54 POLICY_E_SYNTAX");
    expect_errors(RULE("deny: a, message: {zh: '{school} { }'}"), "p.yaml:5:61 POLICY_E_SYNTAX");
    expect_errors(RULE("deny: a, message: 太多"), "p.yaml:5:46 POLICY_E_SYNTAX");
}

Test(errors, of_params_lets_and_measures)
{
    expect_errors("params: {a: 60}\n", "p.yaml:4:13 POLICY_E_SYNTAX");
    expect_errors("params: {a: {value: no}}\n", "p.yaml:4:21 POLICY_E_SYNTAX");
    expect_errors("params: {a: {value: [1, x]}}\n", "p.yaml:4:25 POLICY_E_TYPE @p.yaml:4:22");
    expect_errors("params: {a: {value: 1, stricter: less}}\n", "p.yaml:4:34 POLICY_E_NAME");
    expect_errors("params: {a: {value: 1, stricter: lowr}}\n", "p.yaml:4:34 POLICY_E_NAME ~lower");
    expect_errors("params: {a: {value: 1, open: true, stricter: lower}}\n", "p.yaml:4:46 POLICY_E_SYNTAX");
    expect_errors("params: {a: {value: text, stricter: lower}}\n", "p.yaml:4:21 POLICY_E_TYPE @p.yaml:4:10");
    expect_errors("params: {a: {value: 3, stricter: superset}}\n", "p.yaml:4:21 POLICY_E_TYPE @p.yaml:4:10");
    expect_errors("params: {a: {doc: {zh: x}}}\n", "p.yaml:4:13 POLICY_E_SYNTAX");
    expect_errors("params: {in: {value: 3}}\n", "p.yaml:4:10 POLICY_E_SYNTAX");
    expect_errors("let: {homework: {grade: '1'}}\n", "p.yaml:4:18 POLICY_E_DUPLICATE @schema/mini.yaml:9:7");
    expect_errors("let: {'homework, exam': {a: '1'}}\n", "p.yaml:4:26 POLICY_E_NAME");
    expect_errors("let: {'homework,': {a: '1'}}\n", "p.yaml:4:7 POLICY_E_SYNTAX");
    expect_errors("measures: [{id: homework, table: homework, per: [], measure: count()}]\n",
                  "p.yaml:4:17 POLICY_E_DUPLICATE @schema/mini.yaml:4:3");
    expect_errors("measures: [{id: minutes, table: homework, per: [], measure: count()}]\n",
                  "p.yaml:4:17 POLICY_E_DUPLICATE @schema/mini.yaml:11:7");
    expect_errors("measures: [{id: m, table: homework, measure: count()}]\n", "p.yaml:4:12 POLICY_E_SYNTAX");
    expect_errors("measures: [{id: m-1, table: homework, per: [], measure: count()}]\n", "p.yaml:4:17 POLICY_E_SYNTAX");
    expect_errors("measures:\n- {id: m, table: homework, per: [], measure: count()}\n"
                  "- {id: m, table: homework, per: [], measure: count()}\n",
                  "p.yaml:6:8 POLICY_E_DUPLICATE @p.yaml:5:8");
}

Test(errors, of_versions_in_time)
{
    expect_errors("params: {a: {versions: [{in_force: {until: 2022-08-31}, value: 1}, {in_force: {from: 2022-09-01}, "
                  "value: 2}]}}\n",
                  "");
    expect_errors("params: {a: {versions: [{in_force: {until: 2022-08-31}, value: 1}, {in_force: {from: 2022-08-31}, "
                  "value: 2}]}}\n",
                  "p.yaml:4:68 POLICY_E_DUPLICATE @p.yaml:4:25");
    expect_errors("params: {a: {versions: [{in_force: {from: 2022-09-02}, value: 2}, {in_force: {until: 2022-08-31}, "
                  "value: 1}]}}\n",
                  "p.yaml:4:25 POLICY_E_SYNTAX @p.yaml:4:67");
    expect_errors("rules:\n- {id: r, table: homework, deny: a, in_force: {until: 2022-08-31}}\n"
                  "- {id: r, table: homework, deny: b, in_force: {from: 2022-09-01}}\n",
                  "");
    expect_errors("rules:\n- {id: r, table: homework, deny: a, in_force: {until: 2022-08-31}}\n"
                  "- {id: r, table: homework, deny: b, in_force: {from: 2022-09-02}}\n",
                  "p.yaml:6:8 POLICY_E_SYNTAX @p.yaml:5:8");
    expect_errors("rules:\n- {id: r, table: homework, deny: a}\n"
                  "- {id: r, table: homework, deny: b, in_force: {from: 2022-09-02}}\n",
                  "p.yaml:6:8 POLICY_E_DUPLICATE @p.yaml:5:8");
}

Test(errors, of_calendars_bands_and_clauses)
{
    expect_errors("calendar: {terms: {2021-2022-1: [2021-09-01, 2022-01-21]}, workdays: [2021-09-18]}\n", "");
    expect_errors("calendar: {terms: {autumn: [2021-09-01, 2022-01-21]}}\n", "p.yaml:4:20 POLICY_E_SYNTAX");
    expect_errors("calendar: {terms: {2021-2023-1: [2021-09-01, 2022-01-21]}}\n", "p.yaml:4:20 POLICY_E_SYNTAX");
    expect_errors("calendar: {terms: {2021-2022-1: [2021-09-01]}}\n", "p.yaml:4:33 POLICY_E_SYNTAX");
    expect_errors("calendar: {terms: {2021-2022-1: [2021-09-01, 2022-01-21], 2021-2022-2: [2022-01-21, 2022-07-01]}}\n",
                  "p.yaml:4:59 POLICY_E_SYNTAX");
    expect_errors("calendar: {holidays: [{name: 国庆, until: 2021-10-07}]}\n", "p.yaml:4:23 POLICY_E_SYNTAX");
    expect_errors("bands: {b: {bands: [{name: A, from: 0.5}, {name: B, from: 0}]}}\n", "");
    expect_errors("bands: {b: {bands: [{name: A, from: 0.5}, {name: B, from: 0.6}]}}\n",
                  "p.yaml:4:43 POLICY_E_SYNTAX\np.yaml:4:43 POLICY_E_SYNTAX");
    expect_errors("bands: {b: {bands: [{name: A, from: 0.5}, {name: B, from: 0.1}]}}\n", "p.yaml:4:43 POLICY_E_SYNTAX");
    expect_errors("bands: {b: {bands: [{name: A, from: 0}]}}\n", "p.yaml:4:20 POLICY_E_SYNTAX");
    expect_errors("bands: {b: {bands: [{name: A, from: 1.5}, {name: B, from: 0}]}}\n", "p.yaml:4:37 POLICY_E_SYNTAX");
    expect_errors("clauses: {2.10: {section: 2, quote: q, reason: {zh: x}}}\n", "");
    expect_errors("clauses: {2.10: {section: 2, quote: q}}\n", "p.yaml:4:11 POLICY_E_SYNTAX");
    expect_errors("clauses: {2.10: {section: 2, quote: q, rules: [nothing]}}\n", "p.yaml:4:47 POLICY_E_NAME");
    expect_errors("clauses: {2.10: {section: 2, quote: q, rules: [r]}}\n" RULE("deny: a, clause: 2.1"),
                  "p.yaml:6:45 POLICY_E_NAME ~2.10");
}

Test(errors, all_come_in_one_run_and_in_order)
{
    expect_errors("rulez: []\nparams: {a: 60}\nrules:\n- {id: r, tabel: homework, deny: a}\n",
                  "p.yaml:4:1 POLICY_E_NAME ~rules\n"
                  "p.yaml:5:13 POLICY_E_SYNTAX\n"
                  "p.yaml:7:3 POLICY_E_SYNTAX\n"
                  "p.yaml:7:11 POLICY_E_NAME ~table");
    static char text[20000];
    size_t size = (size_t)snprintf(text, sizeof text, HEAD "rules:\n");
    for (int i = 0; i < 150; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "- {id: r%d, table: nowhere, deny: a}\n", i);
    world w;
    world_begin(&w);
    world_file(&w, "p.yaml", text);
    world_root(&w, "p");
    world_load(&w);
    size_t count = 0;
    for (const policy_error *e = w.error; e; e = policy_error_next(e))
        count++;
    cr_expect_eq(count, 100);
    world_end(&w);
}

Test(errors, show_the_line_and_the_rule)
{
    world w;
    world_begin(&w);
    world_file(&w, "p.yaml", HEAD RULE("deny: a, colour: red"));
    world_root(&w, "p");
    world_load(&w);
    cr_assert_not_null(w.error);
    cr_expect_str_eq(policy_error_rule(w.error), "r");
    cr_expect_not_null(strstr(policy_error_excerpt(w.error), "colour: red"));
    cr_expect_not_null(strstr(policy_error_message(w.error, POLICY_LANGUAGE_ZH), "colour"));
    world_end(&w);
}

static void expect_schema_error(const char *fields, const char *expected)
{
    static char text[4096], line[512];
    snprintf(text, sizeof text, "schema: s\ntypes:\n  t:\n    fields:\n%s", fields);
    world w;
    world_begin(&w);
    world_file(&w, "schema/s.yaml", text);
    world_file(&w, "p.yaml", "pack: p\nversion: \"1\"\nschema: s\n");
    world_root(&w, "p");
    world_load(&w);
    cr_expect_str_eq(error_line(w.error, line), expected, "%s gave %s", fields, line);
    world_end(&w);
}

Test(errors, of_record_types)
{
    expect_schema_error("      a: {type: int, min: 0, default: none}\n", "no error");
    expect_schema_error("      a: {type: integer}\n", "schema/s.yaml:5:17 POLICY_E_NAME");
    expect_schema_error("      a: {type: strng}\n", "schema/s.yaml:5:17 POLICY_E_NAME ~string");
    expect_schema_error("      a: {type: int, reader: grad}\n", "schema/s.yaml:5:30 POLICY_E_NAME ~grade");
    expect_schema_error("      a: {type: string, reader: grade}\n", "schema/s.yaml:5:33 POLICY_E_TYPE");
    expect_schema_error("      a: {type: int, min: 3, max: 1}\n",
                        "schema/s.yaml:5:35 POLICY_E_SYNTAX @schema/s.yaml:5:27");
    expect_schema_error("      a: {type: string, min: 3}\n", "schema/s.yaml:5:30 POLICY_E_TYPE");
    expect_schema_error("      a: {type: enum}\n", "schema/s.yaml:5:10 POLICY_E_SYNTAX");
    expect_schema_error("      a: {type: enum, values: {x: [一], y: []}, default: z}\n",
                        "schema/s.yaml:5:57 POLICY_E_NAME");
    expect_schema_error("      a: {type: bool, default: yes}\n", "schema/s.yaml:5:32 POLICY_E_TYPE");
    expect_schema_error("      a: {type: int, empty: default}\n", "schema/s.yaml:5:29 POLICY_E_SYNTAX");
    expect_schema_error("      a: {type: int, reader: minutes, high: b}\n", "schema/s.yaml:5:45 POLICY_E_NAME");
    expect_schema_error("      a: {type: int, also_from: b}\n", "schema/s.yaml:5:33 POLICY_E_NAME");
    expect_schema_error("      a: {type: date}\n    dated_by: b\n", "schema/s.yaml:6:15 POLICY_E_NAME");
    expect_schema_error("      a: {type: int}\n    dated_by: a\n", "schema/s.yaml:6:15 POLICY_E_TYPE");
    expect_schema_error("      a: {type: int}\n    identity: [b]\n", "schema/s.yaml:6:16 POLICY_E_NAME");
    expect_schema_error("      a: {type: int}\n    default: nothing\n", "schema/s.yaml:6:14 POLICY_E_SYNTAX");
    expect_schema_error("      a: {type: int}\nsystems: {table: u}\n", "schema/s.yaml:6:18 POLICY_E_NAME");
    expect_schema_error("      a-b: {type: int}\n", "schema/s.yaml:5:7 POLICY_E_SYNTAX");
}
