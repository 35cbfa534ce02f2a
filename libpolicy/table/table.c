/*
 * Tables: rows of a sheet as records of a type, one at a time. See table.h.
 */
#include "table/rows.h"

#include "table/profile.h"

/* --- opening ---------------------------------------------------------------------------------------------------------- */

typedef struct file_source {
    const policy_allocator *allocator;
    platform_file *file;
} file_source;

static policy_status read_file(void *context, void *into, size_t room, size_t *got, const char **reason)
{
    file_source *f = context;
    return platform_read(f->file, into, room, got, reason);
}

static void close_file(void *context)
{
    file_source *f = context;
    platform_close(f->file);
    allocator_free(f->allocator, f);
}

policy_status table_source_open(const policy_allocator *a, const char *path, table_source *out, policy_error **err)
{
    const char *reason = NULL;
    bool is_input = strcmp(path, "-") == 0;
    *out = (table_source){.name = path};
    file_source *f = allocator_new(a, sizeof *f);
    if (!f)
        return error_nomem(err);
    f->allocator = a;
    policy_status status = platform_open(a, is_input ? "/dev/stdin" : path, &f->file, &reason);
    if (status != POLICY_OK) {
        allocator_free(a, f);
        if (status == POLICY_E_NOMEM)
            return error_nomem(err);
        return error_set(err, a,
                         &(error_spec){.status = status,
                                       .message = MESSAGE_CANNOT_OPEN,
                                       .arguments = {str_of(path), str_of(reason)},
                                       .at = {.file = str_of(path)}});
    }
    out->read = read_file;
    out->close = close_file;
    out->context = f;
    return POLICY_OK;
}

static size_t count_known(void *context, const str *cells, size_t count)
{
    const schema_type *t = context;
    uint64_t seen = 0;
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        str unit;
        int field = str_trim(cells[i]).size ? schema_match_header(t, cells[i], &unit) : -1;
        if (field < 0 || (seen >> field & 1))
            continue;
        seen |= UINT64_C(1) << field;
        known++;
    }
    return known;
}

static policy_status new_table(const schema_type *of, const table_options *options, const table_source *source,
                               table **out, policy_error **err)
{
    const policy_allocator *a = options && options->allocator ? options->allocator : &allocator_system;
    *out = NULL;
    table *t = allocator_zero(a, 1, sizeof *t);
    if (!t) {
        if (source->close)
            source->close(source->context);
        return error_nomem(err);
    }
    t->allocator = a;
    t->type = of;
    t->source = *source;
    t->block_bytes = options && options->block_bytes ? options->block_bytes : (size_t)1 << 20;
    notices_init(&t->notices, a);
    *out = t;
    return sheet_open(&t->sheet, options, source, of->name, &t->notices, err);
}

policy_status table_open(const schema_type *of, const table_options *options, const table_source *source, table **out,
                         policy_error **err)
{
    policy_status status = new_table(of, options, source, out, err);
    if (status == POLICY_OK) {
        union { /* the score function takes a plain context */
            const schema_type *in;
            void *out;
        } context = {.in = of};
        status = sheet_find_header(&(*out)->sheet, count_known, context.out, err);
    }
    if (status == POLICY_OK)
        status = columns_match(&(*out)->columns, &(*out)->sheet, of, err);
    if (status != POLICY_OK) {
        table_free(*out);
        *out = NULL;
    }
    return status;
}

policy_status table_open_scores(const schema_type *score_sheet, const table_options *options,
                                const table_source *source, table **out, policy_error **err)
{
    policy_status status = new_table(score_sheet, options, source, out, err);
    if (status == POLICY_OK) {
        table *t = *out;
        t->is_profile = true;
        if (record_init(&t->profile, score_sheet, t->allocator) != POLICY_OK)
            status = error_nomem(err);
        else
            status = profile_read(&t->sheet, score_sheet, &t->profile, err);
    }
    if (status != POLICY_OK) {
        table_free(*out);
        *out = NULL;
    }
    return status;
}

void table_free(table *t)
{
    if (!t)
        return;
    const policy_allocator *a = t->allocator;
    sheet_close(&t->sheet);
    if (t->source.close)
        t->source.close(t->source.context);
    notices_free(&t->notices);
    record_free(&t->profile);
    allocator_free(a, t);
}

/* --- rows ------------------------------------------------------------------------------------------------------------- */

/* The cells of the row that belong to every record, or to one group. */
static policy_status fill_cells(table *t, record *r, size_t count, int group, policy_error **err)
{
    sheet *s = &t->sheet;
    const str *cells = s->csv.cells;
    policy_status status = POLICY_OK;
    for (size_t i = 0; i < s->column_count && status == POLICY_OK; i++) {
        column *c = &t->columns.items[i];
        str text = i < count ? str_trim(cells[i]) : str_none;
        if (c->group != GROUP_COMMON && c->group != group)
            continue;
        if (c->field < 0) {
            status = c->name.size == 0 && text.size ? row_say_extra(t, i, err) : POLICY_OK;
            continue;
        }
        cell *to = &r->cells[c->field];
        if (count > s->column_count)
            to->kind = CELL_LOST;
        else if (i >= count)
            to->kind = CELL_ABSENT;
        else
            *to = (cell){.kind = text.size ? CELL_TEXT : CELL_EMPTY, .text = text, .unit = c->unit};
    }
    r->source = s->name;
    r->row = s->rows;
    return status;
}

static bool group_is_filled(const table *t, size_t count, size_t group)
{
    for (size_t i = 0; i < count && i < t->sheet.column_count; i++) {
        str text = str_trim(t->sheet.csv.cells[i]);
        if (t->columns.items[i].group == (int)group && text.size && !reader_is_placeholder(text))
            return true;
    }
    return false;
}

/* The next filled group of the row; *found false after the last. */
static policy_status next_group(table *t, record *r, bool *found, policy_error **err)
{
    size_t count = row_size(t);
    for (*found = false; t->group < t->columns.group_count; t->group++) {
        if (!group_is_filled(t, count, t->group))
            continue;
        *found = true;
        policy_status status = fill_cells(t, r, count, (int)t->group, err);
        r->cells[t->columns.group_field] = (cell){.kind = CELL_TEXT, .text = t->columns.groups[t->group]};
        t->group++;
        r->part = (uint32_t)t->group;
        return status;
    }
    return POLICY_OK;
}

/* One row, one record; of a wide sheet its first, or none when no group is filled. */
static policy_status begin_row(table *t, record *r, bool *found, policy_error **err)
{
    size_t count = row_size(t);
    policy_status status = count == t->sheet.column_count ? POLICY_OK : row_say_ragged(t, count, err);
    if (status != POLICY_OK)
        return status;
    if (t->columns.group_count == 0 || count > t->sheet.column_count) {
        *found = true;
        return fill_cells(t, r, count, GROUP_COMMON, err);
    }
    t->group = 0;
    t->in_row = true;
    status = next_group(t, r, found, err);
    if (status == POLICY_OK && !*found) {
        size_t first = 0;
        while (str_trim(t->sheet.csv.cells[first]).size == 0)
            first++;
        status = sheet_notice(&t->sheet, POLICY_NOTICE_SKIPPED_ROW, t->sheet.rows, str_none,
                              str_trim(t->sheet.csv.cells[first]), err);
    }
    return status;
}

static policy_status next_row(table *t, record *r, bool *more, policy_error **err)
{
    policy_status status;
    if (t->in_row) {
        status = next_group(t, r, more, err);
        if (status != POLICY_OK || *more)
            return status;
        t->in_row = false;
    }
    for (;;) {
        status = sheet_next(&t->sheet, more, err);
        if (status != POLICY_OK || !*more)
            return status;
        bool skip, found = false;
        status = row_look(t, &skip, err);
        if (status == POLICY_OK && !skip)
            status = begin_row(t, r, &found, err);
        if (status != POLICY_OK || found)
            return status;
    }
}

policy_status table_next(table *t, record *r, bool *more, policy_error **err)
{
    *more = false;
    record_clear(r);
    if (t->failed)
        return error_set(err, t->allocator,
                         &(error_spec){.status = POLICY_E_STATE,
                                       .message = MESSAGE_TABLE_FAILED_BEFORE,
                                       .arguments = {t->sheet.name},
                                       .at = {.file = t->sheet.name}});
    if (t->is_profile) {
        if (t->is_given)
            return POLICY_OK;
        memcpy(r->cells, t->profile.cells, t->type->field_count * sizeof *r->cells);
        r->source = t->sheet.name;
        r->row = 1;
        t->is_given = *more = true;
        t->given = 1;
        return POLICY_OK;
    }
    policy_status status = next_row(t, r, more, err);
    if (status != POLICY_OK) {
        record_clear(r);
        *more = false;
        t->failed = true;
    }
    t->given += *more;
    return status;
}

/* --- what one may ask ------------------------------------------------------------------------------------------------- */

const schema_type *table_type(const table *t)
{
    return t->type;
}
const char *table_source_name(const table *t)
{
    return t->sheet.name.data;
}
const char *table_encoding(const table *t)
{
    return encoding_name(t->sheet.decoder.encoding);
}
size_t table_column_count(const table *t)
{
    return t->sheet.column_count;
}
str table_column_name(const table *t, size_t i)
{
    return i < t->sheet.column_count ? t->sheet.header[i] : str_none;
}
int table_column_field(const table *t, size_t i)
{
    return t->columns.items && i < t->sheet.column_count ? t->columns.items[i].field : -1;
}
uint64_t table_rows(const table *t)
{
    return t->given;
}
uint64_t table_bytes(const table *t)
{
    return t->sheet.decoder.bytes;
}
notices *table_notices(table *t)
{
    return &t->notices;
}
