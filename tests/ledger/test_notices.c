/*
 * What a ledger tells of the data it was given.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "ledger/notices.h"
#include "support/failing_allocator.h"

static const schema_field fields[] = {
    {.name = STR_INIT("day"), .title_zh = STR_INIT("日期"), .type = &type_date},
    {.name = STR_INIT("kept"),
     .type = &type_bool,
     .absent = SCHEMA_DEFAULT_VALUE,
     .default_value = {.kind = VALUE_BOOL, .as.b = true}},
};
static const uint32_t identity[] = {0};
static const schema_type work = {
    .name = STR_INIT("work"), .fields = fields, .field_count = 2, .identity = identity, .identity_count = 1};

typedef struct desk {
    notices n;
    record r;
} desk;

static void desk_init(desk *d, const policy_allocator *a)
{
    notices_init(&d->n, a);
    cr_assert_eq(record_init(&d->r, &work, &allocator_system), POLICY_OK);
    d->r.source = STR("sheet.csv");
    d->r.row = 3;
}

static void desk_free(desk *d)
{
    record_free(&d->r);
    notices_free(&d->n);
}

static void expect(const desk *d, size_t i, policy_notice_kind kind, uint64_t row, const char *column, const char *text)
{
    cr_assert_lt(i, d->n.count);
    const policy_notice *n = d->n.items[i];
    cr_assert_eq(policy_notice_kind_of(n), kind);
    cr_assert_eq(policy_notice_row(n), row);
    cr_assert_str_eq(policy_notice_type(n), "work");
    cr_assert_str_eq(policy_notice_column(n), column);
    cr_assert_str_eq(policy_notice_text(n), text);
}

Test(ledger_notices, show_an_unreadable_cell_as_it_was_given)
{
    desk d;
    desk_init(&d, &allocator_system);
    d.r.cells[0] = (cell){.kind = CELL_TEXT, .text = STR("昨天")};
    cr_assert(note_problem(&d.n, &d.r, &(record_problem){0, READER_UNREADABLE, STR("昨天")}));
    expect(&d, 0, POLICY_NOTICE_UNREADABLE_CELL, 3, "日期", "昨天");
    cr_assert_str_eq(policy_notice_source(d.n.items[0]), "sheet.csv");
    d.r.cells[0] = (cell){.kind = CELL_VALUE, .v = value_date(0)};
    cr_assert(note_problem(&d.n, &d.r, &(record_problem){0, READER_OUT_OF_RANGE, str_none}));
    expect(&d, 1, POLICY_NOTICE_UNREADABLE_CELL, 3, "日期", "1970-01-01");
    desk_free(&d);
}

Test(ledger_notices, name_a_default_once)
{
    desk d;
    desk_init(&d, &allocator_system);
    uint64_t taken;
    cr_assert(note_defaults(&d.n, &d.r, 0, &taken));
    cr_assert_eq(taken, 2);
    cr_assert(note_defaults(&d.n, &d.r, taken, &taken));
    cr_assert_eq(taken, 2);
    cr_assert_eq(d.n.count, 1);
    expect(&d, 0, POLICY_NOTICE_DEFAULT_USED, 0, "kept", "true");
    d.r.cells[1] = (cell){.kind = CELL_EMPTY}; /* the column is there */
    cr_assert(note_defaults(&d.n, &d.r, 0, &taken));
    cr_assert_eq(taken, 0);
    cr_assert_eq(d.n.count, 1);
    desk_free(&d);
}

Test(ledger_notices, remember_which_defaults_were_noted_by_source_and_type)
{
    noted_defaults noted = {0};
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert(noted_reserve(&noted, 1, &allocator_system));
        noted_add(&noted, i / 2, i % 2, i + 1);
    }
    noted_add(&noted, 1, 1, 8);
    cr_assert_eq(noted.count, 4);
    cr_assert_eq(noted_fields(&noted, 0, 1), 2);
    cr_assert_eq(noted_fields(&noted, 1, 1), 12);
    cr_assert_eq(noted_fields(&noted, 2, 0), 0);
    allocator_free(&allocator_system, noted.items);
}

Test(ledger_notices, name_equal_rows_and_types_nobody_supplied)
{
    desk d;
    desk_init(&d, &allocator_system);
    d.r.cells[0] = (cell){.kind = CELL_TEXT, .text = STR("2021-12-01")};
    cr_assert(note_equal_row(&d.n, &d.r));
    cr_assert(note_not_supplied(&d.n, &work));
    expect(&d, 0, POLICY_NOTICE_EQUAL_ROWS, 3, "", "2021-12-01");
    expect(&d, 1, POLICY_NOTICE_TYPE_NOT_SUPPLIED, 0, "", "");
    desk_free(&d);
}

static policy_status note_all(const policy_allocator *a, void *context)
{
    (void)context;
    desk d;
    uint64_t taken;
    desk_init(&d, a);
    d.r.cells[0] = (cell){.kind = CELL_VALUE, .v = value_date(0)};
    bool fine = note_problem(&d.n, &d.r, &(record_problem){0, READER_OUT_OF_RANGE, str_none}) &&
                note_defaults(&d.n, &d.r, 0, &taken) && note_equal_row(&d.n, &d.r) && note_not_supplied(&d.n, &work);
    desk_free(&d);
    return fine ? POLICY_OK : POLICY_E_NOMEM;
}

Test(ledger_notices, survive_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(note_all, NULL), 2);
}
