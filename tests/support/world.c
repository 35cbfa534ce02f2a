/*
 * See world.h.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "support/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char world_schema[] = "schema: mini\n"
                            "version: \"1.0\"\n"
                            "types:\n"
                            "  place:\n"
                            "    identity: [school]\n"
                            "    default: none\n"
                            "    fields:\n"
                            "      school: {type: string}\n"
                            "      years: {type: int, default: none}\n"
                            "  work:\n"
                            "    dated_by: day\n"
                            "    identity: [school, day]\n"
                            "    fields:\n"
                            "      school: {type: string, title: {zh: 学校}}\n"
                            "      grade: {type: int}\n"
                            "      day: {type: date, title: {zh: 日期}}\n"
                            "      minutes: {type: int, min: 0, max: 600, title: {zh: 预计时长}}\n"
                            "      hours: {type: double, default: none}\n"
                            "      form: {type: enum, values: {written: [书面], oral: [口头]}, title: {zh: 作业类型}}\n"
                            "      tier: {type: string, default: none}\n"
                            "      until: {type: date, default: none}\n"
                            "      end: {type: time, default: none}\n"
                            "      note: {type: string, default: none}\n"
                            "  visit:\n"
                            "    dated_by: day\n"
                            "    identity: [school, who, day]\n"
                            "    fields:\n"
                            "      school: {type: string}\n"
                            "      who: {type: string}\n"
                            "      day: {type: date}\n"
                            "  coverage:\n"
                            "    identity: [record_type, school]\n"
                            "    fields:\n"
                            "      record_type: {type: enum, values: {work: [作业], paper: [备案], visit: [来访]}}\n"
                            "      school: {type: string, default: none}\n"
                            "      from: {type: date, default: none}\n"
                            "      until: {type: date, default: none}\n"
                            "  paper:\n"
                            "    identity: [school, kind]\n"
                            "    fields:\n"
                            "      school: {type: string}\n"
                            "      kind: {type: string}\n"
                            "      year: {type: string, default: none}\n";

world *world_try(const policy_options *options, const char *pack, policy_error **err)
{
    policy_builder *builder = NULL;
    world *w = calloc(1, sizeof *w);
    policy_status status = policy_builder_new(options, &builder, err);
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(builder, "schema/mini.yaml", world_schema, strlen(world_schema), err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_load_memory(builder, "test.yaml", pack, strlen(pack), err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(builder, &w->engine, err);
    }
    policy_builder_free(builder);
    if (status == POLICY_OK) {
        status = policy_ledger_new(w->engine, &w->ledger, err);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_set_evidence(w->ledger, POLICY_EVIDENCE_FIRST, 20, err);
    }
    if (status != POLICY_OK) {
        world_free(w);
        return NULL;
    }
    return w;
}

static void print_errors(const policy_error *err, char *out, size_t room)
{
    size_t at = 0;
    for (; err != NULL && at < room; err = policy_error_next(err)) {
        const char *nearest = policy_error_nearest(err);
        int n = snprintf(out + at, room - at, "%u:%u %s %s%s%s\n", policy_error_line(err), policy_error_column(err),
                         policy_status_name(policy_error_status(err)), policy_error_message(err, POLICY_LANGUAGE_EN),
                         nearest && !strstr(policy_error_message(err, POLICY_LANGUAGE_EN), nearest) ? " ~ " : "",
                         nearest && !strstr(policy_error_message(err, POLICY_LANGUAGE_EN), nearest) ? nearest : "");
        at += n > 0 ? (size_t)n : 0;
    }
}

world *world_new(const char *pack)
{
    policy_error *err = NULL;
    world *w = world_try(NULL, pack, &err);
    if (w == NULL) {
        char text[4096] = "";
        print_errors(err, text, sizeof text);
        policy_error_free(err);
        cr_assert_fail("the pack does not load:\n%s", text);
    }
    return w;
}

void world_free(world *w)
{
    if (w != NULL) {
        policy_ledger_free(w->ledger);
        policy_engine_unref(w->engine);
        free(w);
    }
}

policy_status world_try_row(world *w, const char *type, const char *cells, policy_error **err)
{
    policy_record *record = NULL;
    policy_status status = policy_record_new(w->engine, type, &record, err);
    char copy[1024];
    snprintf(copy, sizeof copy, "%s", cells);
    for (char *at = copy; status == POLICY_OK && at != NULL && *at != '\0';) {
        char *next = strchr(at, '|');
        if (next != NULL) {
            *next++ = '\0';
        }
        char *text = strchr(at, '=');
        cr_assert_not_null(text, "a cell is field=text: %s", at);
        *text++ = '\0';
        status = policy_record_set_text(record, at, *text ? text : NULL, err);
        at = next;
    }
    if (status == POLICY_OK) {
        status = policy_record_set_source(record, "data", w->row + 1, err);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_post(w->ledger, record, err);
    }
    w->row += status == POLICY_OK ? 1 : 0;
    policy_record_free(record);
    return status;
}

void world_row(world *w, const char *type, const char *cells)
{
    policy_error *err = NULL;
    policy_status status = world_try_row(w, type, cells, &err);
    cr_assert_eq(status, POLICY_OK, "%s %s: %s", type, cells, policy_error_message(err, POLICY_LANGUAGE_EN));
}

void world_rows(world *w, const char *type, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        world_row(w, type, cells[i]);
    }
}

int32_t world_day(const char *iso)
{
    int year = 0, month = 0, day = 0;
    cr_assert_eq(sscanf(iso, "%d-%d-%d", &year, &month, &day), 3);
    /* Days from civil, Howard Hinnant's well-known formula written out. */
    year -= month <= 2;
    int era = year / 400;
    int of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void world_as_of(world *w, const char *iso)
{
    cr_assert_eq(policy_ledger_set_as_of(w->ledger, world_day(iso), NULL), POLICY_OK);
}

static void print_finding(const policy_finding *f, FILE *out)
{
    fprintf(out, "%s %s %s", policy_finding_rule(f), policy_verdict_name(policy_finding_verdict(f)),
            policy_severity_name(policy_finding_severity(f)));
    for (size_t i = 0; i < policy_finding_key_count(f); i++) {
        fprintf(out, " %s=%s", policy_finding_key_name(f, i), policy_finding_key(f, i).text);
    }
    if (policy_finding_value(f).kind != POLICY_DATUM_NONE) {
        fprintf(out, " value=%s", policy_finding_value(f).text);
    }
    if (policy_finding_limit(f).kind != POLICY_DATUM_NONE) {
        fprintf(out, " limit=%s", policy_finding_limit(f).text);
    }
    for (size_t i = 0; i < policy_finding_row_count(f); i++) {
        fprintf(out, "%s%llu", i == 0 ? " rows=" : ",", (unsigned long long)policy_finding_row(f, i));
    }
    for (size_t i = 0; i < policy_finding_missing_count(f); i++) {
        fprintf(out, "%s%s", i == 0 ? " missing=" : ",", policy_finding_missing(f, i));
    }
    fputc('\n', out);
}

char *world_findings(world *w, policy_error **err)
{
    policy_findings *all = NULL;
    if (policy_ledger_findings(w->ledger, &all, err) != POLICY_OK) {
        return NULL;
    }
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < policy_findings_count(all); i++) {
        print_finding(policy_findings_at(all, i), out);
    }
    fclose(out);
    policy_findings_free(all);
    return text;
}

void world_expect_at(world *w, const char *lines, const char *file, int line)
{
    char *got = world_findings(w, NULL);
    cr_assert_not_null(got);
    bool same = strcmp(got, lines) == 0;
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", got);
    free(got);
    cr_assert(same, "%s:%d: findings differ\nexpected:\n%s\ngot:\n%s", file, line, lines, copy);
}

static size_t find_rule(const policy_engine *engine, const char *rule)
{
    for (size_t i = 0; i < policy_engine_rule_count(engine); i++) {
        if (strcmp(policy_engine_rule_id(engine, i), rule) == 0) {
            return i;
        }
    }
    cr_assert_fail("no rule %s", rule);
    return 0;
}

void world_expect_counts(world *w, const char *rule, const char *counts)
{
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &all, NULL), POLICY_OK);
    size_t at = find_rule(w->engine, rule);
    char got[256] = "";
    for (policy_verdict v = POLICY_PASS; v <= POLICY_ERROR; v++) {
        unsigned long long n = policy_findings_verdicts(all, at, v);
        if (n > 0) {
            size_t used = strlen(got);
            snprintf(got + used, sizeof got - used, "%s%s %llu", used ? " " : "", policy_verdict_name(v), n);
        }
    }
    policy_findings_free(all);
    cr_assert_str_eq(got, counts);
}

void world_expect_message(world *w, const char *rule, const char *zh, const char *en)
{
    policy_findings *all = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &all, NULL), POLICY_OK);
    const policy_finding *found = NULL;
    for (size_t i = 0; i < policy_findings_count(all) && found == NULL; i++) {
        if (strcmp(policy_finding_rule(policy_findings_at(all, i)), rule) == 0) {
            found = policy_findings_at(all, i);
        }
    }
    cr_assert_not_null(found, "no finding of %s", rule);
    policy_text *text = NULL;
    cr_assert_eq(policy_finding_message(found, POLICY_LANGUAGE_ZH, &text, NULL), POLICY_OK);
    cr_assert_str_eq(policy_text_data(text), zh);
    policy_text_free(text);
    text = NULL;
    cr_assert_eq(policy_finding_message(found, POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert_str_eq(policy_text_data(text), en);
    policy_text_free(text);
    policy_findings_free(all);
}

void world_refuses(const char *pack, const char *lines)
{
    policy_error *err = NULL;
    world *w = world_try(NULL, pack, &err);
    cr_assert_null(w, "the pack loads");
    char got[8192] = "";
    print_errors(err, got, sizeof got);
    policy_error_free(err);
    cr_assert_str_eq(got, lines);
}
