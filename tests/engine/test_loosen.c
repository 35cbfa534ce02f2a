/*
 * Ways to loosen a base, each refused with the overlay's place and the base's; and overlays that tighten, whose order does
 * not matter. The packs are files in tests/data/loosen/.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#define FOLDER POLICY_SOURCE_DIR "/tests/data/loosen"

/* NULL and *err when the rules are refused. */
static policy_engine *engine_of(const char *const *names, size_t count, policy_error **err)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_add_directory(builder, FOLDER, NULL), POLICY_OK);
    for (size_t i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s.yaml", FOLDER, names[i]);
        cr_assert_eq(policy_builder_load(builder, path, NULL), POLICY_OK);
    }
    (void)policy_builder_build(builder, &engine, err);
    policy_builder_free(builder);
    return engine;
}

static const char *file_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "-";
}

/* FILE:LINE:COLUMN, FILE:LINE:COLUMN of the other place, message. */
static void refused(const char *name, const char *expected)
{
    policy_error *err = NULL;
    char line[1024];
    policy_engine *engine = engine_of(&name, 1, &err);
    cr_assert_null(engine, "%s was accepted", name);
    snprintf(line, sizeof line, "%u:%u %s:%u:%u %s", policy_error_line(err), policy_error_column(err),
             file_of(policy_error_other_file(err)), policy_error_other_line(err), policy_error_other_column(err),
             policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_expect(strncmp(line, expected, strlen(expected)) == 0, "%s: %s\nexpected: %s", name, line, expected);
    char own[128];
    snprintf(own, sizeof own, "%s.yaml", name);
    cr_expect_str_eq(file_of(policy_error_file(err)), own);
    cr_expect_null(policy_error_next(err), "%s: one mistake, one error", name);
    policy_error_free(err);
}

Test(loosen, changed_check_is_refused)
{
    refused("changed-check",
            "5:32 base.yaml:47:7 'deny' of rule 'not-punitive' is closed: an overlay may say at_most,");
}

Test(loosen, changed_enum_is_refused)
{
    refused("changed-enum", "2:7 base.yaml:2:7 record types 'other' do not go together with 'small' of the other pack");
}

Test(loosen, changed_keys_is_refused)
{
    refused("changed-keys",
            "5:25 base.yaml:31:7 'per' of rule 'count' is closed: an overlay may say at_most, at_least,");
}

Test(loosen, changed_table_is_refused)
{
    refused("changed-table", "5:25 base.yaml:31:7 'table' of rule 'count' is closed: an overlay may say at_most,");
}

Test(loosen, deleted_rule_is_refused)
{
    refused("deleted-rule", "5:25 base.yaml:31:7 'delete' of rule 'count' is closed: an overlay may say at_most,");
}

Test(loosen, empty_list_is_refused)
{
    refused("empty-list", "5:18 base.yaml:9:19 parameter 'banned' may only grow, but '罚抄' is missing");
}

Test(loosen, fixed_param_is_refused)
{
    refused("fixed-param", "5:10 base.yaml:11:3 parameter 'fixed' is fixed: it is neither 'open' nor has it a");
}

Test(loosen, higher_bound_is_refused)
{
    refused("higher-bound", "5:34 base.yaml:31:7 at_most 4 would loosen rule 'count', whose at_most is 3");
}

Test(loosen, higher_cap_is_refused)
{
    refused("higher-cap", "5:25 base.yaml:7:26 parameter 'cap' may only be lowered: 61 is more than 60");
}

Test(loosen, later_in_force_is_refused)
{
    refused("later-in-force", "5:25 base.yaml:31:7 'in_force' of rule 'count' is closed: an overlay may say at_most,");
}

Test(loosen, longer_exception_is_refused)
{
    refused("longer-exception", "5:18 base.yaml:10:19 parameter 'spared' may only shrink, but '自愿' is new");
}

Test(loosen, lower_bound_is_refused)
{
    refused("lower-bound", "5:37 base.yaml:42:7 at_least 1 would loosen rule 'variety', whose at_least is 2");
}

Test(loosen, lower_floor_is_refused)
{
    refused("lower-floor", "5:17 base.yaml:8:18 parameter 'floor' may only be raised: 0.4 is less than 0.5");
}

Test(loosen, lower_severity_is_refused)
{
    refused("lower-severity",
            "5:42 base.yaml:47:7 severity 'warning' would lower that of rule 'not-punitive', which is");
}

Test(loosen, misspelt_rule_is_refused)
{
    refused("misspelt-rule", "5:18 -:0:0 no base pack has a rule 'cuont'");
}

Test(loosen, narrowed_when_is_refused)
{
    refused("narrowed-when",
            "5:32 base.yaml:47:7 'when' of rule 'not-punitive' is closed: an overlay may say at_most,");
}

Test(loosen, other_bound_is_refused)
{
    refused("other-bound", "5:36 base.yaml:42:7 rule 'variety' has no at_most that could be moved");
}

Test(loosen, other_version_is_refused)
{
    refused("other-version", "4:33 base.yaml:2:7 this needs version 2.0 of pack 'base', but version 1.0 was found");
}

Test(loosen, redeclared_param_is_refused)
{
    refused("redeclared-param", "5:10 base.yaml:7:3 parameter 'cap' is already in the base pack 'base'");
}

Test(loosen, shadowed_let_is_refused)
{
    refused("shadowed-let", "5:18 base.yaml:15:5 let 'stage' is already in the base pack 'base'");
}

Test(loosen, shadowed_measure_is_refused)
{
    refused("shadowed-measure", "5:17 base.yaml:17:7 measure 'daily' is already in the base pack 'base'");
}

Test(loosen, shadowed_rule_is_refused)
{
    refused("shadowed-rule", "5:14 base.yaml:31:7 rule 'count' is already in the base pack 'base'");
}

Test(loosen, shorter_list_is_refused)
{
    refused("shorter-list", "5:18 base.yaml:9:19 parameter 'banned' may only grow, but '罚写' is missing");
}

Test(loosen, widened_floor_is_refused)
{
    refused("widened-floor",
            "5:38 base.yaml:42:7 'also_when' cannot be shown to tighten rule 'variety': it is for deny");
}

Test(loosen, wider_calendar_is_refused)
{
    refused("wider-calendar", "5:11 base.yaml:23:3 calendar 'calendar' is already in the base pack 'base'");
}

Test(loosen, wrong_way_when_is_refused)
{
    refused("wrong-way-when", "6:51 wrong-way-when.yaml:5:10 cannot follow `stricter` of early here");
}

Test(loosen, what_tightens_is_accepted)
{
    const char *names[] = {"accepted-a", "accepted-b"};
    for (size_t i = 0; i < 2; i++) {
        policy_error *err = NULL;
        policy_engine *engine = engine_of(&names[i], 1, &err);
        cr_assert_not_null(engine, "%s", policy_error_message(err, POLICY_LANGUAGE_EN));
        policy_engine_unref(engine);
    }
}

/* ---- order ---- */

static void post(policy_ledger *ledger, policy_engine *engine, const char *grade, const char *minutes, const char *form,
                 const char *text)
{
    policy_record *row = NULL;
    const char *const names[] = {"school", "assigned", "grade", "minutes", "form", "text"};
    const char *const cells[] = {"A", "2021-12-01", grade, minutes, form, text};
    cr_assert_eq(policy_record_new(engine, "homework", &row, NULL), POLICY_OK);
    for (size_t i = 0; i < 6; i++) {
        cr_assert_eq(policy_record_set_text(row, names[i], cells[i], NULL), POLICY_OK);
    }
    cr_assert_eq(policy_ledger_post(ledger, row, NULL), POLICY_OK);
    policy_record_free(row);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Rule, severity, value and limit of each finding, sorted: rules of two overlays may stand in either order. */
static void findings_of(const char *const *names, char lines[16][160], size_t *count)
{
    policy_error *err = NULL;
    policy_engine *engine = engine_of(names, 2, &err);
    policy_ledger *ledger = NULL;
    policy_findings *findings = NULL;
    cr_assert_not_null(engine, "%s", policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_assert_eq(policy_ledger_new(engine, &ledger, NULL), POLICY_OK);
    post(ledger, engine, "3", "48", "written", "抄写");
    post(ledger, engine, "8", "85", "written", "罚背");
    post(ledger, engine, "10", "1", "written", "罚抄");
    post(ledger, engine, "10", "1", "oral", "补交罚抄");
    cr_assert_eq(policy_ledger_findings(ledger, &findings, NULL), POLICY_OK);
    *count = policy_findings_count(findings);
    cr_assert_leq(*count, 16);
    for (size_t i = 0; i < *count; i++) {
        const policy_finding *f = policy_findings_at(findings, i);
        snprintf(lines[i], sizeof lines[i], "%s %s %s %s/%s", policy_finding_rule(f),
                 policy_verdict_name(policy_finding_verdict(f)), policy_severity_name(policy_finding_severity(f)),
                 policy_finding_value(f).text ? policy_finding_value(f).text : "-",
                 policy_finding_limit(f).text ? policy_finding_limit(f).text : "-");
    }
    qsort(lines, *count, sizeof lines[0], by_text);
    policy_findings_free(findings);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
}

Test(loosen, overlays_that_tighten_commute)
{
    static char forwards[16][160], backwards[16][160];
    size_t there = 0, back = 0;
    findings_of((const char *[]){"accepted-a", "accepted-b"}, forwards, &there);
    findings_of((const char *[]){"accepted-b", "accepted-a"}, backwards, &back);
    cr_assert_eq(there, back);
    for (size_t i = 0; i < there; i++) {
        cr_expect_str_eq(forwards[i], backwards[i]);
    }
    /* The stricter of each: 45 minutes of the one, 80 of the other, two records a day, grade 10 too, and 罚背. */
    bool primary = false, junior = false, number = false;
    size_t punitive = 0;
    for (size_t i = 0; i < there; i++) {
        primary = primary || strstr(forwards[i], "minutes fail violation 48/45") != NULL;
        junior = junior || strstr(forwards[i], "/80") != NULL;
        number = number || strstr(forwards[i], "count fail violation 3/2") != NULL;
        punitive += strstr(forwards[i], "not-punitive fail") != NULL;
    }
    cr_expect(primary && junior && number && punitive == 2, "%s|%s|%s|%s|%s", forwards[0], forwards[1], forwards[2],
              forwards[3], forwards[4]);
}
