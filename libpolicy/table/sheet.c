/*
 * Finding separator and header, and reading on from there. See sheet.h.
 *
 * The first 64 KiB of text are parsed once for each separator a spreadsheet writes; the row among the first ten in which
 * most cells are known columns is the header. It must know two, or all it has. What stands above it are titles.
 */
#include "table/sheet.h"

#include "base/number.h"

bool cells_blank(const str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_trim(cells[i]).size)
            return false;
    return true;
}

policy_status sheet_notice(sheet *s, policy_notice_kind kind, uint64_t row, str column, str text, policy_error **err)
{
    policy_notice notice = {
        .kind = kind, .type = s->type, .source = s->name, .row = row, .column = column, .text = text};
    if (s->notices->count >= NOTICES_MAX)
        return error_set(err, s->allocator,
                         &(error_spec){.status = POLICY_E_LIMIT,
                                       .message = MESSAGE_LIMIT,
                                       .arguments = {STR("notices"), STR("1000000")},
                                       .at = {.file = s->name}});
    return notices_add(s->notices, &notice) ? POLICY_OK : error_nomem(err);
}

policy_status sheet_fill(void *context, char *out, size_t room, size_t *got)
{
    sheet *s = context;
    *got = 0;
    if (s->pending != POLICY_OK)
        return s->pending;
    s->pending = decoder_read(&s->decoder, out, room, got);
    return s->pending;
}

policy_status sheet_fail(void *context, policy_status status, place at, policy_error **err)
{
    sheet *s = context;
    error_spec spec = {.status = status, .at = at};
    switch (status) {
    case POLICY_E_NOMEM:
        return error_nomem(err);
    case POLICY_E_ENCODING:
        spec.message = MESSAGE_TABLE_BAD_BYTES;
        spec.arguments[0] = str_of(s->decoder.bad);
        spec.arguments[1] = str_of(encoding_name(s->decoder.encoding));
        if (s->decoder.cut_off) {
            spec.message = MESSAGE_TABLE_CUT_OFF;
            spec.arguments[0] = spec.arguments[1];
        }
        break;
    default:
        spec.at = (place){.file = s->name};
        spec.message = s->decoder.reason ? MESSAGE_CANNOT_READ : MESSAGE_TABLE_READ_CALLBACK;
        spec.arguments[0] = s->name;
        spec.arguments[1] = str_of(s->decoder.reason);
        break;
    }
    return error_set(err, s->allocator, &spec);
}

policy_status sheet_open(sheet *s, const table_options *options, const table_source *source, str record_type,
                         notices *n, policy_error **err)
{
    const policy_allocator *a = options && options->allocator ? options->allocator : &allocator_system;
    *s = (sheet){.allocator = a, .notices = n};
    arena_init(&s->memory, a, 0);
    s->name = arena_text(&s->memory, str_of(source->name ? source->name : ""));
    s->type = arena_text(&s->memory, record_type);
    if (!s->name.data || !s->type.data || decoder_init(&s->decoder, a, source) != POLICY_OK ||
        csv_init(&s->csv, a, s->name, DECODER_ROOM) != POLICY_OK)
        return error_nomem(err);
    s->csv.fill = sheet_fill;
    s->csv.fail = sheet_fail;
    s->csv.context = s;
    if (options && options->cell_bytes)
        s->csv.cell_limit = (size_t)options->cell_bytes;
    if (options && options->columns)
        s->csv.column_limit = (size_t)options->columns;

    /* The first window, whole. */
    size_t got = 1;
    while (got && s->pending == POLICY_OK && s->csv.room - s->csv.end >= 16) {
        sheet_fill(s, s->csv.buffer + s->csv.end, s->csv.room - s->csv.end, &got);
        s->csv.end += got;
    }
    if (got == 0 && s->pending == POLICY_OK)
        s->csv.ended = true;
    static const char workbook[] = "PK\003\004", old_workbook[] = "\xD0\xCF\x11\xE0";
    if (s->decoder.end >= 4 &&
        (memcmp(s->decoder.raw, workbook, 4) == 0 || memcmp(s->decoder.raw, old_workbook, 4) == 0) &&
        s->decoder.bytes <= DECODER_ROOM)
        return error_set(
            err, a,
            &(error_spec){.status = POLICY_E_ENCODING, .message = MESSAGE_TABLE_WORKBOOK, .at = {.file = s->name}});
    return POLICY_OK;
}

void sheet_close(sheet *s)
{
    if (!s->allocator)
        return;
    csv_free(&s->csv);
    decoder_free(&s->decoder);
    arena_free(&s->memory);
    *s = (sheet){.allocator = NULL};
}

typedef struct candidate {
    char delimiter;
    size_t row, score, cells;
} candidate;

static size_t filled(const str *cells, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += str_trim(cells[i]).size != 0;
    return n;
}

/* The best row of the window under one separator. Errors end the look; they come up again when the rows are read. */
static policy_status look(sheet *s, char delimiter, sheet_score *score, void *context, candidate *best,
                          policy_error **err)
{
    csv trial;
    csv_init_text(&trial, s->allocator, (str){s->csv.buffer + s->csv.at, s->csv.end - s->csv.at}, s->csv.ended);
    trial.delimiter = delimiter;
    trial.cell_limit = s->csv.cell_limit;
    trial.column_limit = s->csv.column_limit;
    policy_status status = POLICY_OK;
    for (size_t row = 0; row < SHEET_HEADER_ROWS; row++) {
        bool more;
        status = csv_next(&trial, &more, NULL);
        if (status != POLICY_OK || !more)
            break;
        size_t known = score(context, trial.cells, trial.count), cells = filled(trial.cells, trial.count);
        if (known > best->score ||
            (known && known == best->score && delimiter != best->delimiter && row == best->row && cells > best->cells))
            *best = (candidate){delimiter, row, known, cells};
    }
    csv_free(&trial);
    return status == POLICY_E_NOMEM ? error_nomem(err) : POLICY_OK;
}

static str joined(sheet *s, const str *cells, size_t count, size_t most)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += cells[i].size + 1;
    char *out = arena_new(&s->memory, (size < most ? size : most) + 1);
    if (!out)
        return str_none;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        str text = str_trim(cells[i]);
        if (text.size == 0)
            continue;
        if (n + text.size + 1 > most)
            break;
        if (n)
            out[n++] = ' ';
        memcpy(out + n, text.data, text.size);
        n += text.size;
    }
    return (str){out, n};
}

/* Why there is no header: an error on the way to it, an empty file, or rows that name nothing known. */
static policy_status no_header(sheet *s, const candidate *best, policy_error **err)
{
    str first = str_none;
    for (size_t row = 0; row < SHEET_HEADER_ROWS; row++) {
        bool more;
        policy_status status = csv_next(&s->csv, &more, err);
        if (status != POLICY_OK)
            return status;
        if (!more)
            break;
        if (!first.data && !cells_blank(s->csv.cells, s->csv.count)) {
            first = joined(s, s->csv.cells, s->csv.count, 120);
            if (!first.data)
                return error_nomem(err);
        }
    }
    error_spec spec = {.status = POLICY_E_DATA, .message = MESSAGE_TABLE_EMPTY, .at = {.file = s->name}};
    char room[NUMBER_TEXT];
    if (first.data) {
        spec.message = MESSAGE_TABLE_NO_HEADER;
        spec.arguments[0] = s->type;
        spec.arguments[1] = (str){room, number_write_uint(room, best->score)};
        spec.arguments[2] = first;
        spec.at.line = 1;
    }
    return error_set(err, s->allocator, &spec);
}

/* "sep=;" in the first line is how a spreadsheet is told the separator. */
static char told_separator(const sheet *s)
{
    str text = {s->csv.buffer + s->csv.at, s->csv.end - s->csv.at};
    if (text.size >= 6 && str_starts(text, STR("sep=")) && (text.data[5] == '\n' || text.data[5] == '\r'))
        return text.data[4];
    return '\0';
}

policy_status sheet_find_header(sheet *s, sheet_score *score, void *context, policy_error **err)
{
    static const char delimiters[] = {',', '\t', ';'};
    candidate best = {',', 0, 0, 0};
    char told = told_separator(s);
    policy_status status = POLICY_OK;
    if (told) {
        best.delimiter = told;
        status = look(s, told, score, context, &best, err);
    }
    for (size_t i = 0; i < sizeof delimiters && !told && status == POLICY_OK; i++)
        status = look(s, delimiters[i], score, context, &best, err);
    if (status != POLICY_OK)
        return status;
    s->csv.delimiter = best.delimiter;
    if (best.score < 2 && (best.score == 0 || best.score < best.cells))
        return no_header(s, &best, err);

    if (s->decoder.encoding != ENCODING_ASCII && s->decoder.encoding != ENCODING_UTF8) {
        status = sheet_notice(s, POLICY_NOTICE_ENCODING, 0, str_none, str_of(encoding_name(s->decoder.encoding)), err);
        if (status != POLICY_OK)
            return status;
    }
    s->titles = arena_array(&s->memory, best.row + 1, sizeof *s->titles);
    if (!s->titles)
        return error_nomem(err);
    for (size_t row = 0; row <= best.row; row++) {
        bool more;
        status = csv_next(&s->csv, &more, err);
        if (status != POLICY_OK)
            return status;
        if (!more)
            return no_header(s, &best, err);
        if (row == best.row || cells_blank(s->csv.cells, s->csv.count))
            continue;
        str title = joined(s, s->csv.cells, s->csv.count, 1000);
        if (!title.data)
            return error_nomem(err);
        s->titles[s->title_count++] = title;
        status = sheet_notice(s, POLICY_NOTICE_TITLE_LINE, 0, str_none, title, err);
        if (status != POLICY_OK)
            return status;
    }
    s->column_count = s->csv.count;
    s->header = arena_array(&s->memory, s->column_count, sizeof *s->header);
    for (size_t i = 0; s->header && i < s->column_count; i++) {
        s->header[i] = arena_text(&s->memory, str_trim(s->csv.cells[i]));
        if (!s->header[i].data)
            return error_nomem(err);
    }
    return s->header ? POLICY_OK : error_nomem(err);
}

policy_status sheet_next(sheet *s, bool *more, policy_error **err)
{
    policy_status status = POLICY_OK;
    if (s->held)
        *more = true;
    else
        status = csv_next(&s->csv, more, err);
    s->held = false;
    s->rows += status == POLICY_OK && *more;
    return status;
}

void sheet_hold(sheet *s)
{
    s->held = true;
    s->rows--;
}
