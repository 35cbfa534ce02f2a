/*
 * The CSV parser. See csv.h.
 *
 * A row of plain cells that lies in the text as a whole is cut where it is (plain_row); any other goes through a state for
 * each cell, spans copied whole.
 *
 * Strict where RFC 4180 is: a quoted cell ends at its quotation mark, two of them are one, and nothing but blanks may
 * stand between the closing one and the separator. A quotation mark inside a cell that did not begin with one is text.
 * Errors name the opening mark, for where the text runs out says nothing about what is wrong.
 */
#include "table/csv.h"

#include "base/bits.h"
#include "base/number.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define CELL_DEFAULT   ((size_t)1 << 20)
#define COLUMN_DEFAULT ((size_t)10000)
#define ROW_LIMIT      ((size_t)64 << 20)

policy_status csv_init(csv *c, const policy_allocator *a, str file, size_t room)
{
    *c = (csv){.allocator = a, .file = file, .delimiter = ',', .room = room, .line = 1, .column = 1};
    c->cell_limit = CELL_DEFAULT;
    c->column_limit = COLUMN_DEFAULT;
    c->row_limit = ROW_LIMIT;
    c->buffer = allocator_new(a, room);
    return c->buffer ? POLICY_OK : POLICY_E_NOMEM;
}

void csv_init_text(csv *c, const policy_allocator *a, str text, bool whole)
{
    *c = (csv){.allocator = a, .delimiter = ',', .line = 1, .column = 1, .borrowed = true, .ended = whole};
    c->cell_limit = CELL_DEFAULT;
    c->column_limit = COLUMN_DEFAULT;
    c->row_limit = ROW_LIMIT;
    union { /* the buffer is only written by fill, which this one never calls */
        const char *in;
        char *out;
    } bytes = {.in = text.data};
    c->buffer = bytes.out;
    c->room = c->end = text.size;
}

void csv_turn_to(csv *c, str text, bool whole, uint64_t line)
{
    union { /* as above */
        const char *in;
        char *out;
    } bytes = {.in = text.data};
    c->buffer = bytes.out;
    c->room = c->end = text.size;
    c->at = 0;
    c->ended = whole;
    c->skip_line_feed = false;
    c->has_slack = true;
    c->looked = c->plain_until = NULL;
    c->line = line;
    c->column = 1;
}

void csv_free(csv *c)
{
    if (!c->allocator)
        return;
    if (!c->borrowed)
        allocator_free(c->allocator, c->buffer);
    allocator_free(c->allocator, c->text);
    allocator_free(c->allocator, c->starts);
    allocator_free(c->allocator, c->cells);
    *c = (csv){.allocator = NULL};
}

static place here(const csv *c, uint64_t line, uint64_t column)
{
    return (place){c->file, (uint32_t)(line < UINT32_MAX ? line : UINT32_MAX),
                   (uint32_t)(column < UINT32_MAX ? column : UINT32_MAX)};
}

static policy_status fail(const csv *c, policy_error **err, policy_status status, message_id message, place at)
{
    return error_set(err, c->allocator, &(error_spec){.status = status, .message = message, .at = at});
}

static policy_status over_limit(const csv *c, policy_error **err, message_id message, size_t limit, place at)
{
    char room[NUMBER_TEXT];
    str text = {room, number_write_uint(room, limit)};
    return error_set(err, c->allocator,
                     &(error_spec){.status = POLICY_E_LIMIT, .message = message, .arguments = {text}, .at = at});
}

/* More text in the buffer, or c->ended. */
static policy_status refill(csv *c, policy_error **err)
{
    if (c->ended || !c->fill)
        return POLICY_OK;
    size_t got = 0;
    policy_status status = c->fill(c->context, c->buffer, c->room, &got);
    if (status != POLICY_OK)
        return c->fail ? c->fail(c->context, status, here(c, c->line, c->column), err) : status;
    c->at = 0;
    c->end = got;
    c->ended = got == 0;
    return POLICY_OK;
}

typedef enum state { START, PLAIN, QUOTED, AFTER_QUOTE } state;

typedef struct row_state {
    state state;
    bool any; /* something of this row was seen */
    uint64_t quote_line, quote_column;
    bool after_return; /* inside quotes: the last character was CR */
    bool after_blank;  /* behind the closing quote: a blank was there */
} row_state;

static policy_status begin_cell(csv *c, policy_error **err)
{
    if (c->count >= c->column_limit)
        return over_limit(c, err, MESSAGE_TABLE_COLUMN_LIMIT, c->column_limit, here(c, c->line, c->column));
    if (!allocator_grow(c->allocator, (void **)&c->starts, &c->start_capacity, c->count + 1, sizeof *c->starts,
                        c->column_limit + 1))
        return error_nomem(err);
    c->starts[c->count++] = c->text_size;
    return POLICY_OK;
}

static policy_status append(csv *c, const row_state *r, const char *data, size_t size, policy_error **err)
{
    size_t in_cell = c->text_size - c->starts[c->count - 1];
    bool quoted = r->state == QUOTED || r->state == AFTER_QUOTE;
    place at = quoted ? here(c, r->quote_line, r->quote_column) : here(c, c->line, c->column);
    if (size > c->cell_limit - in_cell)
        return over_limit(c, err, MESSAGE_TABLE_CELL_LIMIT, c->cell_limit, at);
    if (size + 1 > c->row_limit - c->text_size)
        return over_limit(c, err, MESSAGE_TABLE_ROW_LIMIT, c->row_limit, at);
    if (!allocator_grow(c->allocator, (void **)&c->text, &c->text_capacity, c->text_size + size + 1, 1, SIZE_MAX))
        return error_nomem(err);
    if (size)
        memcpy(c->text + c->text_size, data, size);
    c->text_size += size;
    return POLICY_OK;
}

static policy_status end_cell(csv *c, const row_state *r, policy_error **err)
{
    policy_status status = append(c, r, NULL, 0, err); /* room for the NUL */
    if (status == POLICY_OK)
        c->text[c->text_size++] = '\0';
    return status;
}

static policy_status end_row(csv *c, policy_error **err)
{
    if (!allocator_grow(c->allocator, (void **)&c->cells, &c->cell_capacity, c->count, sizeof *c->cells, SIZE_MAX / 32))
        return error_nomem(err);
    for (size_t i = 0; i < c->count; i++) {
        size_t end = i + 1 < c->count ? c->starts[i + 1] : c->text_size;
        c->cells[i] = (str){c->text + c->starts[i], end - c->starts[i] - 1};
    }
    return POLICY_OK;
}

/* Columns count characters: every byte that does not continue one. */
static void advance(csv *c, size_t count)
{
    size_t characters = 0;
    for (size_t i = 0; i < count; i++)
        characters += ((unsigned char)c->buffer[c->at + i] & 0xC0) != 0x80;
    c->column += characters;
    c->at += count;
}

static void new_line(csv *c)
{
    c->line++;
    c->column = 1;
}

/* Inside quotes line ends are text, but lines are counted on. */
static void advance_quoted(csv *c, size_t count, row_state *r)
{
    for (size_t i = 0; i < count; i++) {
        char ch = c->buffer[c->at + i];
        if (ch == '\r' || (ch == '\n' && !r->after_return))
            new_line(c);
        else if (ch != '\n' && ((unsigned char)ch & 0xC0) != 0x80)
            c->column++;
        r->after_return = ch == '\r';
    }
    c->at += count;
}

static size_t plain_span(const csv *c)
{
    const char *p = c->buffer + c->at;
    size_t n = c->end - c->at, i = 0;
    char delimiter = c->delimiter;
    while (i < n && p[i] != delimiter && p[i] != '\n' && p[i] != '\r' && p[i] != '\0')
        i++;
    return i;
}

static size_t quoted_span(const csv *c)
{
    const char *p = c->buffer + c->at;
    size_t n = c->end - c->at, i = 0;
    while (i < n && p[i] != '"' && p[i] != '\0')
        i++;
    return i;
}

/* A character that ends a cell or row, outside quotes. *ended: the row is complete. */
static policy_status at_separator(csv *c, row_state *r, bool *row_ended, policy_error **err)
{
    char ch = c->buffer[c->at];
    if (ch == '\0')
        return fail(c, err, POLICY_E_SYNTAX, MESSAGE_TABLE_NUL, here(c, c->line, c->column));
    *row_ended = ch != c->delimiter;
    if (*row_ended && !r->any) { /* an empty line */
        c->count = 0;
        c->text_size = 0;
        r->state = START;
        *row_ended = false;
        c->at++;
        c->skip_line_feed = ch == '\r';
        new_line(c);
        c->row_line = c->line;
        return POLICY_OK;
    }
    policy_status status = end_cell(c, r, err);
    if (status != POLICY_OK)
        return status;
    r->any = true;
    r->state = START;
    if (*row_ended) {
        c->at++;
        c->skip_line_feed = ch == '\r';
        new_line(c);
        return end_row(c, err);
    }
    advance(c, 1);
    return POLICY_OK;
}

static policy_status at_end(csv *c, row_state *r, bool *more, policy_error **err)
{
    if (r->state == QUOTED) {
        if (!c->ended) /* a look at the start of a longer text: the row is cut */
            return POLICY_OK;
        return fail(c, err, POLICY_E_SYNTAX, MESSAGE_TABLE_OPEN_QUOTE, here(c, r->quote_line, r->quote_column));
    }
    if (!c->ended || !r->any)
        return POLICY_OK;
    policy_status status = POLICY_OK;
    if (r->state == START)
        status = begin_cell(c, err);
    if (status == POLICY_OK)
        status = end_cell(c, r, err);
    if (status == POLICY_OK)
        status = end_row(c, err);
    *more = status == POLICY_OK;
    return status;
}

/* ---- rows of plain cells ---- */

#define LOOK 64 /* bytes looked at together */

/* Which of the next 64 bytes end a plain cell: separator, line end, NUL. */
static uint64_t cell_ends(const char *p, char delimiter)
{
    uint64_t bits = 0;
#ifdef __SSE2__
    const __m128i separators = _mm_set1_epi8(delimiter), feeds = _mm_set1_epi8('\n'), returns = _mm_set1_epi8('\r');
    for (unsigned i = 0; i < LOOK / 16; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hits =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, separators), _mm_cmpeq_epi8(bytes, feeds)),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, returns), _mm_cmpeq_epi8(bytes, _mm_setzero_si128())));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hits) << 16 * i;
    }
#else
    for (unsigned i = 0; i < LOOK; i++)
        bits |= (uint64_t)(p[i] == delimiter || p[i] == '\n' || p[i] == '\r' || p[i] == '\0') << i;
#endif
    return bits;
}

/* The next of them from where the last one was; the end of the text if there is none. */
static const char *next_end(csv *c, const char *end)
{
    while (c->ends == 0) {
        c->looked += LOOK;
        if (c->looked >= end)
            return end;
        c->ends = cell_ends(c->looked, c->delimiter);
    }
    const char *found = c->looked + bits_lowest(c->ends);
    c->ends &= c->ends - 1;
    return found < end ? found : end;
}

/* From `p` on. */
static void look_from(csv *c, const char *p)
{
    if (c->looked == NULL || p < c->looked || p - c->looked >= LOOK) {
        c->looked = p;
        c->ends = cell_ends(p, c->delimiter);
    } else {
        c->ends = cell_ends(c->looked, c->delimiter) & (UINT64_MAX << (p - c->looked));
    }
}

/* A row whose cells are all plain and which ends in the text: cells are then pieces of it. *done false: nothing was done,
 * and whatever is special about the row is for the states to find. */
static policy_status plain_row(csv *c, bool *done, policy_error **err)
{
    const char *start = c->buffer + c->at, *p = start, *end = c->buffer + c->end;
    char delimiter = c->delimiter;
    size_t count = 0;
    *done = false;
    if (p == end || *p == '\n' || *p == '\r')
        return POLICY_OK;
    if (p != c->plain_until)
        look_from(c, p);
    for (;;) {
        if (p == end || *p == '"')
            return POLICY_OK;
        const char *stop = next_end(c, end);
        if (stop == end || *stop == '\0' || (size_t)(stop - p) > c->cell_limit || count >= c->column_limit)
            return POLICY_OK;
        if (count >= c->cell_capacity && !allocator_grow(c->allocator, (void **)&c->cells, &c->cell_capacity, count + 1,
                                                         sizeof *c->cells, SIZE_MAX / 32))
            return error_nomem(err);
        c->cells[count++] = (str){p, (size_t)(stop - p)};
        p = stop + 1;
        if (*stop == delimiter)
            continue;
        if (*stop == '\r' && p == end && !c->ended)
            return POLICY_OK;
        if (*stop == '\r' && p < end && *p == '\n')
            p = next_end(c, end) + 1;
        break;
    }
    if ((size_t)(p - start) > c->row_limit)
        return POLICY_OK;
    c->at = (size_t)(p - c->buffer);
    c->plain_until = p;
    c->count = count;
    c->line++;
    c->column = 1;
    *done = true;
    return POLICY_OK;
}

policy_status csv_next(csv *c, bool *more, policy_error **err)
{
    row_state r = {START, false, 0, 0, false, false};
    policy_status status = POLICY_OK;
    *more = false;
    if (c->has_slack && !c->skip_line_feed) {
        c->row_line = c->line;
        status = plain_row(c, more, err);
        if (status != POLICY_OK || *more)
            return status;
    }
    c->count = c->text_size = 0;
    c->row_line = c->line;
    for (;;) {
        if (c->at == c->end) {
            status = refill(c, err);
            if (status != POLICY_OK)
                return status;
            if (c->at == c->end)
                return at_end(c, &r, more, err);
        }
        if (c->skip_line_feed) {
            c->skip_line_feed = false;
            if (c->buffer[c->at] == '\n') {
                c->at++;
                continue;
            }
        }
        bool row_ended = false;
        size_t span;
        switch (r.state) {
        case START:
            status = begin_cell(c, err);
            if (status != POLICY_OK)
                return status;
            if (c->buffer[c->at] == '"') {
                r.state = QUOTED;
                r.any = true;
                r.quote_line = c->line;
                r.quote_column = c->column;
                r.after_return = false;
                advance(c, 1);
            } else {
                r.state = PLAIN;
            }
            break;
        case PLAIN:
            span = plain_span(c);
            if (span) {
                r.any = true;
                status = append(c, &r, c->buffer + c->at, span, err);
                advance(c, span);
            } else {
                status = at_separator(c, &r, &row_ended, err);
            }
            break;
        case QUOTED:
            span = quoted_span(c);
            if (span) {
                status = append(c, &r, c->buffer + c->at, span, err);
                advance_quoted(c, span, &r);
            } else if (c->buffer[c->at] == '\0') {
                return fail(c, err, POLICY_E_SYNTAX, MESSAGE_TABLE_NUL, here(c, c->line, c->column));
            } else {
                advance(c, 1);
                r.after_return = r.after_blank = false;
                r.state = AFTER_QUOTE;
            }
            break;
        case AFTER_QUOTE:
            if (c->buffer[c->at] == '"' && !r.after_blank) {
                status = append(c, &r, "\"", 1, err);
                advance(c, 1);
                r.state = QUOTED;
            } else if (c->buffer[c->at] == ' ') {
                r.after_blank = true;
                advance(c, 1);
            } else if (plain_span(c)) {
                return fail(c, err, POLICY_E_SYNTAX, MESSAGE_TABLE_AFTER_QUOTE, here(c, c->line, c->column));
            } else {
                status = at_separator(c, &r, &row_ended, err);
            }
            break;
        }
        if (status != POLICY_OK)
            return status;
        if (row_ended) {
            *more = true;
            return POLICY_OK;
        }
    }
}

/* ---- pieces of a text ---- */

/* The end of the last line end of a text, as far as it is known: of CR LF the LF may still be to come. */
static size_t last_line_end(str text)
{
    size_t size = text.size;
    while (size > 0 && text.data[size - 1] != '\n' && (text.data[size - 1] != '\r' || size == text.size))
        size--;
    return size;
}

/* A cell that begins at `at` with a quotation mark: behind it, or behind the text when it does not end there. */
static size_t behind_quoted(str text, size_t at)
{
    for (at++; at < text.size; at++) {
        const char *mark = memchr(text.data + at, '"', text.size - at);
        if (mark == NULL)
            return text.size;
        at = (size_t)(mark - text.data) + 1;
        if (at == text.size || text.data[at] != '"')
            return at;
    }
    return text.size;
}

size_t csv_rows_end(str text, char delimiter)
{
    if (text.size == 0 || memchr(text.data, '"', text.size) == NULL)
        return last_line_end(text);
    size_t known = 0;
    bool starts = true; /* of a cell */
    for (size_t at = 0; at < text.size;) {
        char ch = text.data[at];
        if (starts && ch == '"') {
            at = behind_quoted(text, at);
            starts = false;
            continue;
        }
        at++;
        starts = ch == delimiter || ch == '\n' || ch == '\r';
        if (ch == '\n' || (ch == '\r' && at < text.size && text.data[at] != '\n'))
            known = at;
    }
    return known;
}

uint64_t csv_count_lines(str text)
{
    uint64_t count = 0, pairs = 0;
    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] == '\n') + (text.data[i] == '\r');
    if (text.size && memchr(text.data, '\r', text.size))
        for (size_t i = 1; i < text.size; i++)
            pairs += text.data[i] == '\n' && text.data[i - 1] == '\r';
    return count - pairs;
}
