/*
 * Tables as hosts read them: callbacks, rows that own their texts, handles of columns.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "support/world.h"

#define PACK                                                                                                           \
    "pack: test\nversion: \"1.0\"\nschema: mini\nrules:\n"                                                             \
    "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 60}\n"

typedef struct text_source {
    const char *text;
    size_t at;
    policy_status end; /* what the end of the text answers */
} text_source;

/* A few bytes at a time. */
static policy_status read_text(void *context, void *into, size_t room, size_t *got)
{
    text_source *s = context;
    size_t left = strlen(s->text) - s->at, n = room < 7 ? room : 7;
    n = n < left ? n : left;
    memcpy(into, s->text + s->at, n);
    s->at += n;
    *got = n;
    return n == 0 ? s->end : POLICY_OK;
}

#define CSV "学校,日期,预计时长,备注栏\nA,2021-12-01,61,x\nB,2021-12-02,20,y\n"

static policy_table *table_of(world *w, text_source *s)
{
    policy_table *t = NULL;
    policy_error *err = NULL;
    policy_status status = policy_table_open_callback(w->engine, "work", "sheet.csv", read_text, s, &t, &err);
    cr_assert_eq(status, POLICY_OK, "%s", err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    return t;
}

Test(table_door, gives_rows_that_outlive_it)
{
    world *w = world_new(PACK);
    text_source s = {.text = CSV};
    policy_table *t = table_of(w, &s);
    policy_record *row = NULL;
    bool more = false;
    cr_assert_eq(policy_record_new(w->engine, "work", &row, NULL), POLICY_OK);
    cr_assert_eq(policy_table_next(t, row, &more, NULL), POLICY_OK);
    cr_assert(more);
    policy_table_free(t);
    cr_assert_eq(policy_ledger_post(w->ledger, row, NULL), POLICY_OK);
    policy_record_free(row);
    world_expect(w, "daily fail violation school=A day=2021-12-01 value=61 limit=60 rows=1\n");
    world_free(w);
}

Test(table_door, tells_its_columns_and_ends)
{
    world *w = world_new(PACK);
    text_source s = {.text = CSV};
    policy_table *t = table_of(w, &s);
    cr_assert_str_eq(policy_table_type(t), "work");
    cr_assert_str_eq(policy_table_source(t), "sheet.csv");
    cr_assert_str_eq(policy_table_encoding(t), "UTF-8");
    cr_assert_eq(policy_table_column_count(t), 4);
    cr_assert_str_eq(policy_table_column_name(t, 2), "预计时长");
    cr_assert_eq(policy_table_column_field(t, 2), policy_engine_field(w->engine, "work", "minutes"));
    cr_assert_eq(policy_table_column_field(t, 3), -1);
    cr_assert_eq(policy_table_column_field(t, 99), -1);
    cr_assert_null(policy_table_column_name(t, 99));
    policy_record *row = NULL;
    bool more = true;
    cr_assert_eq(policy_record_new(w->engine, "work", &row, NULL), POLICY_OK);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(policy_table_next(t, row, &more, NULL), POLICY_OK);
    }
    cr_assert(!more);
    cr_assert_eq(policy_table_rows(t), 2);
    cr_assert_eq(policy_table_bytes(t), strlen(CSV));
    cr_assert_eq(policy_table_notice_count(t), 1);
    cr_assert_eq(policy_notice_kind_of(policy_table_notice(t, 0)), POLICY_NOTICE_UNKNOWN_COLUMN);
    cr_assert_null(policy_table_notice(t, 1));
    policy_record_free(row);
    policy_table_free(t);
    world_free(w);
}

Test(table_door, refuses_records_of_another_type)
{
    world *w = world_new(PACK);
    text_source s = {.text = CSV};
    policy_table *t = table_of(w, &s);
    policy_record *row = NULL;
    policy_error *err = NULL;
    bool more = true;
    cr_assert_eq(policy_record_new(w->engine, "paper", &row, NULL), POLICY_OK);
    cr_assert_eq(policy_table_next(t, row, &more, &err), POLICY_E_ARGUMENT);
    cr_assert_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), "paper"));
    policy_error_free(err);
    policy_record_free(row);
    policy_table_free(t);
    world_free(w);
}

Test(table_door, passes_on_what_the_callback_returns)
{
    world *w = world_new(PACK);
    text_source s = {.text = "学校,日期\nA,2021-12-01\n", .end = POLICY_E_CANCELLED};
    policy_table *t = NULL;
    policy_record *row = NULL;
    policy_error *err = NULL;
    bool more = true;
    cr_assert_eq(policy_record_new(w->engine, "work", &row, NULL), POLICY_OK);
    policy_status status = policy_table_open_callback(w->engine, "work", "x", read_text, &s, &t, &err);
    while (status == POLICY_OK && more) {
        status = policy_table_next(t, row, &more, &err);
    }
    cr_assert_eq(status, POLICY_E_CANCELLED);
    cr_assert_eq(policy_error_status(err), POLICY_E_CANCELLED);
    policy_error_free(err);
    policy_record_free(row);
    policy_table_free(t);
    world_free(w);
}

static policy_status boast(void *context, void *into, size_t room, size_t *got)
{
    (void)context, (void)into;
    *got = room + 1;
    return POLICY_OK;
}

Test(table_door, does_not_believe_a_callback_that_claims_too_much)
{
    world *w = world_new(PACK);
    policy_table *t = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_table_open_callback(w->engine, "work", "x", boast, NULL, &t, &err), POLICY_E_ARGUMENT);
    cr_assert_null(t);
    policy_error_free(err);
    world_free(w);
}

Test(table_door, names_the_nearest_type_and_the_missing_file)
{
    world *w = world_new(PACK);
    policy_table *t = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_table_open(w->engine, "papr", "x.csv", &t, &err), POLICY_E_NOT_FOUND);
    cr_assert_str_eq(policy_error_nearest(err), "paper");
    policy_error_free(err);
    err = NULL;
    cr_assert_eq(policy_table_open(w->engine, "score_table", "x.csv", &t, &err), POLICY_E_NOT_FOUND,
                 "a schema without score_sheet has no score tables");
    policy_error_free(err);
    err = NULL;
    cr_assert_eq(policy_table_open(w->engine, "work", "/nowhere/x.csv", &t, &err), POLICY_E_IO);
    cr_assert_null(t);
    policy_error_free(err);
    policy_table_free(NULL);
    world_free(w);
}
