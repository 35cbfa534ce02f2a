/*
 * Feeding a table, one transaction: its rows in blocks (table/blocks.h) through the column path, or where it has no blocks
 * (wide sheets, score tables, types that the ledger itself learns from) one by one.
 *
 * The calling thread fills blocks and judges them in their order; meanwhile the others read the blocks that come next:
 *
 *     calling    fill 3, 4   judge 1   judge 2 │ fill 5, 6   judge 3   judge 4
 *     others                 read 3    read 4  │             read 5    read 6
 *
 * So what is judged is one ledger's, whose tables stay as compact as they are with one thread. What is said of equal rows is
 * said at the end, behind all else that is said of rows.
 */
#include "columns/columns.h"
#include "engine/table_door.h"
#include "ledger/feed.h"
#include "ledger/notices.h"
#include "ledger/state.h"
#include "table/blocks.h"

#define PROGRESS_ROWS     4096
#define ROWS_COMPARED     390000 /* of a type: a table of half a million places, three quarters full */
#define TABLE_THREADS_MAX 64

/* One call's work. */
typedef struct table_feed {
    policy_ledger *ledger;
    table *table;
    uint32_t type_at;
    policy_progress progress;
    void *context;
    record row;
    notices repeats; /* of equal rows, and that there are too many to compare */
    bool compares;
    uint64_t rows;
    policy_error **err;
} table_feed;

static policy_status refuse(const policy_ledger *l, policy_status status, message_id message, str a, policy_error **err)
{
    return error_set(err, l ? l->allocator : &allocator_system,
                     &(error_spec){.status = status, .message = message, .arguments = {a}});
}

static policy_status look_around(table_feed *f)
{
    bool cancelled = f->progress != NULL && f->progress(f->context, f->rows, table_bytes(f->table)) != 0;
    return cancelled ? refuse(f->ledger, POLICY_E_CANCELLED, MESSAGE_CANCELLED, str_none, f->err) : POLICY_OK;
}

/* ---- one by one ---- */

static policy_status post_rows(table_feed *f)
{
    policy_status status = POLICY_OK;
    for (bool more = true; status == POLICY_OK && more;) {
        status = table_next(f->table, &f->row, &more, f->err);
        if (status == POLICY_OK && more) {
            status = post_record(f->ledger, f->type_at, &f->row, f->err);
            f->rows++;
        }
        if (status == POLICY_OK && (f->rows % PROGRESS_ROWS == 0 || !more)) {
            status = look_around(f);
        }
    }
    return status;
}

/* ---- blocks ---- */

/* A block, and its columns as a batch. */
typedef struct table_part {
    table_block *block;
    column *columns;
    const column **fields;
    str *units;
    uint32_t *places;
    uint64_t *contents;
    size_t content_capacity;
    platform_thread *thread; /* that reads it */
    bool started;
} table_part;

static void part_free(table_part *p, const policy_allocator *a)
{
    table_block_free(p->block);
    allocator_free(a, p->columns);
    allocator_free(a, p->fields);
    allocator_free(a, p->units);
    allocator_free(a, p->places);
    allocator_free(a, p->contents);
}

static bool part_init(table_part *p, const table_feed *f)
{
    const policy_allocator *a = f->ledger->allocator;
    size_t count = (size_t)table_type(f->table)->field_count + 1;
    p->block = table_block_new(f->table);
    p->columns = allocator_zero(a, count, sizeof *p->columns);
    p->fields = allocator_zero(a, count, sizeof *p->fields);
    p->units = allocator_zero(a, count, sizeof *p->units);
    p->places = allocator_zero(a, count, sizeof *p->places);
    return p->block != NULL && p->columns != NULL && p->fields != NULL && p->units != NULL && p->places != NULL;
}

static bool make_batch(const table_feed *f, table_part *p, batch *out)
{
    size_t rows = table_block_rows(p->block);
    if (f->compares && !allocator_grow(f->ledger->allocator, (void **)&p->contents, &p->content_capacity, rows,
                                       sizeof *p->contents, SIZE_MAX / 32)) {
        return false;
    }
    for (size_t i = 0; i < table_block_column_count(p->block); i++) {
        const block_column *from = table_block_column(p->block, i);
        p->columns[from->field] = (column){
            .storage = COLUMN_UTF8, .unit = 1, .values = from->offsets, .text = from->text, .length = (int64_t)rows};
        p->fields[from->field] = &p->columns[from->field];
        p->units[from->field] = from->unit;
        p->places[from->field] = from->place;
    }
    *out = (batch){.type = table_type(f->table),
                   .rows = (int64_t)rows,
                   .fields = p->fields,
                   .units = p->units,
                   .source = str_of(table_source_name(f->table)),
                   .first_row = 1,
                   .numbers = table_block_numbers(p->block),
                   .cuts = table_block_cuts(p->block),
                   .places = p->places,
                   .contents = f->compares ? p->contents : NULL};
    return true;
}

/* Rows that equal an earlier one. */
static policy_status compare_rows(table_feed *f, const batch *b)
{
    policy_ledger *l = f->ledger;
    row_set *before = &l->state.rows[f->type_at], *now = &l->delta.rows[f->type_at];
    for (int64_t i = 0; i < b->rows && f->compares; i++) {
        bool fine = true;
        if (before->used + now->used >= ROWS_COMPARED) {
            f->compares = false;
            fine = note_not_compared(&f->repeats, b->type, b->source, batch_number(b, i));
        } else {
            uint64_t content = b->contents[i];
            if (row_set_count(before, content) + row_set_count(now, content) > 0) {
                batch_row_as_cut(b, i, &f->row);
                fine = note_equal_row(&f->repeats, &f->row);
            }
            if (!row_set_change(now, content, 1, l->delta.allocator)) {
                return error_nomem(f->err);
            }
        }
        if (!fine) {
            return notices_error(&f->repeats, f->err);
        }
    }
    return POLICY_OK;
}

static void read_part(void *context)
{
    table_block_read(((table_part *)context)->block);
}

/* Parts that are worked on at the same time. */
typedef struct part_round {
    table_part *parts;
    uint32_t filled;
} part_round;

/* The next text, and threads that read it; without threads it is read at once. */
static policy_status begin_round(table_feed *f, part_round *r, uint32_t most, bool side_by_side, bool *more)
{
    policy_status status = POLICY_OK;
    for (r->filled = 0; *more && r->filled < most && status == POLICY_OK;) {
        status = table_block_fill(f->table, r->parts[r->filled].block, more, f->err);
        r->filled += status == POLICY_OK && *more ? 1 : 0;
    }
    for (uint32_t i = 0; i < r->filled; i++) {
        table_part *p = &r->parts[i];
        p->thread = NULL;
        p->started = status == POLICY_OK && side_by_side &&
                     platform_thread_start(f->ledger->allocator, read_part, p, &p->thread);
    }
    return status;
}

/* All of it is read. What no thread was had for is read here. */
static void end_round(part_round *r, bool wanted)
{
    for (uint32_t i = 0; i < r->filled; i++) {
        if (r->parts[i].started) {
            platform_thread_join(r->parts[i].thread);
        } else if (wanted) {
            read_part(&r->parts[i]);
        }
    }
}

static policy_status judge_part(table_feed *f, table_part *p)
{
    policy_status status = table_block_take(f->table, p->block, f->err);
    batch b;
    if (status == POLICY_OK && table_block_rows(p->block) > 0) {
        feed_watch watch = {.caller = f->ledger};
        f->rows += table_block_rows(p->block);
        status = make_batch(f, p, &b) ? feed_rows(f->ledger, f->type_at, &b, 0, b.rows, &watch, f->err)
                                      : error_nomem(f->err);
        if (status == POLICY_OK) {
            status = compare_rows(f, &b);
        }
    }
    return status == POLICY_OK ? look_around(f) : status;
}

static policy_status feed_blocks(table_feed *f, part_round *now, part_round *next, uint32_t most)
{
    bool more = true, side_by_side = next != now;
    policy_status status = begin_round(f, now, most, side_by_side, &more);
    end_round(now, status == POLICY_OK);
    while (status == POLICY_OK && now->filled > 0) {
        if (side_by_side) {
            status = begin_round(f, next, most, true, &more);
        }
        for (uint32_t i = 0; i < now->filled && status == POLICY_OK; i++) {
            status = judge_part(f, &now->parts[i]);
        }
        if (!side_by_side && status == POLICY_OK) {
            status = begin_round(f, next, most, false, &more);
        }
        end_round(next, status == POLICY_OK);
        part_round *last = now;
        now = next;
        next = last;
    }
    return status;
}

static policy_status feed_in_blocks(table_feed *f, uint32_t threads)
{
    policy_ledger *l = f->ledger;
    const policy_allocator *a = l->allocator;
    threads = threads > TABLE_THREADS_MAX ? TABLE_THREADS_MAX : threads;
    uint32_t most = threads > 1 ? threads - 1 : 1, count = threads > 1 ? 2 * most : 1;
    table_part *parts = allocator_zero(a, count, sizeof *parts);
    bool fine = parts != NULL && ledger_source(l, str_of(table_source_name(f->table))) != UINT32_MAX;
    for (uint32_t i = 0; i < count && fine; i++) {
        fine = part_init(&parts[i], f);
    }
    f->compares = true;
    part_round first = {.parts = parts}, second = {.parts = fine && threads > 1 ? parts + most : parts};
    policy_status status = fine ? feed_blocks(f, &first, threads > 1 ? &second : &first, most) : error_nomem(f->err);
    for (uint32_t i = 0; parts != NULL && i < count; i++) {
        part_free(&parts[i], a);
    }
    allocator_free(a, parts);
    return status;
}

/* ---- the call ---- */

static policy_status feed_all(table_feed *f, uint32_t threads)
{
    policy_ledger *l = f->ledger;
    bool blocks = table_has_blocks(f->table) && !columns_are_posted(l->engine, f->type_at);
    policy_status status = blocks ? feed_in_blocks(f, threads) : post_rows(f);
    notices *theirs = table_notices(f->table);
    if (status == POLICY_OK) {
        l->delta.supplied[f->type_at] = true;
        if (!notices_append(&l->delta.notices, &f->repeats) || !notices_append(&l->delta.notices, theirs)) {
            status = notices_error(&l->delta.notices, f->err);
        }
    }
    if (status != POLICY_OK) {
        ledger_forget_delta(l);
        return status;
    }
    status = ledger_commit(l, f->err);
    if (status == POLICY_OK) {
        notices_truncate(theirs, 0); /* they moved */
    }
    return status;
}

policy_status policy_ledger_feed_table_parallel(policy_ledger *ledger, policy_table *table_in, uint32_t threads,
                                                policy_progress progress, void *context, policy_error **err)
{
    if (ledger == NULL || table_in == NULL) {
        return refuse(ledger, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT, ledger ? STR("table") : STR("ledger"), err);
    }
    if (table_in->engine != ledger->engine) {
        return refuse(ledger, POLICY_E_ARGUMENT, MESSAGE_LEDGER_FOREIGN, STR("table"), err);
    }
    policy_status status = ledger_check_order(ledger, table_in->type_at, err);
    if (status != POLICY_OK) {
        return status;
    }
    table_feed f = {.ledger = ledger,
                    .table = table_in->inner,
                    .type_at = table_in->type_at,
                    .progress = progress,
                    .context = context,
                    .err = err};
    if (record_init(&f.row, ledger->engine->tables[f.type_at]->record, ledger->allocator) != POLICY_OK) {
        return error_nomem(err);
    }
    notices_init(&f.repeats, ledger->allocator);
    status = feed_all(&f, threads);
    notices_free(&f.repeats);
    record_free(&f.row);
    return status;
}

policy_status policy_ledger_feed_table(policy_ledger *ledger, policy_table *table_in, policy_progress progress,
                                       void *context, policy_error **err)
{
    return policy_ledger_feed_table_parallel(ledger, table_in, 1, progress, context, err);
}
