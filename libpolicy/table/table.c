/*
 * Tables: rows of a sheet as records of a type. See table.h.
 *
 * What is not a record is skipped, and said: rows without any text, repeated headers, and totals and notes. A row is a
 * total or note when its first text is one of their words and no cell of it reads as a date, grade, class number, time
 * or value of an enum; so a class called 备注 is still a class. A row with more cells than the header cannot be told apart
 * from one in which a comma split a cell: it stays a record, with every cell lost.
 */
#include "table/table.h"

#include "base/number.h"
#include "table/profile.h"
#include "table/sheet.h"

typedef struct column {
    str name, unit;
    int field;       /* -1: none, or a second one for the same field */
    bool extra_said; /* a column without a header: told that it holds something */
} column;

struct table {

    const policy_allocator *allocator;
    const schema_type *type;
    table_source source;
    bool failed, is_blank_run;
    bool is_profile, is_given; /* a score table: its one record, and whether it was given out */
    sheet sheet;
    column *columns;
    notices notices;
    uint64_t given;
    record profile;
};

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

/* Of two columns for one field (考试日期 and 考试时间) that whose name the schema lists first fills it. */
static policy_status match_columns(table *t, policy_error **err)
{
    sheet *s = &t->sheet;
    t->columns = arena_array(&s->memory, s->column_count ? s->column_count : 1, sizeof *t->columns);
    if (!t->columns)
        return error_nomem(err);
    size_t chosen[SCHEMA_FIELDS_MAX] = {0}; /* index + 1 */
    uint32_t ranks[SCHEMA_FIELDS_MAX] = {0};
    for (size_t i = 0; i < s->column_count; i++) {
        column *c = &t->columns[i];
        uint32_t rank;
        c->name = s->header[i];
        c->field = c->name.size ? schema_match_header_ranked(t->type, c->name, &c->unit, &rank) : -1;
        if (c->field >= 0 && (!chosen[c->field] || rank < ranks[c->field])) {
            chosen[c->field] = i + 1;
            ranks[c->field] = rank;
        }
    }
    for (size_t i = 0; i < s->column_count; i++) {
        column *c = &t->columns[i];
        if (c->name.size == 0 || (c->field >= 0 && chosen[c->field] == i + 1))
            continue; /* a column without a name is said when a cell of it holds something */
        policy_notice_kind kind = c->field >= 0 ? POLICY_NOTICE_DUPLICATE_COLUMN : POLICY_NOTICE_UNKNOWN_COLUMN;
        c->field = -1;
        policy_status status = sheet_notice(s, kind, 0, c->name, str_none, err);
        if (status != POLICY_OK)
            return status;
    }
    return POLICY_OK;
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
        status = match_columns(*out, err);
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

/* Words that begin a row below the data: totals, notes, who filled in the form. */
static bool is_closing_word(str text)
{
    static const char *const words[] = {"合计",       "总计",     "小计", "共计",   "总数",     "平均",
                                        "备注",       "说明",     "注:",  "注1",    "填表",     "制表",
                                        "制单",       "审核",     "审批", "校长签", "负责人",   "填报",
                                        "单位(盖章)", "单位盖章", "总结", "total",  "subtotal", "note"};
    char room[128];
    size_t size = reader_fold(str_slice(text, 0, 48), room, sizeof room);
    str folded = {room, size < sizeof room ? size : sizeof room};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(folded, str_of(words[i])))
            return true;
    return false;
}

/* Cells that say what a row is about; a number may be a total, a text anything. */
static bool identifies(const schema_field *f, str text, str unit)
{
    spelling s;
    switch (f->reader) {
    case READER_TEXT:
    case READER_LIST:
    case READER_INTEGER:
    case READER_NUMBER:
    case READER_MINUTES:
        return false;
    case READER_CLASS:
        reader_spell(f, text, unit, &s);
        return s.form != 0 && s.note != READER_NOTE_OWN_COLUMN;
    default:
        reader_spell(f, text, unit, &s);
        return s.form != 0;
    }
}

static bool is_closing_row(const table *t, const str *cells, size_t count)
{
    size_t first = 0;
    while (first < count && str_trim(cells[first]).size == 0)
        first++;
    if (first == count || !is_closing_word(str_trim(cells[first])))
        return false;
    for (size_t i = 0; i < count && i < t->sheet.column_count; i++) {
        const column *c = &t->columns[i];
        str text = str_trim(cells[i]);
        if (c->field >= 0 && text.size && identifies(&t->type->fields[c->field], text, c->unit))
            return false;
    }
    return true;
}

static bool is_header_again(const table *t, const str *cells, size_t count)
{
    if (count != t->sheet.column_count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!str_equal(str_trim(cells[i]), t->sheet.header[i]))
            return false;
    return true;
}

/* Not a record: *skip. One notice for a run of blank rows. */
static policy_status look_at_row(table *t, bool *skip, policy_error **err)
{
    sheet *s = &t->sheet;
    const str *cells = s->csv.cells;
    size_t count = s->csv.count;
    bool was_blank = t->is_blank_run;
    *skip = true;
    t->is_blank_run = cells_blank(cells, count);
    if (t->is_blank_run)
        return was_blank ? POLICY_OK : sheet_notice(s, POLICY_NOTICE_SKIPPED_ROW, s->rows, str_none, str_none, err);
    if (is_header_again(t, cells, count) || is_closing_row(t, cells, count)) {
        size_t first = 0;
        while (str_trim(cells[first]).size == 0)
            first++;
        return sheet_notice(s, POLICY_NOTICE_SKIPPED_ROW, s->rows, str_none, str_trim(cells[first]), err);
    }
    *skip = false;
    return POLICY_OK;
}

static policy_status say_ragged(table *t, size_t found, policy_error **err)
{
    char room[2 * NUMBER_TEXT];
    size_t n = number_write_uint(room, found);
    room[n++] = '/';
    n += number_write_uint(room + n, t->sheet.column_count);
    return sheet_notice(&t->sheet, POLICY_NOTICE_RAGGED_ROW, t->sheet.rows, str_none, (str){room, n}, err);
}

static policy_status fill_record(table *t, record *r, policy_error **err)
{
    sheet *s = &t->sheet;
    const str *cells = s->csv.cells;
    size_t count = s->csv.count, columns = s->column_count;
    policy_status status = POLICY_OK;
    while (count > columns && str_trim(cells[count - 1]).size == 0)
        count--; /* separators at the end of the line */
    if (count != columns)
        status = say_ragged(t, count, err);
    for (size_t i = 0; i < columns && status == POLICY_OK; i++) {
        column *c = &t->columns[i];
        str text = i < count ? str_trim(cells[i]) : str_none;
        if (c->field < 0) {
            if (c->name.size == 0 && text.size && !c->extra_said) {
                c->extra_said = true;
                char room[NUMBER_TEXT + 1] = "#";
                size_t n = 1 + number_write_uint(room + 1, i + 1);
                status = sheet_notice(s, POLICY_NOTICE_UNKNOWN_COLUMN, 0, (str){room, n}, str_none, err);
            }
            continue;
        }
        cell *to = &r->cells[c->field];
        if (count > columns)
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

static policy_status next_row(table *t, record *r, bool *more, policy_error **err)
{
    for (;;) {
        policy_status status = sheet_next(&t->sheet, more, err);
        if (status != POLICY_OK || !*more)
            return status;
        bool skip;
        status = look_at_row(t, &skip, err);
        if (status != POLICY_OK || !skip)
            return status == POLICY_OK ? fill_record(t, r, err) : status;
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
    return t->columns && i < t->sheet.column_count ? t->columns[i].field : -1;
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
