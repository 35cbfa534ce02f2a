/*
 * The calculator's requests: JSON into values.
 *
 * Plain JSON is read as CEL has it (whole numbers are int, objects are maps), or as the static type that the request
 * names. Typed JSON says its type itself, all the way down.
 */
#include "base/civil.h"
#include "base/number.h"
#include "expr/calculator.h"
#include "expr/functions.h"
#include "expr/map_value.h"
#include "expr/time_read.h"

static bool no_memory(calculator_failure *why)
{
    why->nomem = true;
    return false;
}

static bool wants(calculator_failure *why, message_id what)
{
    why->message = MESSAGE_CALCULATOR_WANTS;
    why->argument = message_argument(what);
    return false;
}

static str json_text(const json_t *json)
{
    return (str){json_string_value(json), json_string_length(json)};
}

static bool keep_text(arena *a, str text, value_kind kind, value *out, calculator_failure *why)
{
    str kept = arena_text(a, text);
    if (!kept.data || kept.size > UINT32_MAX)
        return no_memory(why);
    *out = value_string(kept);
    out->kind = (uint8_t)kind;
    return true;
}

/* ---- scalars from text ---- */

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool read_base64(arena *a, str text, value *out, calculator_failure *why)
{
    size_t digits = text.size;
    while (digits && text.size - digits < 2 && text.data[digits - 1] == '=')
        digits--;
    if (text.size % 4 || digits % 4 == 1)
        return wants(why, MESSAGE_CALCULATOR_BASE64);
    char *bytes = arena_new(a, text.size / 4 * 3 + 1);
    if (!bytes)
        return no_memory(why);
    size_t size = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = base64_digit(text.data[i]);
        if (digit < 0)
            return wants(why, MESSAGE_CALCULATOR_BASE64);
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 != 0)
            bytes[size++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xFF);
    }
    *out = (value){.kind = VALUE_BYTES, .size = (uint32_t)size, .as.text = bytes};
    return true;
}

static bool read_timestamp(str text, value *out)
{
    int64_t seconds;
    int32_t nanoseconds;
    if (time_read_timestamp(text, &seconds, &nanoseconds) != TIME_READ_OK)
        return false;
    *out = (value){.kind = VALUE_TIMESTAMP, .size = (uint32_t)nanoseconds, .as.i = seconds};
    return true;
}

static bool read_duration(str text, value *out)
{
    int64_t seconds;
    int32_t nanoseconds;
    if (time_read_duration(text, &seconds, &nanoseconds) != TIME_READ_OK)
        return false;
    *out = value_duration(seconds, nanoseconds);
    return true;
}

static bool read_date(str text, value *out)
{
    int32_t days;
    if (!civil_read(text, &days))
        return false;
    *out = value_date(days);
    return true;
}

static bool read_time(str text, value *out)
{
    int64_t seconds;
    if (!time_read_of_day(text, &seconds))
        return false;
    *out = value_duration(seconds, 0);
    return true;
}

/* Kinds that JSON can only spell as text. */
static bool read_spelt(arena *a, const json_t *json, type_kind kind, value *out, calculator_failure *why)
{
    if (!json_is_string(json))
        return wants(why, MESSAGE_CALCULATOR_A_TEXT);
    str text = json_text(json);
    switch (kind) {
    case TYPE_BYTES:
        return read_base64(a, text, out, why);
    case TYPE_TIMESTAMP:
        return read_timestamp(text, out) || wants(why, MESSAGE_CALCULATOR_A_TIMESTAMP);
    case TYPE_DURATION:
        return read_duration(text, out) || wants(why, MESSAGE_CALCULATOR_A_DURATION);
    case TYPE_DATE:
        return read_date(text, out) || wants(why, MESSAGE_CALCULATOR_A_DATE);
    default:
        return read_time(text, out) || wants(why, MESSAGE_CALCULATOR_A_TIME);
    }
}

/* ---- plain ---- */

typedef bool read_item(arena *a, const json_t *json, const type *t, value *out, calculator_failure *why);

static bool read_list(arena *a, const json_t *json, const type *item, read_item *read, value *out,
                      calculator_failure *why)
{
    size_t count = json_array_size(json);
    value_list *list = arena_new(a, sizeof *list);
    value *items = arena_array(a, count, sizeof *items);
    if (!list || !items)
        return no_memory(why);
    for (size_t i = 0; i < count; i++)
        if (!read(a, json_array_get(json, i), item, &items[i], why))
            return false;
    *list = (value_list){count, items};
    *out = (value){.kind = VALUE_LIST, .as.list = list};
    return true;
}

static bool close_map(arena *a, const value *keys, const value *values, size_t count, value *out,
                      calculator_failure *why)
{
    value_map *map = arena_new(a, sizeof *map);
    map_value_result result = map ? map_value_fill(a, map, keys, values, count) : MAP_VALUE_FULL;
    if (result == MAP_VALUE_FULL)
        return no_memory(why);
    if (result == MAP_VALUE_DUPLICATE)
        return wants(why, MESSAGE_CALCULATOR_NO_EQUAL_KEYS);
    *out = (value){.kind = VALUE_MAP, .as.map = map};
    return true;
}

/* JSON's keys are text; a map of another key type has them spelt. */
static bool read_key(arena *a, str text, const type *t, value *out, calculator_failure *why)
{
    switch (t ? t->kind : TYPE_STRING) {
    case TYPE_INT:
        *out = value_int(0);
        return number_read_int(text, &out->as.i) || wants(why, MESSAGE_CALCULATOR_INT_KEYS);
    case TYPE_UINT:
        *out = value_uint(0);
        return number_read_uint(text, &out->as.u) || wants(why, MESSAGE_CALCULATOR_UINT_KEYS);
    case TYPE_BOOL:
        *out = value_bool(str_equal(text, STR("true")));
        return out->as.b || str_equal(text, STR("false")) || wants(why, MESSAGE_CALCULATOR_BOOL_KEYS);
    default:
        return keep_text(a, text, VALUE_STRING, out, why);
    }
}

static bool read_plain_map(arena *a, const json_t *json, const type *key, const type *held, value *out,
                           calculator_failure *why)
{
    size_t count = json_object_size(json), i = 0;
    value *keys = arena_array(a, count, sizeof *keys), *values = arena_array(a, count, sizeof *values);
    if (!keys || !values)
        return no_memory(why);
    for (void *at = json_object_iter((json_t *)json); at; at = json_object_iter_next((json_t *)json, at), i++)
        if (!read_key(a, str_of(json_object_iter_key(at)), key, &keys[i], why) ||
            !calculator_read_plain(a, json_object_iter_value(at), held, &values[i], why))
            return false;
    return close_map(a, keys, values, count, out, why);
}

static bool read_dyn(arena *a, const json_t *json, value *out, calculator_failure *why)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return read_plain_map(a, json, NULL, NULL, out, why);
    case JSON_ARRAY:
        return read_list(a, json, NULL, calculator_read_plain, out, why);
    case JSON_STRING:
        return keep_text(a, json_text(json), VALUE_STRING, out, why);
    case JSON_INTEGER:
        *out = value_int(json_integer_value(json));
        return true;
    case JSON_REAL:
        *out = value_double(json_real_value(json));
        return true;
    case JSON_NULL:
        *out = value_null();
        return true;
    default:
        *out = value_bool(json_is_true(json));
        return true;
    }
}

bool calculator_read_plain(arena *a, const json_t *json, const type *t, value *out, calculator_failure *why)
{
    switch (t ? t->kind : TYPE_DYN) {
    case TYPE_NULL:
        *out = value_null();
        return json_is_null(json) || wants(why, MESSAGE_CALCULATOR_NULL);
    case TYPE_BOOL:
        *out = value_bool(json_is_true(json));
        return json_is_boolean(json) || wants(why, MESSAGE_CALCULATOR_A_BOOL);
    case TYPE_INT:
        *out = value_int(json_integer_value(json));
        return json_is_integer(json) || wants(why, MESSAGE_CALCULATOR_AN_INT);
    case TYPE_UINT:
        *out = value_uint((uint64_t)json_integer_value(json));
        return (json_is_integer(json) && json_integer_value(json) >= 0) || wants(why, MESSAGE_CALCULATOR_A_UINT);
    case TYPE_DOUBLE:
        *out = value_double(json_number_value(json));
        return json_is_number(json) || wants(why, MESSAGE_CALCULATOR_A_NUMBER);
    case TYPE_STRING:
        return json_is_string(json) ? keep_text(a, json_text(json), VALUE_STRING, out, why)
                                    : wants(why, MESSAGE_CALCULATOR_A_TEXT);
    case TYPE_BYTES:
    case TYPE_TIMESTAMP:
    case TYPE_DURATION:
    case TYPE_TIME:
    case TYPE_DATE:
        return read_spelt(a, json, t->kind, out, why);
    case TYPE_LIST:
        return json_is_array(json) ? read_list(a, json, t->parameters[0], calculator_read_plain, out, why)
                                   : wants(why, MESSAGE_CALCULATOR_AN_ARRAY);
    case TYPE_MAP:
        return json_is_object(json) ? read_plain_map(a, json, t->parameters[0], t->parameters[1], out, why)
                                    : wants(why, MESSAGE_CALCULATOR_AN_OBJECT);
    case TYPE_DYN:
        return read_dyn(a, json, out, why);
    default:
        return wants(why, MESSAGE_CALCULATOR_UNDER_TYPED);
    }
}

/* ---- typed ---- */

static bool read_typed_item(arena *a, const json_t *json, const type *t, value *out, calculator_failure *why)
{
    (void)t;
    return calculator_read_typed(a, json, out, why);
}

static bool read_typed_map(arena *a, const json_t *json, value *out, calculator_failure *why)
{
    size_t count = json_array_size(json);
    value *keys = arena_array(a, count, sizeof *keys), *values = arena_array(a, count, sizeof *values);
    if (!keys || !values)
        return no_memory(why);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(json, i);
        if (json_array_size(pair) != 2)
            return wants(why, MESSAGE_CALCULATOR_PAIRS);
        if (!calculator_read_typed(a, json_array_get(pair, 0), &keys[i], why) ||
            !calculator_read_typed(a, json_array_get(pair, 1), &values[i], why))
            return false;
        if (keys[i].kind != VALUE_BOOL && keys[i].kind != VALUE_INT && keys[i].kind != VALUE_UINT &&
            keys[i].kind != VALUE_STRING)
            return wants(why, MESSAGE_CALCULATOR_MAP_KEYS);
    }
    return close_map(a, keys, values, count, out, why);
}

static bool read_typed_double(const json_t *json, value *out, calculator_failure *why)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    if (json_is_number(json)) {
        *out = value_double(json_number_value(json));
        return true;
    }
    *out = value_double(0);
    for (size_t i = 0; json_is_string(json) && i < sizeof words / sizeof *words; i++)
        if (str_equal(json_text(json), str_of(words[i])))
            return number_read_double(json_text(json), true, &out->as.d);
    return wants(why, MESSAGE_CALCULATOR_A_DOUBLE);
}

static bool read_named_type(arena *a, const json_t *json, value *out, calculator_failure *why)
{
    const type *named = json_is_string(json) ? type_read(a, json_text(json)) : NULL;
    if (a->failed)
        return no_memory(why);
    if (!named)
        return wants(why, MESSAGE_CALCULATOR_A_TYPE_NAME);
    *out = (value){.kind = VALUE_TYPE, .as.type = named};
    return true;
}

bool calculator_read_typed(arena *a, const json_t *json, value *out, calculator_failure *why)
{
    const json_t *name = json_object_get(json, "type"), *held = json_object_get(json, "value");
    if (!json_is_string(name) || !held || json_object_size(json) != 2) {
        why->message = MESSAGE_CALCULATOR_TYPED;
        return false;
    }
    str kind = json_text(name);
    if (str_equal(kind, STR("list")))
        return json_is_array(held) ? read_list(a, held, NULL, read_typed_item, out, why)
                                   : wants(why, MESSAGE_CALCULATOR_AN_ARRAY);
    if (str_equal(kind, STR("map")))
        return json_is_array(held) ? read_typed_map(a, held, out, why) : wants(why, MESSAGE_CALCULATOR_PAIRS);
    if (str_equal(kind, STR("int"))) {
        *out = value_int(0);
        return (json_is_string(held) && number_read_int(json_text(held), &out->as.i)) ||
               wants(why, MESSAGE_CALCULATOR_INT_TEXT);
    }
    if (str_equal(kind, STR("uint"))) {
        *out = value_uint(0);
        return (json_is_string(held) && number_read_uint(json_text(held), &out->as.u)) ||
               wants(why, MESSAGE_CALCULATOR_UINT_TEXT);
    }
    if (str_equal(kind, STR("double")))
        return read_typed_double(held, out, why);
    if (str_equal(kind, STR("type")))
        return read_named_type(a, held, out, why);
    static const struct {
        const char *name;
        const type *type;
    } plain[] = {
        {"null", &type_null},           {"bool", &type_bool},         {"string", &type_string}, {"bytes", &type_bytes},
        {"timestamp", &type_timestamp}, {"duration", &type_duration}, {"date", &type_date},     {"time", &type_time}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (str_equal(kind, str_of(plain[i].name)))
            return calculator_read_plain(a, held, plain[i].type, out, why);
    why->message = MESSAGE_CALCULATOR_NO_TYPE;
    why->argument = kind;
    return false;
}
