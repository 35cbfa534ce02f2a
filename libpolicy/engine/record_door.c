/*
 * Records as hosts fill them: by handle, by name, many at once.
 */
#include "engine/record_door.h"

#include "base/error.h"

static policy_status refuse(const policy_record *r, policy_status status, message_id message, str a, str b,
                            policy_error **err)
{
    return error_set(err, &r->engine->options.allocator,
                     &(error_spec){.status = status, .message = message, .arguments = {a, b}});
}

static policy_status null_argument(const char *what, policy_error **err)
{
    return error_set(err, &allocator_system, &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_ARGUMENT,
                                                           .arguments = {STR("NULL"), str_of(what)}});
}

policy_status policy_record_new(policy_engine *engine, const char *type_name, policy_record **out, policy_error **err)
{
    if (engine == NULL || type_name == NULL || out == NULL) {
        return null_argument(engine == NULL ? "engine" : type_name == NULL ? "type" : "out", err);
    }
    *out = NULL;
    const policy_allocator *a = &engine->options.allocator;
    int at = engine_find_type(engine, str_of(type_name));
    if (at < 0) {
        str *names = allocator_zero(a, engine->type_count + 1, sizeof *names);
        if (names == NULL) {
            return error_nomem(err);
        }
        for (uint32_t i = 0; i < engine->type_count; i++) {
            names[i] = engine->tables[i]->name;
        }
        policy_status status =
            error_set(err, a, &(error_spec){.status = POLICY_E_NOT_FOUND, .message = MESSAGE_ENGINE_NO_TYPE,
                                            .arguments = {str_of(type_name)},
                                            .nearest = str_nearest(str_of(type_name), names, engine->type_count)});
        allocator_free(a, names);
        return status;
    }
    policy_record *r = allocator_zero(a, 1, sizeof *r);
    if (r == NULL || record_init(&r->inner, engine->tables[at]->record, a) != POLICY_OK) {
        allocator_free(a, r);
        return error_nomem(err);
    }
    r->engine = policy_engine_ref(engine);
    r->type_at = (uint32_t)at;
    *out = r;
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
    record_clear(&row->inner);
}

/* Does a value of that kind fit the field? Numbers and dates may also be given as text. */
static bool accepts(const schema_field *f, const policy_value *v, value *out)
{
    const type *t = f->type;
    switch (v->kind) {
    case POLICY_VALUE_INT:
        if (t->kind == TYPE_DOUBLE) {
            *out = value_double((double)v->integer);
            return true;
        }
        *out = value_int(v->integer);
        return t->kind == TYPE_INT;
    case POLICY_VALUE_DOUBLE:
        *out = value_double(v->number);
        return t->kind == TYPE_DOUBLE;
    case POLICY_VALUE_BOOL:
        *out = value_bool(v->integer != 0);
        return t->kind == TYPE_BOOL && (v->integer == 0 || v->integer == 1);
    case POLICY_VALUE_DATE:
        *out = value_date((int32_t)v->integer);
        return t->kind == TYPE_DATE && v->integer >= INT32_MIN && v->integer <= INT32_MAX;
    case POLICY_VALUE_TIME:
        *out = value_duration(v->integer, 0);
        return t->kind == TYPE_TIME && v->integer >= 0 && v->integer <= 24 * 3600;
    case POLICY_VALUE_TIMESTAMP: {
        int64_t seconds = v->integer / 1000000, rest = v->integer % 1000000;
        if (rest < 0) {
            seconds--;
            rest += 1000000;
        }
        *out = (value){.kind = VALUE_TIMESTAMP, .size = (uint32_t)(rest * 1000), .as.i = seconds};
        if (seconds < 0 && rest > 0) { /* both parts of one sign */
            out->as.i = seconds + 1;
            out->size = (uint32_t)(int32_t)(rest * 1000 - 1000000000);
        }
        return t->kind == TYPE_TIMESTAMP;
    }
    default:
        return false;
    }
}

/* The cell a value makes; *status tells a refusal from running out of memory. */
static bool read_cell(policy_record *r, int32_t field, const policy_value *v, cell *out, policy_status *status)
{
    const schema_type *t = r->inner.type;
    *status = POLICY_E_ARGUMENT;
    if (field < 0 || (uint32_t)field / 64 != r->type_at || (uint32_t)field % 64 >= t->field_count) {
        return false;
    }
    const schema_field *f = &t->fields[field % 64];
    *out = (cell){0};
    switch (v->kind) {
    case POLICY_VALUE_ABSENT:
        out->kind = CELL_ABSENT;
        return true;
    case POLICY_VALUE_NONE:
        out->kind = CELL_EMPTY;
        return true;
    default:
        out->kind = CELL_VALUE;
        return accepts(f, v, &out->v);
    }
}

policy_status policy_record_set_many(policy_record *row, const int32_t *fields, const policy_value *values, size_t n,
                                     policy_error **err)
{
    if (row == NULL || (n > 0 && (fields == NULL || values == NULL))) {
        return null_argument(row == NULL ? "record" : "values", err);
    }
    cell made;
    policy_status status;
    for (size_t i = 0; i < n; i++) { /* look at all of them before the first is set */
        const policy_value *v = &values[i];
        bool text = v->kind == POLICY_VALUE_TEXT;
        policy_value empty = {.kind = POLICY_VALUE_NONE};
        bool fine = read_cell(row, fields[i], text ? &empty : v, &made, &status);
        if (fine && text) {
            fine = (v->text != NULL || v->size == 0) && utf8_valid((str){v->text ? v->text : "", v->size}, NULL);
            status = POLICY_E_ENCODING;
        }
        if (!fine) {
            str name = fields[i] >= 0 && (uint32_t)fields[i] % 64 < row->inner.type->field_count
                           ? row->inner.type->fields[fields[i] % 64].name
                           : STR("?");
            return refuse(row, status, MESSAGE_ENGINE_RECORD_FIELD, name, row->inner.type->name, err);
        }
    }
    /* Copy the texts, then set: nothing is set when one of them finds no memory. */
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += values[i].kind == POLICY_VALUE_TEXT ? values[i].size + 1 : 0;
    }
    char *room = bytes > 0 ? arena_new(&row->inner.memory, bytes) : NULL;
    if (bytes > 0 && room == NULL) {
        row->inner.memory.failed = false;
        return error_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        cell *to = &row->inner.cells[fields[i] % 64];
        if (values[i].kind == POLICY_VALUE_TEXT) {
            if (values[i].size > 0) {
                memcpy(room, values[i].text, values[i].size);
            }
            room[values[i].size] = '\0';
            *to = (cell){.kind = CELL_TEXT, .text = {room, values[i].size}};
            room += values[i].size + 1;
            continue;
        }
        (void)read_cell(row, fields[i], &values[i], &made, &status);
        *to = made;
    }
    return POLICY_OK;
}

policy_status policy_record_set(policy_record *row, int32_t field, const policy_value *v, policy_error **err)
{
    return policy_record_set_many(row, &field, v, 1, err);
}

static policy_status by_name(policy_record *row, const char *field, const policy_value *v, policy_error **err)
{
    if (row == NULL || field == NULL) {
        return null_argument(row == NULL ? "record" : "field", err);
    }
    const schema_type *t = row->inner.type;
    int at = schema_find_field(t, str_of(field));
    if (at < 0) {
        str names[64];
        for (uint32_t i = 0; i < t->field_count && i < 64; i++) {
            names[i] = t->fields[i].name;
        }
        return error_set(err, &row->engine->options.allocator,
                         &(error_spec){.status = POLICY_E_NOT_FOUND, .message = MESSAGE_ENGINE_NO_FIELD,
                                       .arguments = {t->name, str_of(field)},
                                       .nearest = str_nearest(str_of(field), names, t->field_count)});
    }
    int32_t handle = (int32_t)row->type_at * 64 + at;
    return policy_record_set_many(row, &handle, v, 1, err);
}

policy_status policy_record_set_text(policy_record *row, const char *field, const char *text, policy_error **err)
{
    policy_value v = {.kind = text ? POLICY_VALUE_TEXT : POLICY_VALUE_NONE, .text = text,
                      .size = text ? strlen(text) : 0};
    return by_name(row, field, &v, err);
}

policy_status policy_record_set_int(policy_record *row, const char *field, int64_t number, policy_error **err)
{
    policy_value v = {.kind = POLICY_VALUE_INT, .integer = number};
    return by_name(row, field, &v, err);
}

policy_status policy_record_set_source(policy_record *to, const char *source, uint64_t row, policy_error **err)
{
    if (to == NULL) {
        return null_argument("record", err);
    }
    str kept = str_none;
    if (source != NULL) {
        kept = arena_text(&to->inner.memory, str_of(source));
        if (kept.data == NULL) {
            to->inner.memory.failed = false;
            return error_nomem(err);
        }
    }
    to->inner.source = kept;
    to->inner.row = row;
    return POLICY_OK;
}
