/*
 * Feeding a table, one transaction: its rows in blocks (table/blocks.h) through the column path, or where it has no blocks
 * (wide sheets, score tables, types that the ledger itself learns from) one by one.
 *
 * A round is a block for each thread: filled one after the other, read side by side, taken in order, judged side by side,
 * compared in order. What is said of equal rows is said at the end, so that no round shows in it.
 */
#include "columns/columns.h"
#include "engine/table_door.h"
#include "ledger/feed.h"
#include "ledger/notices.h"
#include "ledger/state.h"
#include "table/blocks.h"

#define PROGRESS_ROWS     4096
#define ROWS_COMPARED     500000 /* of a type: what is kept of them is sixteen bytes or more each */
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
    platform_thread *thread;
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

static void read_parts(const table_feed *f, table_part *parts, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        parts[i].thread = NULL;
        (void)platform_thread_start(f->ledger->allocator, read_part, &parts[i], &parts[i].thread);
    }
    read_part(&parts[0]);
    for (uint32_t i = 1; i < count; i++) {
        if (parts[i].thread == NULL) { /* the system gave none */
            read_part(&parts[i]);
        }
        platform_thread_join(parts[i].thread);
    }
}

/* Cells that are not there take defaults, which is said once: by one thread. */
static bool any_cut(const batch *batches, uint32_t count)
{
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        any = any || batches[i].cuts != NULL;
    }
    return any;
}

static policy_status judge_parts(table_feed *f, feed_crew *crew, table_part *parts, batch *batches, uint32_t count)
{
    uint32_t used = 0;
    policy_status status = POLICY_OK;
    for (uint32_t i = 0; i < count && status == POLICY_OK; i++) {
        status = table_block_take(f->table, parts[i].block, f->err);
        if (status == POLICY_OK && table_block_rows(parts[i].block) > 0) {
            status = make_batch(f, &parts[i], &batches[used]) ? POLICY_OK : error_nomem(f->err);
            f->rows += table_block_rows(parts[i].block);
            used += 1;
        }
    }
    feed_watch watch = {.caller = f->ledger};
    if (status == POLICY_OK && used > 0 && any_cut(batches, used)) {
        for (uint32_t i = 0; i < used && status == POLICY_OK; i++) {
            status = feed_rows(f->ledger, f->type_at, &batches[i], 0, batches[i].rows, &watch, f->err);
        }
        crew->started = true;
    } else if (status == POLICY_OK && used > 0) {
        status = feed_round(crew, f->type_at, batches, used, &watch, f->err);
    }
    for (uint32_t i = 0; i < used && status == POLICY_OK; i++) {
        status = compare_rows(f, &batches[i]);
    }
    return status == POLICY_OK ? look_around(f) : status;
}

static policy_status feed_blocks(table_feed *f, feed_crew *crew, table_part *parts, batch *batches)
{
    policy_status status = POLICY_OK;
    for (bool more = true; more && status == POLICY_OK;) {
        uint32_t filled = 0;
        while (more && filled < crew->threads && status == POLICY_OK) {
            status = table_block_fill(f->table, parts[filled].block, &more, f->err);
            filled += more ? 1 : 0;
        }
        if (status == POLICY_OK && filled > 0) {
            read_parts(f, parts, filled);
            status = judge_parts(f, crew, parts, batches, filled);
        }
    }
    return status == POLICY_OK ? feed_crew_merge(crew, f->err) : status;
}

static policy_status feed_in_blocks(table_feed *f, uint32_t threads)
{
    policy_ledger *l = f->ledger;
    const policy_allocator *a = l->allocator;
    feed_crew crew;
    threads = threads == 0 ? 1 : threads > TABLE_THREADS_MAX ? TABLE_THREADS_MAX : threads;
    feed_crew_init(&crew, l, threads);
    table_part *parts = allocator_zero(a, threads, sizeof *parts);
    batch *batches = allocator_zero(a, threads, sizeof *batches);
    bool fine = parts != NULL && batches != NULL && ledger_source(l, str_of(table_source_name(f->table))) != UINT32_MAX;
    for (uint32_t i = 0; i < threads && fine; i++) {
        fine = part_init(&parts[i], f);
    }
    f->compares = true;
    policy_status status = fine ? feed_blocks(f, &crew, parts, batches) : error_nomem(f->err);
    for (uint32_t i = 0; parts != NULL && i < threads; i++) {
        part_free(&parts[i], a);
    }
    allocator_free(a, batches);
    allocator_free(a, parts);
    feed_crew_free(&crew);
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
