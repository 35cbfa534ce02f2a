/*
 * Sheets for tests: a source over bytes in memory that hands out so many at a time, and a small record type.
 */
#ifndef TESTS_TABLE_SHEETS_H
#define TESTS_TABLE_SHEETS_H

#include "base/allocator.h"
#include "table/table.h"

#include <criterion/criterion.h>

typedef struct bytes_source {
    const char *data;
    size_t size, at, chunk;
    policy_status fails;
    int closed;
} bytes_source;

static policy_status read_bytes(void *context, void *into, size_t room, size_t *got, const char **reason)
{
    bytes_source *s = context;
    size_t n = s->size - s->at;
    if (n == 0 && s->fails) {
        *reason = "device on fire";
        return s->fails;
    }
    if (n > room)
        n = room;
    if (s->chunk && n > s->chunk)
        n = s->chunk;
    memcpy(into, s->data + s->at, n);
    s->at += n;
    *got = n;
    return POLICY_OK;
}

static void close_bytes(void *context)
{
    ((bytes_source *)context)->closed++;
}

static inline table_source source_of(bytes_source *s)
{
    return (table_source){.name = "sheet.csv", .read = read_bytes, .close = close_bytes, .context = s};
}

/* --- a record type ---------------------------------------------------------------------------------------------------- */

enum { T_SCHOOL, T_GRADE, T_CLASS, T_DATE, T_FORM, T_MINUTES, T_TEXT, T_SUBJECT, T_FIELDS };

static const str t_school[] = {STR_INIT("学校")}, t_grade[] = {STR_INIT("年级")}, t_class[] = {STR_INIT("班级")},
                 t_date[] = {STR_INIT("布置日期"), STR_INIT("日期")}, t_form[] = {STR_INIT("作业类型")},
                 t_minutes[] = {STR_INIT("预计时长"), STR_INIT("用时")}, t_text[] = {STR_INIT("作业内容")},
                 t_subject[] = {STR_INIT("学科")};
static const str t_written[] = {STR_INIT("书面")}, t_oral[] = {STR_INIT("口头")};
static const schema_enum_value t_forms[] = {{STR_INIT("written"), t_written, 1, NULL},
                                            {STR_INIT("oral"), t_oral, 1, NULL}};
#define T_FIELD(n, r, a, c)                                                                                            \
    {                                                                                                                  \
        .name = STR_INIT(n), .reader = (r), .aliases = (a), .alias_count = (c), .high_field = -1, .also_from = -1,     \
        .empty_is_none = true                                                                                          \
    }
static schema_field t_fields[T_FIELDS] = {
    T_FIELD("school", READER_TEXT, t_school, 1), T_FIELD("grade", READER_GRADE, t_grade, 1),
    T_FIELD("class", READER_CLASS, t_class, 1),  T_FIELD("assigned", READER_DATE, t_date, 2),
    T_FIELD("form", READER_ENUM, t_form, 1),     T_FIELD("minutes", READER_MINUTES, t_minutes, 2),
    T_FIELD("text", READER_TEXT, t_text, 1),     T_FIELD("subject", READER_TEXT, t_subject, 1)};
static const schema_type t_type = {
    .name = STR_INIT("homework"), .fields = t_fields, .field_count = T_FIELDS, .dated_by = T_DATE};

static inline void give_forms(void)
{
    t_fields[T_FORM].values = t_forms;
    t_fields[T_FORM].value_count = 2;
}

/* A cell as text; "" for an empty one, "!" for none, "?" for a lost one. */
static inline str cell_of(const record *r, int field)
{
    switch (r->cells[field].kind) {
    case CELL_TEXT:
        return r->cells[field].text;
    case CELL_EMPTY:
        return STR("");
    case CELL_LOST:
        return STR("?");
    default:
        return STR("!");
    }
}

static inline bool cell_is(const record *r, int field, const char *text)
{
    return str_equal(cell_of(r, field), str_of(text));
}

static inline size_t notices_of(table *t, policy_notice_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < table_notices(t)->count; i++)
        n += table_notices(t)->items[i]->kind == kind;
    return n;
}

static inline const policy_notice *notice_of(table *t, policy_notice_kind kind, size_t which)
{
    for (size_t i = 0; i < table_notices(t)->count; i++)
        if (table_notices(t)->items[i]->kind == kind && which-- == 0)
            return table_notices(t)->items[i];
    return NULL;
}

#endif
