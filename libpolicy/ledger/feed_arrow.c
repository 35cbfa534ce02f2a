/*
 * The columnar door of a ledger: arrays and streams of the Arrow C Data Interface, one transaction a call.
 *
 * Ownership: an array or a stream is moved only when everything is in. What a stream gives out meanwhile (its schema, its
 * arrays) belongs to this file and is released exactly once, on every path, on the calling thread. With several threads
 * the arrays of a round are held until all of its rows are in.
 */
#include "arrow/import.h"
#include "base/number.h"
#include "ledger/feed.h"

static policy_status refuse(const policy_ledger *l, policy_status status, message_id message, str a, policy_error **err)
{
    return error_set(err, l ? l->allocator : &allocator_system,
                     &(error_spec){.status = status, .message = message, .arguments = {a}});
}

/* One call's work. */
typedef struct feeding {
    policy_ledger *ledger;
    uint32_t type_at;
    policy_feed_options options;
    arrow_layout layout;
    arrow_batch_options import;
    arena memory; /* of the batches of a round */
    batch *batches;
    struct ArrowArray *arrays; /* of a stream: what the batches borrow from */
    size_t count, batch_capacity, array_capacity;
    int64_t rows; /* in all of them */
    feed_crew crew;
    feed_watch watch;
    policy_error **err;
} feeding;

/* ---- beginning ---- */

/* Rows of a source that the ledger knows already, and of none, are numbered on. */
static uint64_t first_row(const policy_ledger *l, uint32_t type_at, const policy_feed_options *o)
{
    if (o->first_row != 0) {
        return o->first_row;
    }
    bool known = o->source == NULL || map_get(&l->source_map, str_of(o->source)) != MAP_NONE;
    return known ? (uint64_t)l->state.records[type_at] + 1 : 1;
}

static policy_status begin(feeding *f, policy_ledger *l, const char *type_name, const policy_feed_options *options,
                           policy_error **err)
{
    *f = (feeding){.ledger = l, .err = err};
    if (options != NULL) {
        if (options->struct_size < sizeof *options) {
            return refuse(l, POLICY_E_ARGUMENT, MESSAGE_ARROW_STRUCT_SIZE, STR("policy_feed_options"), err);
        }
        f->options = *options;
    }
    if (f->options.source != NULL && !utf8_valid(str_of(f->options.source), NULL)) {
        return refuse(l, POLICY_E_ARGUMENT, MESSAGE_ARROW_SOURCE, str_none, err);
    }
    int type_at = engine_find_type(l->engine, str_of(type_name));
    if (type_at < 0) {
        return refuse(l, POLICY_E_NOT_FOUND, MESSAGE_ENGINE_NO_TYPE, str_of(type_name), err);
    }
    f->type_at = (uint32_t)type_at;
    policy_status status = ledger_check_order(l, f->type_at, err);
    if (status != POLICY_OK) {
        return status;
    }
    uint64_t first = first_row(l, f->type_at, &f->options);
    uint32_t source = ledger_source(l, str_of(f->options.source)); /* before any worker looks for it */
    if (source == UINT32_MAX) {
        return error_nomem(err);
    }
    arena_init(&f->memory, l->allocator, 0);
    f->import = (arrow_batch_options){.trusted = f->options.trusted != 0,
                                      .text_bytes = options_limit(&l->engine->options, POLICY_LIMIT_CELL_BYTES),
                                      .source = l->sources[source],
                                      .first_row = first};
    feed_crew_init(&f->crew, l, f->options.threads);
    f->watch = (feed_watch){.caller = l, .progress = f->options.progress, .context = f->options.context};
    return POLICY_OK;
}

static policy_status read_layout(feeding *f, const struct ArrowSchema *schema_in)
{
    policy_ledger *l = f->ledger;
    return arrow_layout_read(&f->layout, l->allocator, l->engine->tables[f->type_at]->record, schema_in,
                             f->import.source, &l->delta.notices, f->err);
}

/* ---- batches ---- */

/* Read the array as the next batch of the round. */
static policy_status add_batch(feeding *f, const struct ArrowArray *array)
{
    if (!allocator_grow(f->ledger->allocator, (void **)&f->batches, &f->batch_capacity, f->count + 1,
                        sizeof *f->batches, SIZE_MAX / 64)) {
        return error_nomem(f->err);
    }
    policy_status status = arrow_batch_read(&f->layout, array, &f->import, &f->memory, &f->batches[f->count], f->err);
    if (status == POLICY_OK) {
        int64_t rows = f->batches[f->count++].rows;
        f->rows += rows;
        f->import.first_row += (uint64_t)rows;
    }
    return status;
}

static policy_status feed_batches(feeding *f)
{
    policy_status status = feed_round(&f->crew, f->type_at, f->batches, f->count, &f->watch, f->err);
    f->count = 0;
    f->rows = 0;
    arena_reset(&f->memory);
    return status;
}

/* ---- ending ---- */

static policy_status end(feeding *f, policy_status status)
{
    policy_ledger *l = f->ledger;
    if (status == POLICY_OK) {
        status = feed_crew_merge(&f->crew, f->err);
    }
    if (status == POLICY_E_CANCELLED) {
        status = refuse(l, POLICY_E_CANCELLED, MESSAGE_CANCELLED, str_none, f->err);
    }
    if (status == POLICY_OK) {
        l->delta.supplied[f->type_at] = true;
        status = ledger_commit(l, f->err);
    } else {
        ledger_forget_delta(l);
    }
    feed_crew_free(&f->crew);
    arrow_layout_free(&f->layout);
    allocator_free(l->allocator, f->batches);
    allocator_free(l->allocator, f->arrays);
    if (f->memory.allocator != NULL) {
        arena_free(&f->memory);
    }
    return status;
}

static policy_status null_argument(const policy_ledger *l, const char *name, policy_error **err)
{
    return refuse(l, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT, str_of(name), err);
}

policy_status policy_ledger_feed(policy_ledger *ledger, const char *type_name, struct ArrowSchema *schema_in,
                                 struct ArrowArray *array, const policy_feed_options *options, policy_error **err)
{
    if (ledger == NULL || type_name == NULL || schema_in == NULL || array == NULL) {
        return null_argument(ledger,
                             ledger == NULL      ? "ledger"
                             : type_name == NULL ? "type"
                             : schema_in == NULL ? "schema"
                                                 : "array",
                             err);
    }
    feeding f;
    policy_status status = begin(&f, ledger, type_name, options, err);
    if (status == POLICY_OK) {
        status = read_layout(&f, schema_in);
    }
    if (status == POLICY_OK) {
        status = add_batch(&f, array);
    }
    if (status == POLICY_OK) {
        status = feed_batches(&f);
    }
    status = end(&f, status);
    if (status == POLICY_OK) {
        struct ArrowArray moved = *array;
        array->release = NULL;
        moved.release(&moved);
    }
    return status;
}

static policy_status refuse_stream(const feeding *f, struct ArrowArrayStream *stream, int code)
{
    const char *said = stream->get_last_error != NULL ? stream->get_last_error(stream) : NULL;
    char number[NUMBER_TEXT];
    str text = said != NULL && *said != '\0' ? str_of(said) : (str){number, number_write_int(number, code)};
    return refuse(f->ledger, POLICY_E_IO,
                  said != NULL && *said != '\0' ? MESSAGE_ARROW_STREAM : MESSAGE_ARROW_STREAM_CODE, text, f->err);
}

/* Arrays that were asked for are released once their rows are in. */
static void release_arrays(feeding *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        f->arrays[i].release(&f->arrays[i]);
    }
}

/* The next arrays, until they are worth a round; *more is false when there are no further ones. */
static policy_status feed_next(feeding *f, struct ArrowArrayStream *stream, bool *more)
{
    int64_t enough = f->crew.threads < 2 ? 1 : FEED_ROUND_ROWS * f->crew.threads;
    size_t held = 0;
    policy_status status = POLICY_OK;
    while (status == POLICY_OK && *more && f->rows < enough) {
        if (!allocator_grow(f->ledger->allocator, (void **)&f->arrays, &f->array_capacity, held + 1, sizeof *f->arrays,
                            SIZE_MAX / 64)) {
            status = error_nomem(f->err);
            break;
        }
        struct ArrowArray *array = &f->arrays[held];
        *array = (struct ArrowArray){.release = NULL};
        int code = stream->get_next(stream, array);
        if (code != 0) {
            status = refuse_stream(f, stream, code);
        } else if (array->release == NULL) {
            *more = false;
        } else {
            held++;
            status = add_batch(f, array);
        }
    }
    if (status == POLICY_OK && f->count > 0) {
        status = feed_batches(f);
    }
    release_arrays(f, held);
    return status;
}

static policy_status feed_all(feeding *f, struct ArrowArrayStream *stream)
{
    struct ArrowSchema schema_in = {.release = NULL};
    int code = stream->get_schema(stream, &schema_in);
    if (code != 0) {
        return refuse_stream(f, stream, code);
    }
    policy_status status = read_layout(f, &schema_in);
    bool more = true;
    while (status == POLICY_OK && more) {
        status = feed_next(f, stream, &more);
    }
    if (schema_in.release != NULL) {
        schema_in.release(&schema_in);
    }
    return status;
}

policy_status policy_ledger_feed_stream(policy_ledger *ledger, const char *type_name, struct ArrowArrayStream *stream,
                                        const policy_feed_options *options, policy_error **err)
{
    if (ledger == NULL || type_name == NULL || stream == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : type_name == NULL ? "type" : "stream", err);
    }
    if (stream->release == NULL || stream->get_schema == NULL || stream->get_next == NULL) {
        return refuse(ledger, POLICY_E_ARGUMENT, MESSAGE_ARROW_RELEASED, STR("ArrowArrayStream"), err);
    }
    feeding f;
    policy_status status = begin(&f, ledger, type_name, options, err);
    if (status == POLICY_OK) {
        status = feed_all(&f, stream);
    }
    status = end(&f, status);
    if (status == POLICY_OK) {
        struct ArrowArrayStream moved = *stream;
        stream->release = NULL;
        moved.release(&moved);
    }
    return status;
}
