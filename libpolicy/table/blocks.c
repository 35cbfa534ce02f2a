/*
 * Blocks of rows; see blocks.h.
 *
 * A block reads with a table of its own: a copy of the table it belongs to, whose parser stands on the block's text, whose
 * rows count from zero and whose notices are the block's. So the functions of rows.h serve here too.
 */
#include "table/blocks.h"

#include "base/number.h"
#include "table/rows.h"

#define SLACK 64

struct table_block {
    const policy_allocator *allocator;
    table part;
    column *part_columns;
    char *text;
    size_t size, capacity;
    str *held; /* a first row that the table's own parser holds; NULL: none */
    size_t held_count;
    policy_status failure; /* of the source, where the text ends */
    policy_status status;
    policy_error *err;
    block_column *columns;
    size_t column_count;
    uint64_t *numbers;
    uint32_t *cuts;
    size_t rows, number_capacity, cut_capacity;
    bool any_cut, has_extra; /* has_extra: there are columns without a header */
    bool began_blank;        /* its first row was without any text, and that is the first notice */
};

bool table_has_blocks(const table *t)
{
    return !t->is_profile && !t->failed && !t->in_row && t->columns.group_count == 0;
}

table_block *table_block_new(const table *t)
{
    const policy_allocator *a = t->allocator;
    size_t count = t->sheet.column_count;
    table_block *b = allocator_zero(a, 1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->allocator = a;
    notices_init(&b->part.notices, a);
    b->part_columns = allocator_zero(a, count + 1, sizeof *b->part_columns);
    b->columns = allocator_zero(a, count + 1, sizeof *b->columns);
    if (b->part_columns == NULL || b->columns == NULL) {
        table_block_free(b);
        return NULL;
    }
    csv_init_text(&b->part.sheet.csv, a, str_none, false);
    for (size_t i = 0; i < count; i++) {
        const column *c = &t->columns.items[i];
        b->has_extra = b->has_extra || (c->field < 0 && c->name.size == 0);
        if (c->field >= 0)
            b->columns[b->column_count++] = (block_column){.place = (uint32_t)i, .field = c->field, .unit = c->unit};
    }
    return b;
}

void table_block_free(table_block *b)
{
    if (b == NULL)
        return;
    const policy_allocator *a = b->allocator;
    for (size_t i = 0; b->columns != NULL && i < b->column_count; i++) {
        allocator_free(a, b->columns[i].offsets);
        allocator_free(a, b->columns[i].text);
    }
    csv_free(&b->part.sheet.csv);
    notices_free(&b->part.notices);
    policy_error_free(b->err);
    allocator_free(a, b->columns);
    allocator_free(a, b->part_columns);
    allocator_free(a, b->text);
    allocator_free(a, b->numbers);
    allocator_free(a, b->cuts);
    allocator_free(a, b);
}

/* ---- text ---- */

static bool reserve_text(table_block *b, size_t size)
{
    return allocator_grow(b->allocator, (void **)&b->text, &b->capacity, size + SLACK, 1, SIZE_MAX / 2);
}

/* What the table's parser has read and not used yet, or what the last block left. */
static bool take_rest(table *t, table_block *b)
{
    csv *c = &t->sheet.csv;
    size_t size = c->end - c->at;
    if (!reserve_text(b, size > t->block_bytes ? size : t->block_bytes))
        return false;
    memcpy(b->text, c->buffer + c->at, size);
    b->size = size;
    c->at = c->end;
    return true;
}

/* What follows the last whole row waits in the parser's buffer for the next block. */
static bool leave_rest(table *t, const char *rest, size_t size)
{
    csv *c = &t->sheet.csv;
    if (size > c->room) {
        char *wider = allocator_new(t->allocator, size);
        if (wider == NULL)
            return false;
        allocator_free(t->allocator, c->buffer);
        c->buffer = wider;
        c->room = size;
    }
    if (size)
        memcpy(c->buffer, rest, size);
    c->at = 0;
    c->end = size;
    return true;
}

/* More bytes behind the text, up to `until`; stops at the end of the source and at its failure. */
static bool read_on(table *t, table_block *b, size_t until)
{
    csv *c = &t->sheet.csv;
    if (!reserve_text(b, until))
        return false;
    while (!c->ended && b->failure == POLICY_OK && until - b->size >= SLACK) {
        size_t got = 0;
        b->failure = sheet_fill(&t->sheet, b->text + b->size, until - b->size, &got);
        b->size += got;
        c->ended = b->failure == POLICY_OK && got == 0;
    }
    return true;
}

/* Of CR LF the table's parser saw the CR. */
static void skip_line_feed(table *t, table_block *b)
{
    if (t->sheet.csv.skip_line_feed && b->size > 0) {
        t->sheet.csv.skip_line_feed = false;
        if (b->text[0] == '\n')
            memmove(b->text, b->text + 1, --b->size);
    }
}

static policy_status give_up(table *t, policy_error **err)
{
    t->failed = true;
    return error_nomem(err);
}

policy_status table_block_fill(table *t, table_block *b, bool *more, policy_error **err)
{
    csv *c = &t->sheet.csv;
    b->failure = POLICY_OK;
    b->held = t->sheet.held ? c->cells : NULL;
    b->held_count = c->count;
    t->sheet.held = false;
    *more = false;
    if (!take_rest(t, b))
        return give_up(t, err);
    size_t end = 0;
    for (size_t until = t->block_bytes + SLACK; end == 0; until *= 2) {
        if (!read_on(t, b, until > b->size ? until : b->size + SLACK))
            return give_up(t, err);
        skip_line_feed(t, b);
        bool all = c->ended || b->failure != POLICY_OK || b->size > c->row_limit;
        end = all ? b->size : csv_rows_end((str){b->text, b->size}, c->delimiter);
        if (all)
            break;
    }
    if (!leave_rest(t, b->text + end, b->size - end))
        return give_up(t, err);
    b->size = end;
    memset(b->text + end, 0, SLACK);
    b->part = (table){.allocator = t->allocator,
                      .type = t->type,
                      .columns = t->columns,
                      .notices = b->part.notices,
                      .sheet = {.allocator = t->allocator,
                                .name = t->sheet.name,
                                .decoder = t->sheet.decoder,
                                .header = t->sheet.header,
                                .column_count = t->sheet.column_count,
                                .type = t->sheet.type,
                                .pending = b->failure,
                                .csv = b->part.sheet.csv}};
    b->part.columns.items = b->part_columns;
    b->part.sheet.notices = &b->part.notices;
    memcpy(b->part_columns, t->columns.items, t->sheet.column_count * sizeof *b->part_columns);
    csv *own = &b->part.sheet.csv;
    own->file = c->file;
    own->delimiter = c->delimiter;
    own->cell_limit = c->cell_limit;
    own->column_limit = c->column_limit;
    own->fill = sheet_fill; /* which tells of the failure */
    own->fail = sheet_fail;
    own->context = &b->part.sheet;
    csv_turn_to(own, (str){b->text, b->size}, b->failure == POLICY_OK, c->line);
    c->line += csv_count_lines((str){b->text, b->size});
    *more = b->size > 0 || b->held != NULL || b->failure != POLICY_OK;
    return POLICY_OK;
}

/* ---- columns ---- */

/* `lies_in_block`: sixteen bytes from its beginning on may be read. */
static bool put_text(block_column *c, size_t row, str text, bool lies_in_block, const policy_allocator *a)
{
    if (c->text_size + text.size + SLACK > c->text_capacity &&
        !allocator_grow(a, (void **)&c->text, &c->text_capacity, c->text_size + text.size + SLACK, 1, INT32_MAX))
        return false;
    if (text.size <= 16 && lies_in_block) { /* most: two moves, whatever the size */
        memcpy(c->text + c->text_size, text.data, 16);
    } else if (text.size) {
        memcpy(c->text + c->text_size, text.data, text.size);
    }
    c->text_size += text.size;
    c->offsets[row + 1] = (int32_t)c->text_size;
    return true;
}

static bool reserve_row(table_block *b, bool cut)
{
    const policy_allocator *a = b->allocator;
    if (b->rows >= b->number_capacity) {
        size_t capacity = b->number_capacity;
        if (!allocator_grow(a, (void **)&b->numbers, &capacity, b->rows + 1, sizeof *b->numbers, SIZE_MAX / 32))
            return false;
        for (size_t i = 0; i < b->column_count; i++)
            if (!allocator_grow(a, (void **)&b->columns[i].offsets, &b->columns[i].offset_capacity, capacity + 1,
                                sizeof(int32_t), SIZE_MAX / 32))
                return false;
        b->number_capacity = capacity;
    }
    for (size_t i = 0; b->rows == 0 && i < b->column_count; i++)
        b->columns[i].offsets[0] = 0;
    if (!cut && !b->any_cut)
        return true;
    if (!allocator_grow(a, (void **)&b->cuts, &b->cut_capacity, b->rows + 1, sizeof *b->cuts, SIZE_MAX / 32))
        return false;
    if (!b->any_cut && b->rows)
        memset(b->cuts, 0, b->rows * sizeof *b->cuts);
    b->any_cut = true;
    return true;
}

static policy_status say_extras(table_block *b, size_t count, policy_error **err)
{
    policy_status status = POLICY_OK;
    for (size_t i = 0; i < b->part.sheet.column_count && i < count && status == POLICY_OK; i++) {
        const column *c = &b->part.columns.items[i];
        if (c->field < 0 && c->name.size == 0 && str_trim(b->part.sheet.csv.cells[i]).size)
            status = row_say_extra(&b->part, i, err);
    }
    return status;
}

static policy_status add_row(table_block *b, policy_error **err)
{
    const sheet *s = &b->part.sheet;
    const str *cells = s->csv.cells;
    size_t count = s->csv.count == s->column_count ? s->column_count : row_size(&b->part);
    uint32_t cut = count == s->column_count ? 0 : count > s->column_count ? TABLE_CUT_LOST : (uint32_t)count + 1;
    policy_status status = cut ? row_say_ragged(&b->part, count, err) : POLICY_OK;
    if (status == POLICY_OK && b->has_extra)
        status = say_extras(b, count, err);
    if (status != POLICY_OK)
        return status;
    if (!reserve_row(b, cut != 0))
        return error_nomem(err);
    bool plain = s->csv.count > 0 && cells[0].data >= b->text && cells[0].data < b->text + b->size;
    for (size_t i = 0; i < b->column_count; i++) {
        block_column *c = &b->columns[i];
        str text = c->place < count && cut != TABLE_CUT_LOST ? cells[c->place] : str_none;
        if (!put_text(c, b->rows, str_is_trim(text) ? text : str_trim(text), plain && text.size > 0, b->allocator))
            return error_nomem(err);
    }
    if (b->any_cut)
        b->cuts[b->rows] = cut;
    b->numbers[b->rows++] = s->rows;
    return POLICY_OK;
}

/* The row that the part's parser stands on. */
static policy_status take_row(table_block *b, policy_error **err)
{
    bool skip, first = b->part.sheet.rows++ == 0;
    policy_status status = row_look(&b->part, &skip, err);
    b->began_blank = first ? b->part.is_blank_run : b->began_blank;
    return status == POLICY_OK && !skip ? add_row(b, err) : status;
}

void table_block_read(table_block *b)
{
    csv *c = &b->part.sheet.csv;
    b->rows = 0;
    b->any_cut = b->began_blank = false;
    for (size_t i = 0; i < b->column_count; i++)
        b->columns[i].text_size = 0;
    b->status = POLICY_OK;
    if (b->held != NULL) {
        csv own = *c;
        c->cells = b->held;
        c->count = b->held_count;
        b->status = take_row(b, &b->err);
        *c = own;
    }
    for (bool more = true; b->status == POLICY_OK;) {
        b->status = csv_next(c, &more, &b->err);
        if (b->status != POLICY_OK || !more)
            break;
        b->status = take_row(b, &b->err);
    }
}

/* ---- in order ---- */

/* Said once of a table, wherever it is seen first. */
static bool is_said(table *t, const policy_notice *n)
{
    char room[NUMBER_TEXT + 1] = "#";
    for (size_t i = 0; n->kind == POLICY_NOTICE_UNKNOWN_COLUMN && i < t->sheet.column_count; i++) {
        column *c = &t->columns.items[i];
        if (c->field >= 0 || c->name.size || !str_equal(n->column, (str){room, 1 + number_write_uint(room + 1, i + 1)}))
            continue;
        bool before = c->extra_said;
        c->extra_said = true;
        return before;
    }
    return false;
}

static bool take_notices(table *t, table_block *b)
{
    notices *own = &b->part.notices;
    for (size_t i = b->began_blank && t->is_blank_run ? 1 : 0; i < own->count; i++) {
        policy_notice notice = *own->items[i];
        notice.row += notice.row ? t->sheet.rows : 0;
        if (!is_said(t, &notice) && !notices_add(&t->notices, &notice))
            return false;
    }
    if (own->count) {
        notices_free(own);
        notices_init(own, b->allocator);
    }
    return true;
}

policy_status table_block_take(table *t, table_block *b, policy_error **err)
{
    policy_status status = b->status;
    if (status != POLICY_OK)
        error_move(err, &b->err);
    else if (!take_notices(t, b))
        status = notices_error(&t->notices, err);
    t->failed = t->failed || status != POLICY_OK;
    for (size_t i = 0; i < b->rows; i++)
        b->numbers[i] += t->sheet.rows;
    t->is_blank_run = b->part.sheet.rows ? b->part.is_blank_run : t->is_blank_run;
    t->sheet.rows += b->part.sheet.rows;
    t->given += b->rows;
    return status;
}

/* ---- what was taken ---- */

size_t table_block_rows(const table_block *b)
{
    return b->rows;
}

size_t table_block_column_count(const table_block *b)
{
    return b->column_count;
}

const block_column *table_block_column(const table_block *b, size_t i)
{
    return &b->columns[i];
}

const uint64_t *table_block_numbers(const table_block *b)
{
    return b->numbers;
}

const uint32_t *table_block_cuts(const table_block *b)
{
    return b->any_cut ? b->cuts : NULL;
}
