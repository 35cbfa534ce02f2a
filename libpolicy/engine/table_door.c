/*
 * policy_table: files and streams as records, behind the public handle.
 *
 * The rows a host gets own their texts; inside the library (ledger) they are borrowed from the table.
 */
#include "engine/table_door.h"

static policy_status refuse_null(const policy_allocator *a, const char *name, policy_error **err)
{
    return error_set(
        err, a,
        &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_NULL_ARGUMENT, .arguments = {str_of(name)}});
}

static policy_status refuse_type(const policy_engine *engine, str name, policy_error **err)
{
    const schema *s = engine->schema;
    str *names = allocator_zero(&engine->options.allocator, s->type_count + 1, sizeof *names);
    if (names == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < s->type_count; i++) {
        names[i] = s->types[i].name;
    }
    names[s->type_count] = STR("score_table");
    policy_status status = error_set(err, &engine->options.allocator,
                                     &(error_spec){.status = POLICY_E_NOT_FOUND,
                                                   .message = MESSAGE_ENGINE_NO_TYPE,
                                                   .arguments = {name},
                                                   .nearest = str_nearest(name, names, s->type_count + 1)});
    allocator_free(&engine->options.allocator, names);
    return status;
}

/* Which record type the rows are of; -1 when there is none of that name. */
static int row_type(const policy_engine *engine, str name, bool *scores)
{
    int found = engine_find_type(engine, name);
    *scores = found < 0 && str_equal(name, STR("score_table"));
    return *scores ? engine_find_type(engine, STR("score_sheet")) : found;
}

/* Takes what the source holds, also on failure. */
static policy_status open_source(policy_engine *engine, int type_at, bool scores, const table_source *source,
                                 policy_table **out, policy_error **err)
{
    const policy_allocator *a = &engine->options.allocator;
    table_options options = {.allocator = a,
                             .cell_bytes = options_limit(&engine->options, POLICY_LIMIT_CELL_BYTES),
                             .columns = options_limit(&engine->options, POLICY_LIMIT_COLUMNS)};
    policy_table *made = allocator_zero(a, 1, sizeof *made);
    if (made == NULL) {
        if (source->close != NULL) {
            source->close(source->context);
        }
        return error_nomem(err);
    }
    const schema_type *t = &engine->schema->types[type_at];
    policy_status status = scores ? table_open_scores(t, &options, source, &made->inner, err)
                                  : table_open(t, &options, source, &made->inner, err);
    if (status != POLICY_OK) {
        allocator_free(a, made);
        return status;
    }
    made->engine = policy_engine_ref(engine);
    made->type_at = (uint32_t)type_at;
    *out = made;
    return POLICY_OK;
}

policy_status policy_table_open(policy_engine *engine, const char *type_name, const char *path, policy_table **out,
                                policy_error **err)
{
    if (engine == NULL || type_name == NULL || path == NULL || out == NULL) {
        return refuse_null(engine ? &engine->options.allocator : &allocator_system,
                           engine == NULL      ? "engine"
                           : type_name == NULL ? "type"
                           : path == NULL      ? "path"
                                               : "out",
                           err);
    }
    *out = NULL;
    bool scores;
    int index = row_type(engine, str_of(type_name), &scores);
    if (index < 0) {
        return refuse_type(engine, str_of(type_name), err);
    }
    table_source source;
    policy_status status = table_source_open(&engine->options.allocator, path, &source, err);
    return status == POLICY_OK ? open_source(engine, index, scores, &source, out, err) : status;
}

/* ---- a host's callback ---- */

typedef struct host_source {
    const policy_allocator *allocator;
    policy_read read;
    void *context;
} host_source;

static policy_status read_host(void *context, void *into, size_t room, size_t *got, const char **reason)
{
    const host_source *host = context;
    (void)reason;
    *got = 0;
    policy_status status = host->read(host->context, into, room, got);
    if (status == POLICY_OK && *got > room) { /* it says it wrote past the end: nothing of it can be trusted */
        *got = 0;
        return POLICY_E_ARGUMENT;
    }
    return status;
}

static void close_host(void *context)
{
    host_source *host = context;
    allocator_free(host->allocator, host);
}

policy_status policy_table_open_callback(policy_engine *engine, const char *type_name, const char *name,
                                         policy_read read, void *context, policy_table **out, policy_error **err)
{
    if (engine == NULL || type_name == NULL || name == NULL || read == NULL || out == NULL) {
        return refuse_null(engine ? &engine->options.allocator : &allocator_system,
                           engine == NULL      ? "engine"
                           : type_name == NULL ? "type"
                           : name == NULL      ? "name"
                           : read == NULL      ? "read"
                                               : "out",
                           err);
    }
    *out = NULL;
    bool scores;
    int index = row_type(engine, str_of(type_name), &scores);
    if (index < 0) {
        return refuse_type(engine, str_of(type_name), err);
    }
    host_source *host = allocator_new(&engine->options.allocator, sizeof *host);
    if (host == NULL) {
        return error_nomem(err);
    }
    *host = (host_source){&engine->options.allocator, read, context};
    table_source source = {.name = name, .read = read_host, .close = close_host, .context = host};
    return open_source(engine, index, scores, &source, out, err);
}

void policy_table_free(policy_table *door)
{
    if (door == NULL) {
        return;
    }
    policy_engine *engine = door->engine;
    table_free(door->inner);
    allocator_free(&engine->options.allocator, door);
    policy_engine_unref(engine);
}

/* ---- rows ---- */

policy_status policy_table_next(policy_table *door, policy_record *row, bool *more, policy_error **err)
{
    if (door == NULL || row == NULL || more == NULL) {
        return refuse_null(door ? &door->engine->options.allocator : &allocator_system,
                           door == NULL  ? "table"
                           : row == NULL ? "record"
                                         : "more",
                           err);
    }
    *more = false;
    if (row->engine != door->engine || row->type_at != door->type_at) {
        return error_set(err, &door->engine->options.allocator,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ENGINE_OTHER_TYPE,
                                       .arguments = {row->inner.type->name, table_type(door->inner)->name}});
    }
    policy_status status = table_next(door->inner, &row->inner, more, err);
    if (status != POLICY_OK || !*more) {
        record_clear(&row->inner);
        return status;
    }
    if (!record_keep_texts(&row->inner)) {
        record_clear(&row->inner);
        *more = false;
        return error_nomem(err);
    }
    return POLICY_OK;
}

/* ---- what is known of the table ---- */

const char *policy_table_type(const policy_table *door)
{
    return door ? table_type(door->inner)->name.data : NULL;
}

const char *policy_table_source(const policy_table *door)
{
    return door ? table_source_name(door->inner) : NULL;
}

const char *policy_table_encoding(const policy_table *door)
{
    return door ? table_encoding(door->inner) : NULL;
}

size_t policy_table_column_count(const policy_table *door)
{
    return door ? table_column_count(door->inner) : 0;
}

const char *policy_table_column_name(const policy_table *door, size_t column)
{
    return door ? table_column_name(door->inner, column).data : NULL;
}

int32_t policy_table_column_field(const policy_table *door, size_t column)
{
    int field = door ? table_column_field(door->inner, column) : -1;
    return field < 0 ? -1 : (int32_t)door->type_at * 64 + field;
}

uint64_t policy_table_rows(const policy_table *door)
{
    return door ? table_rows(door->inner) : 0;
}

uint64_t policy_table_bytes(const policy_table *door)
{
    return door ? table_bytes(door->inner) : 0;
}

size_t policy_table_notice_count(const policy_table *door)
{
    return door ? table_notices(door->inner)->count : 0;
}

const policy_notice *policy_table_notice(const policy_table *door, size_t i)
{
    const notices *all = door ? table_notices(door->inner) : NULL;
    return all && i < all->count ? all->items[i] : NULL;
}
