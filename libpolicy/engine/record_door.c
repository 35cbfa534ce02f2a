/*
 * policy_record: a host's own rows, filled field by field.
 */
#include "engine/record_door.h"

#include "base/civil.h"
#include "base/number.h"

/* A field's handle, as policy_engine_field gives it. */
#define HANDLE_FIELDS 64

static const policy_allocator *allocator_of(const policy_record *row)
{
    return &row->engine->options.allocator;
}

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
    policy_status status = error_set(err, &engine->options.allocator,
                                     &(error_spec){.status = POLICY_E_NOT_FOUND,
                                                   .message = MESSAGE_ENGINE_NO_TYPE,
                                                   .arguments = {name},
                                                   .nearest = str_nearest(name, names, s->type_count)});
    allocator_free(&engine->options.allocator, names);
    return status;
}

policy_status policy_record_new(policy_engine *engine, const char *type_name, policy_record **out, policy_error **err)
{
    if (engine == NULL || type_name == NULL || out == NULL) {
        return refuse_null(engine ? &engine->options.allocator : &allocator_system,
                           engine == NULL      ? "engine"
                           : type_name == NULL ? "type"
                                               : "out",
                           err);
    }
    *out = NULL;
    int index = engine_find_type(engine, str_of(type_name));
    if (index < 0) {
        return refuse_type(engine, str_of(type_name), err);
    }
    policy_record *row = allocator_zero(&engine->options.allocator, 1, sizeof *row);
    if (row == NULL) {
        return error_nomem(err);
    }
    if (record_init(&row->inner, &engine->schema->types[index], &engine->options.allocator) != POLICY_OK) {
        allocator_free(&engine->options.allocator, row);
        return error_nomem(err);
    }
    row->engine = policy_engine_ref(engine);
    row->type_at = (uint32_t)index;
    *out = row;
    return POLICY_OK;
}

void policy_record_free(policy_record *row)
{
    if (row == NULL) {
        return;
    }
    policy_engine *engine = row->engine;
    record_free(&row->inner);
    allocator_free(&engine->options.allocator, row);
    policy_engine_unref(engine);
}

void policy_record_clear(policy_record *row)
{
    if (row != NULL) {
        record_clear(&row->inner);
    }
}

/* ---- texts ---- */

bool record_keep_texts(record *r)
{
    for (uint32_t i = 0; i < r->type->field_count; i++) {
        cell *c = &r->cells[i];
        if (c->kind == CELL_TEXT) {
            c->text = arena_text(&r->memory, c->text.data ? c->text : STR(""));
            if (c->text.data == NULL) {
                return false;
            }
        } else if (c->kind == CELL_VALUE) {
            c->v = value_copy(&r->memory, c->v);
            if (c->v.kind == VALUE_ERROR) {
                return false;
            }
        }
        if (c->kind != CELL_ABSENT && c->unit.data != NULL) {
            c->unit = arena_text(&r->memory, c->unit);
            if (c->unit.data == NULL) {
                return false;
            }
        }
    }
    str source = r->source.data ? arena_text(&r->memory, r->source) : str_none;
    str id = r->id.data ? arena_text(&r->memory, r->id) : str_none;
    bool kept = (source.data != NULL) == (r->source.data != NULL) && (id.data != NULL) == (r->id.data != NULL);
    r->source = source;
    r->id = id;
    return kept;
}

#define SPARE_BYTES ((size_t)64 * 1024) /* that texts no longer used may take */

static size_t live_bytes(const record *r)
{
    size_t live = r->source.size + r->id.size;
    for (uint32_t i = 0; i < r->type->field_count; i++) {
        live += r->cells[i].text.size + r->cells[i].unit.size;
    }
    return live;
}

/* A host may fill a record again and again without clearing it: what was overwritten must not pile up. Without memory for
 * a copy everything stays as it is. */
static void drop_old_texts(record *r)
{
    if (r->memory.used <= SPARE_BYTES || r->memory.used / 4 <= live_bytes(r) + SPARE_BYTES / 4) {
        return;
    }
    cell cells[SCHEMA_FIELDS_MAX];
    record fresh = *r;
    fresh.cells = cells;
    memcpy(cells, r->cells, r->type->field_count * sizeof *cells);
    arena_init(&fresh.memory, r->memory.allocator, 0);
    if (!record_keep_texts(&fresh)) {
        arena_free(&fresh.memory);
        return;
    }
    memcpy(r->cells, cells, r->type->field_count * sizeof *cells);
    arena_free(&r->memory);
    r->memory = fresh.memory;
    r->source = fresh.source;
    r->id = fresh.id;
}

/* ---- setting ---- */

static policy_status refuse_field(const policy_record *row, str field, policy_error **err)
{
    return error_set(err, allocator_of(row),
                     &(error_spec){.status = POLICY_E_ARGUMENT,
                                   .message = MESSAGE_ENGINE_RECORD_FIELD,
                                   .arguments = {field, row->inner.type->name}});
}

/* Does a value of that kind fit the field? Text fits all: it is read. */
static bool fits(const schema_field *f, const policy_value *v)
{
    const type *t = f->type;
    switch (v->kind) {
    case POLICY_VALUE_CODE:
        return f->domain != NULL && v->integer >= 0 && v->integer < (int64_t)f->value_count;
    case POLICY_VALUE_ABSENT:
    case POLICY_VALUE_NONE:
        return true;
    case POLICY_VALUE_TEXT:
        return v->text != NULL || v->size == 0;
    case POLICY_VALUE_INT: /* a class may be the number 2 */
        return t->kind == TYPE_INT || t->kind == TYPE_DOUBLE || (t->kind == TYPE_STRING && t->domain == NULL);
    case POLICY_VALUE_DOUBLE:
        return t->kind == TYPE_INT || t->kind == TYPE_DOUBLE;
    case POLICY_VALUE_BOOL:
        return t->kind == TYPE_BOOL && (v->integer == 0 || v->integer == 1);
    case POLICY_VALUE_DATE:
        return t->kind == TYPE_DATE && v->integer >= CIVIL_MIN && v->integer <= CIVIL_MAX;
    case POLICY_VALUE_TIME:
        return (t->kind == TYPE_TIME || t->kind == TYPE_DURATION) && v->integer >= 0 && v->integer <= 86400;
    case POLICY_VALUE_TIMESTAMP:
        return t->kind == TYPE_TIMESTAMP && v->integer >= (int64_t)CIVIL_MIN * 86400 * 1000000 &&
               v->integer < ((int64_t)CIVIL_MAX + 1) * 86400 * 1000000;
    default:
        return false;
    }
}

static value timestamp_of(int64_t microseconds)
{
    int64_t seconds = microseconds / 1000000, rest = microseconds % 1000000;
    return (value){.kind = VALUE_TIMESTAMP, .size = (uint32_t)(int32_t)(rest * 1000), .as.i = seconds};
}

/* The cell that a value makes; its text is copied, unless borrowed. False when out of memory. */
static bool make_cell(policy_record *row, const schema_field *f, const policy_value *v, bool borrow, cell *out)
{
    *out = (cell){.kind = CELL_VALUE};
    switch (v->kind) {
    case POLICY_VALUE_ABSENT:
        out->kind = CELL_ABSENT;
        return true;
    case POLICY_VALUE_NONE:
        out->kind = CELL_EMPTY;
        return true;
    case POLICY_VALUE_TEXT:
        out->kind = CELL_TEXT;
        out->text = v->size ? (str){v->text, v->size} : STR("");
        if (!borrow) {
            out->text = arena_text(&row->inner.memory, out->text);
        }
        return out->text.data != NULL;
    case POLICY_VALUE_CODE:
        out->v = value_string(f->values[v->integer].code);
        out->v.interned = 1;
        return true;
    case POLICY_VALUE_INT:
        out->v = value_int(v->integer);
        return true;
    case POLICY_VALUE_DOUBLE:
        out->v = value_double(v->number);
        return true;
    case POLICY_VALUE_BOOL:
        out->v = value_bool(v->integer != 0);
        return true;
    case POLICY_VALUE_DATE:
        out->v = value_date((int32_t)v->integer);
        return true;
    case POLICY_VALUE_TIME:
        out->v = value_duration(v->integer, 0);
        return true;
    default:
        out->v = timestamp_of(v->integer);
        return true;
    }
}

static policy_status set_many(policy_record *row, const int32_t *fields, const policy_value *values, size_t n,
                              bool borrow, policy_error **err)
{
    if (row == NULL || (n > 0 && (fields == NULL || values == NULL))) {
        return refuse_null(row ? allocator_of(row) : &allocator_system,
                           row == NULL      ? "record"
                           : fields == NULL ? "fields"
                                            : "values",
                           err);
    }
    const schema_type *t = row->inner.type;
    int32_t first = (int32_t)row->type_at * HANDLE_FIELDS;
    for (size_t i = 0; i < n; i++) {
        int64_t field = (int64_t)fields[i] - first;
        if (field < 0 || field >= (int64_t)t->field_count) {
            char number[NUMBER_TEXT];
            number_write_int(number, fields[i]);
            return refuse_field(row, str_of(number), err);
        }
        if (!fits(&t->fields[field], &values[i])) {
            return refuse_field(row, t->fields[field].name, err);
        }
    }
    drop_old_texts(&row->inner);
    /* Texts first: nothing that can fail happens once the first cell has changed. */
    cell few[SCHEMA_FIELDS_MAX],
        *cells = n <= SCHEMA_FIELDS_MAX ? few : allocator_zero(allocator_of(row), n, sizeof *cells);
    bool made = cells != NULL;
    for (size_t i = 0; i < n && made; i++) {
        made = make_cell(row, &t->fields[fields[i] - first], &values[i], borrow, &cells[i]);
    }
    for (size_t i = 0; i < n && made; i++) {
        row->inner.cells[fields[i] - first] = cells[i];
    }
    if (cells != few) {
        allocator_free(allocator_of(row), cells);
    }
    return made ? POLICY_OK : error_nomem(err);
}

int32_t record_handle(const policy_record *row, int field)
{
    return (int32_t)row->type_at * HANDLE_FIELDS + field;
}

policy_status record_replace(policy_record *row, const int32_t *handles, const policy_value *values, size_t n,
                             policy_error **err)
{
    const schema_type *t = row->inner.type;
    for (size_t i = 0; i < n; i++) {
        const schema_field *f = &t->fields[handles[i] - record_handle(row, 0)];
        if (!fits(f, &values[i])) {
            return refuse_field(row, f->name, err);
        }
    }
    record_clear(&row->inner);
    return set_many(row, handles, values, n, false, err);
}

policy_status policy_record_set_many(policy_record *row, const int32_t *fields, const policy_value *values, size_t n,
                                     policy_error **err)
{
    return set_many(row, fields, values, n, false, err);
}

policy_status policy_record_set_borrowed(policy_record *row, const int32_t *fields, const policy_value *values,
                                         size_t n, policy_error **err)
{
    return set_many(row, fields, values, n, true, err);
}

policy_status policy_record_set(policy_record *row, int32_t field, const policy_value *v, policy_error **err)
{
    return policy_record_set_many(row, &field, v, 1, err);
}

static policy_status set_by_name(policy_record *row, const char *field, const policy_value *v, policy_error **err)
{
    if (row == NULL || field == NULL) {
        return refuse_null(row ? allocator_of(row) : &allocator_system, row == NULL ? "record" : "field", err);
    }
    const schema_type *t = row->inner.type;
    int index = schema_find_field(t, str_of(field));
    if (index < 0) {
        str names[SCHEMA_FIELDS_MAX];
        for (uint32_t i = 0; i < t->field_count; i++) {
            names[i] = t->fields[i].name;
        }
        return error_set(err, allocator_of(row),
                         &(error_spec){.status = POLICY_E_NOT_FOUND,
                                       .message = MESSAGE_ENGINE_NO_FIELD,
                                       .arguments = {t->name, str_of(field)},
                                       .nearest = str_nearest(str_of(field), names, t->field_count)});
    }
    return policy_record_set(row, (int32_t)row->type_at * HANDLE_FIELDS + index, v, err);
}

policy_status policy_record_set_text(policy_record *row, const char *field, const char *text, policy_error **err)
{
    policy_value v = {
        .kind = text ? POLICY_VALUE_TEXT : POLICY_VALUE_NONE, .text = text, .size = text ? strlen(text) : 0};
    return set_by_name(row, field, &v, err);
}

policy_status policy_record_set_int(policy_record *row, const char *field, int64_t integer, policy_error **err)
{
    policy_value v = {.kind = POLICY_VALUE_INT, .integer = integer};
    return set_by_name(row, field, &v, err);
}

policy_status policy_record_set_source(policy_record *row, const char *source, uint64_t number, policy_error **err)
{
    if (row == NULL) {
        return refuse_null(&allocator_system, "record", err);
    }
    drop_old_texts(&row->inner);
    str kept = str_none;
    if (source != NULL) {
        kept = arena_text(&row->inner.memory, str_of(source));
        if (kept.data == NULL) {
            return error_nomem(err);
        }
    }
    row->inner.source = kept;
    row->inner.row = number;
    return POLICY_OK;
}
