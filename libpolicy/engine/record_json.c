/*
 * A record from a JSON object, as a form arrives over HTTP: each member is a field by name.
 *
 * Texts are read as a spreadsheet's cell would be, null is an empty cell; what a field cannot take is refused by name, before
 * anything of the record changes.
 */
#include <jansson.h>

#include "base/number.h"
#include "engine/record_door.h"

#define TEXT_MOST ((size_t)1 << 20)

static policy_status refuse(const policy_record *row, policy_status status, message_id message, str a, str b,
                            str nearest, policy_error **err)
{
    return error_set(err, &row->engine->options.allocator,
                     &(error_spec){.status = status, .message = message, .arguments = {a, b}, .nearest = nearest});
}

static policy_status refuse_name(const policy_record *row, str name, policy_error **err)
{
    const schema_type *t = row->inner.type;
    str names[SCHEMA_FIELDS_MAX];
    for (uint32_t i = 0; i < t->field_count; i++) {
        names[i] = t->fields[i].name;
    }
    return refuse(row, POLICY_E_NOT_FOUND, MESSAGE_ENGINE_NO_FIELD, t->name, name,
                  str_nearest(name, names, t->field_count), err);
}

/* False: no field takes such a value. */
static bool take(const json_t *member, policy_value *out)
{
    switch (json_typeof(member)) {
    case JSON_STRING:
        *out = (policy_value){
            .kind = POLICY_VALUE_TEXT, .text = json_string_value(member), .size = json_string_length(member)};
        return true;
    case JSON_INTEGER:
        *out = (policy_value){.kind = POLICY_VALUE_INT, .integer = json_integer_value(member)};
        return true;
    case JSON_REAL:
        *out = (policy_value){.kind = POLICY_VALUE_DOUBLE, .number = json_real_value(member)};
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        *out = (policy_value){.kind = POLICY_VALUE_BOOL, .integer = json_is_true(member)};
        return true;
    case JSON_NULL:
        *out = (policy_value){.kind = POLICY_VALUE_NONE};
        return true;
    default:
        return false;
    }
}

static policy_status fill(policy_record *row, json_t *object, policy_error **err)
{
    const schema_type *t = row->inner.type;
    int32_t handles[SCHEMA_FIELDS_MAX];
    policy_value values[SCHEMA_FIELDS_MAX];
    size_t n = 0;
    const char *name;
    json_t *member;
    json_object_foreach(object, name, member)
    {
        int at = schema_find_field(t, str_of(name));
        if (at < 0) {
            return refuse_name(row, str_of(name), err);
        }
        if (!take(member, &values[n])) {
            return refuse(row, POLICY_E_ARGUMENT, MESSAGE_ENGINE_RECORD_FIELD, str_of(name), t->name, str_none, err);
        }
        handles[n++] = record_handle(row, at);
    }
    return record_replace(row, handles, values, n, err);
}

policy_status policy_record_set_json(policy_record *row, const char *text, size_t size, policy_error **err)
{
    if (row == NULL || text == NULL) {
        return error_set(err, row ? &row->engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {row == NULL ? STR("record") : STR("text")}});
    }
    if (size > TEXT_MOST) {
        return refuse(row, POLICY_E_LIMIT, MESSAGE_LIMIT, STR("size"), STR("1048576"), str_none, err);
    }
    json_error_t where;
    json_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (object == NULL && json_error_code(&where) == json_error_out_of_memory) {
        return error_nomem(err);
    }
    if (!json_is_object(object)) {
        char line[NUMBER_TEXT], column[NUMBER_TEXT];
        str at[2] = {{line, number_write_int(line, object ? 1 : where.line)},
                     {column, number_write_int(column, object ? 1 : where.column)}};
        json_decref(object);
        return refuse(row, POLICY_E_SYNTAX, MESSAGE_RECORD_NO_OBJECT, at[0], at[1], str_none, err);
    }
    policy_status status = fill(row, object, err);
    json_decref(object);
    return status;
}
