/*
 * Records as hosts fill them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define PACK                                                                                                           \
    "pack: test\nversion: \"1.0\"\nschema: mini\nrules:\n"                                                             \
    "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 60}\n"

typedef struct desk { /* a world and a record of its type `work` */
    world *w;
    policy_record *record;
} desk;

static desk desk_new(void)
{
    desk d = {world_new(PACK), NULL};
    cr_assert_eq(policy_record_new(d.w->engine, "work", &d.record, NULL), POLICY_OK);
    return d;
}

static void desk_free(desk *d)
{
    policy_record_free(d->record);
    world_free(d->w);
}

static int32_t field(const desk *d, const char *name)
{
    return policy_engine_field(d->w->engine, "work", name);
}

Test(record_door, takes_typed_values_as_well_as_text)
{
    desk d = desk_new();
    const int32_t fields[] = {field(&d, "school"), field(&d, "day"), field(&d, "minutes"), field(&d, "hours")};
    const policy_value values[] = {
        {.kind = POLICY_VALUE_TEXT, .text = "A", .size = 1},
        {.kind = POLICY_VALUE_DATE, .integer = world_day("2021-12-01")},
        {.kind = POLICY_VALUE_INT, .integer = 61},
        {.kind = POLICY_VALUE_DOUBLE, .number = 1.5},
    };
    cr_assert_eq(policy_record_set_many(d.record, fields, values, 4, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_source(d.record, "book", 7, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(d.w->ledger, d.record, NULL), POLICY_OK);
    world_expect(d.w, "daily fail violation school=A day=2021-12-01 value=61 limit=60 rows=7\n");
    desk_free(&d);
}

Test(record_door, copies_text)
{
    desk d = desk_new();
    char school[] = "A";
    char source[] = "book";
    cr_assert_eq(policy_record_set_text(d.record, "school", school, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_source(d.record, source, 1, NULL), POLICY_OK);
    school[0] = 'B';
    source[0] = 'x';
    cr_assert_eq(policy_record_set_text(d.record, "day", "2021年12月1日", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_int(d.record, "minutes", 90, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(d.w->ledger, d.record, NULL), POLICY_OK);
    world_expect(d.w, "daily fail violation school=A day=2021-12-01 value=90 limit=60 rows=1\n");
    desk_free(&d);
}

Test(record_door, sets_all_fields_or_none)
{
    desk d = desk_new();
    const int32_t fields[] = {field(&d, "school"), field(&d, "day"), field(&d, "minutes")};
    policy_value values[] = {
        {.kind = POLICY_VALUE_TEXT, .text = "A", .size = 1},
        {.kind = POLICY_VALUE_DATE, .integer = world_day("2021-12-01")},
        {.kind = POLICY_VALUE_BOOL, .integer = 1},
    };
    policy_error *err = NULL;
    cr_assert_eq(policy_record_set_many(d.record, fields, values, 3, &err), POLICY_E_ARGUMENT);
    cr_assert_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), "minutes"));
    policy_error_free(err);
    cr_assert_eq(policy_record_set_int(d.record, "minutes", 61, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(d.w->ledger, d.record, NULL), POLICY_OK);
    policy_findings *findings = NULL; /* the school was not set: no group of its own */
    cr_assert_eq(policy_ledger_findings(d.w->ledger, &findings, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_verdicts(findings, 0, POLICY_FAIL), 0);
    cr_assert_eq(policy_findings_count(findings), 1);
    cr_assert_eq(policy_finding_verdict(policy_findings_at(findings, 0)), POLICY_UNKNOWN);
    policy_findings_free(findings);
    desk_free(&d);
}

Test(record_door, refuses_handles_of_other_types)
{
    desk d = desk_new();
    policy_value v = {.kind = POLICY_VALUE_TEXT, .text = "A", .size = 1};
    const int32_t wrong[] = {-1, policy_engine_field(d.w->engine, "paper", "school"), field(&d, "school") + 40,
                             INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        policy_error *err = NULL;
        cr_assert_eq(policy_record_set(d.record, wrong[i], &v, &err), POLICY_E_ARGUMENT, "%d", (int)wrong[i]);
        cr_assert_eq(policy_error_status(err), POLICY_E_ARGUMENT);
        policy_error_free(err);
    }
    desk_free(&d);
}

Test(record_door, refuses_kinds_that_a_field_cannot_take)
{
    static const struct {
        const char *field;
        policy_value v;
        policy_status status;
    } all[] = {
        {"minutes", {.kind = POLICY_VALUE_DOUBLE, .number = 2.5}, POLICY_OK}, /* reported when judged */
        {"minutes", {.kind = POLICY_VALUE_DATE, .integer = 1}, POLICY_E_ARGUMENT},
        {"day", {.kind = POLICY_VALUE_INT, .integer = 1}, POLICY_E_ARGUMENT},
        {"day", {.kind = POLICY_VALUE_DATE, .integer = 4000000}, POLICY_E_ARGUMENT},
        {"form", {.kind = POLICY_VALUE_INT, .integer = 1}, POLICY_E_ARGUMENT},
        {"end", {.kind = POLICY_VALUE_TIME, .integer = 63000}, POLICY_OK},
        {"end", {.kind = POLICY_VALUE_TIME, .integer = -1}, POLICY_E_ARGUMENT},
        {"end", {.kind = POLICY_VALUE_TIMESTAMP, .integer = 1}, POLICY_E_ARGUMENT},
        {"school", {.kind = POLICY_VALUE_INT, .integer = 2}, POLICY_OK},
        {"school", {.kind = POLICY_VALUE_NONE}, POLICY_OK},
        {"school", {.kind = POLICY_VALUE_ABSENT}, POLICY_OK},
        {"school", {.kind = POLICY_VALUE_TEXT, .size = 3}, POLICY_E_ARGUMENT},
        {"school", {.kind = 99}, POLICY_E_ARGUMENT},
    };
    desk d = desk_new();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_assert_eq(policy_record_set(d.record, field(&d, all[i].field), &all[i].v, NULL), all[i].status, "%zu", i);
    }
    desk_free(&d);
}

Test(record_door, names_the_nearest_field_and_type)
{
    desk d = desk_new();
    policy_error *err = NULL;
    cr_assert_eq(policy_record_set_int(d.record, "minuts", 1, &err), POLICY_E_NOT_FOUND);
    cr_assert_str_eq(policy_error_nearest(err), "minutes");
    policy_error_free(err);
    err = NULL;
    policy_record *record = NULL;
    cr_assert_eq(policy_record_new(d.w->engine, "wrok", &record, &err), POLICY_E_NOT_FOUND);
    cr_assert_null(record);
    policy_error_free(err);
    desk_free(&d);
}

Test(record_door, is_empty_after_clearing)
{
    desk d = desk_new();
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(policy_record_set_text(d.record, "school", "A", NULL), POLICY_OK);
        cr_assert_eq(policy_record_set_text(d.record, "day", "2021-12-01", NULL), POLICY_OK);
        cr_assert_eq(policy_record_set_int(d.record, "minutes", 70, NULL), POLICY_OK);
        policy_record_clear(d.record);
    }
    cr_assert_eq(policy_record_set_text(d.record, "school", "A", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(d.record, "day", "2021-12-01", NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(d.w->ledger, d.record, NULL), POLICY_OK);
    world_expect_counts(d.w, "daily", "unknown 1");
    desk_free(&d);
}

Test(record_door, outlives_the_callers_reference_to_the_engine)
{
    desk d = desk_new();
    policy_engine *engine = d.w->engine;
    d.w->engine = NULL;
    policy_ledger_free(d.w->ledger);
    d.w->ledger = NULL;
    policy_engine_unref(engine);
    cr_assert_eq(policy_record_set_text(d.record, "school", "A", NULL), POLICY_OK);
    desk_free(&d);
}

Test(record_door, filled_again_without_clearing_does_not_grow)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    policy_options *options = NULL;
    cr_assert_eq(policy_options_new(&f.allocator, &options, NULL), POLICY_OK);
    world *w = world_try(options, PACK, NULL);
    policy_record *record = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &record, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(record, "note", "stays", NULL), POLICY_OK);
    size_t before = f.live_bytes;
    char text[200] = "";
    for (int i = 0; i < 20000; i++) {
        memset(text, 'a' + i % 26, sizeof text - 1);
        cr_assert_eq(policy_record_set_text(record, "school", text, NULL), POLICY_OK);
        cr_assert_eq(policy_record_set_source(record, text, 1, NULL), POLICY_OK);
    }
    cr_assert_lt(f.peak_bytes, before + 1024 * 1024);
    cr_assert_eq(policy_record_set_text(record, "day", "2021-12-01", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_int(record, "minutes", 61, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(w->ledger, record, NULL), POLICY_OK);
    policy_findings *findings = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &findings, NULL), POLICY_OK);
    cr_assert_str_eq(policy_finding_key(policy_findings_at(findings, 0), 0).text, text);
    policy_findings_free(findings);
    policy_record_free(record);
    world_free(w);
    policy_options_free(options);
    cr_assert_eq(failing_allocator_live(&f), 0);
}

/* ---- JSON ---- */

static policy_status set_json(desk *d, const char *text, policy_error **err)
{
    return policy_record_set_json(d->record, text, strlen(text), err);
}

Test(record_door, a_form_comes_as_a_json_object)
{
    desk d = desk_new();
    cr_assert_eq(policy_record_set_text(d.record, "form", "oral", NULL), POLICY_OK); /* is cleared */
    cr_assert_eq(
        set_json(&d, "{\"school\": \"望海小学\", \"day\": \"2021年12月1日\", \"minutes\": 61, \"form\": null}", NULL),
        POLICY_OK);
    cr_assert_eq(policy_ledger_post(d.w->ledger, d.record, NULL), POLICY_OK);
    world_expect(d.w, "daily fail violation school=望海小学 day=2021-12-01 value=61 limit=60\n");
    desk_free(&d);
}

Test(record_door, json_that_is_no_form_is_refused_and_changes_nothing)
{
    static const struct {
        const char *text;
        policy_status status;
        const char *says;
    } cases[] = {{"", POLICY_E_SYNTAX, "line 1"},
                 {"[1]", POLICY_E_SYNTAX, "no JSON object"},
                 {"{\"school\": \"a\",\n \"minutes\" 3}", POLICY_E_SYNTAX, "line 2"},
                 {"{\"minutes\": 1, \"minutes\": 2}", POLICY_E_SYNTAX, "no JSON object"},
                 {"{\"school\": \"\xff\"}", POLICY_E_SYNTAX, "no JSON object"},
                 {"{\"minuts\": 3}", POLICY_E_NOT_FOUND, "minutes"},
                 {"{\"minutes\": [3]}", POLICY_E_ARGUMENT, "minutes"},
                 {"{\"minutes\": {}}", POLICY_E_ARGUMENT, "minutes"},
                 {"{\"minutes\": true}", POLICY_E_ARGUMENT, "minutes"}};
    desk d = desk_new();
    cr_assert_eq(set_json(&d, "{\"school\": \"A\", \"day\": \"2021-12-01\", \"minutes\": 61}", NULL), POLICY_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        policy_error *err = NULL;
        cr_assert_eq(set_json(&d, cases[i].text, &err), cases[i].status, "%s", cases[i].text);
        cr_assert_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), cases[i].says), "%s",
                           policy_error_message(err, POLICY_LANGUAGE_EN));
        policy_error_free(err);
    }
    cr_assert_eq(policy_record_set_json(d.record, NULL, 0, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(policy_record_set_json(NULL, "{}", 2, NULL), POLICY_E_ARGUMENT);
    static char long_text[(1 << 20) + 2];
    memset(long_text, ' ', sizeof long_text);
    cr_assert_eq(policy_record_set_json(d.record, long_text, sizeof long_text, NULL), POLICY_E_LIMIT);
    cr_assert_eq(policy_ledger_post(d.w->ledger, d.record, NULL), POLICY_OK);
    world_expect(d.w, "daily fail violation school=A day=2021-12-01 value=61 limit=60\n");
    desk_free(&d);
}
