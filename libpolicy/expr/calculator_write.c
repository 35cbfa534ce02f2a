/*
 * The calculator's replies: values as typed JSON.
 */
#include "base/civil.h"
#include "base/number.h"
#include "expr/calculator.h"
#include "expr/functions.h"
#include "expr/time_text.h"

enum { MOST_NESTING = 200 };

void calculator_write_string(buffer *out, str text)
{
    static const char hex[] = "0123456789abcdef";
    buffer_put_char(out, '"');
    for (size_t at = 0; at < text.size && !out->failed;) {
        uint32_t c = utf8_next(text, &at);
        if (c == '"' || c == '\\') {
            buffer_put_char(out, '\\');
            buffer_put_char(out, (char)c);
        } else if (c < 0x20) {
            char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buffer_put(out, (str){escape, sizeof escape});
        } else {
            buffer_put_code_point(out, c == UTF8_BAD ? 0xFFFD : c);
        }
    }
    buffer_put_char(out, '"');
}

static void write_base64(buffer *out, str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    buffer_put_char(out, '"');
    for (size_t i = 0; i < bytes.size && !out->failed; i += 3) {
        size_t left = bytes.size - i;
        uint32_t three = (uint32_t)(unsigned char)bytes.data[i] << 16;
        three |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
        three |= left > 2 ? (uint32_t)(unsigned char)bytes.data[i + 2] : 0;
        char four[] = {digits[three >> 18], digits[three >> 12 & 63], left > 1 ? digits[three >> 6 & 63] : '=',
                       left > 2 ? digits[three & 63] : '='};
        buffer_put(out, (str){four, 4});
    }
    buffer_put_char(out, '"');
}

/* JSON has no NaN and no infinities, so those are texts. */
static void write_double(buffer *out, double number)
{
    char text[NUMBER_TEXT];
    str written = {text, number_write_double(text, number)};
    bool is_word = number != number || number - number != 0;
    buffer_put_c(out, is_word ? "\"" : "");
    buffer_put(out, written);
    buffer_put_c(out, is_word ? "\"" : "");
}

static void begin(buffer *out, const char *type_name)
{
    buffer_put_c(out, "\"type\": \"");
    buffer_put_c(out, type_name);
    buffer_put_c(out, "\", \"value\": ");
}

static void write_text(buffer *out, const char *type_name, const char *text, size_t size)
{
    begin(out, type_name);
    calculator_write_string(out, (str){text, size});
}

static bool write_item(buffer *out, value v, int depth)
{
    buffer_put_char(out, '{');
    bool good = calculator_write_value(out, v, depth);
    buffer_put_char(out, '}');
    return good;
}

static bool write_list(buffer *out, const value_list *list, int depth)
{
    bool good = true;
    begin(out, "list");
    buffer_put_char(out, '[');
    for (size_t i = 0; good && i < list->count && !out->failed; i++) {
        buffer_put_c(out, i ? ", " : "");
        good = write_item(out, list->items[i], depth);
    }
    buffer_put_char(out, ']');
    return good;
}

static bool write_map(buffer *out, const value_map *map, int depth)
{
    bool good = true;
    begin(out, "map");
    buffer_put_char(out, '[');
    for (size_t i = 0; good && i < map->count && !out->failed; i++) {
        buffer_put_c(out, i ? ", [" : "[");
        good = write_item(out, map->keys[i], depth);
        buffer_put_c(out, ", ");
        good = good && write_item(out, map->values[i], depth);
        buffer_put_char(out, ']');
    }
    buffer_put_char(out, ']');
    return good;
}

static void write_type(buffer *out, const type *t)
{
    buffer name;
    buffer_init(&name, out->allocator, 1 << 16);
    type_write(&name, t);
    begin(out, "type");
    calculator_write_string(out, buffer_text(&name));
    out->failed = out->failed || name.failed;
    buffer_free(&name);
}

bool calculator_write_value(buffer *out, value v, int depth)
{
    char text[NUMBER_TEXT > TIME_TEXT ? NUMBER_TEXT : TIME_TEXT];
    if (depth >= MOST_NESTING)
        return false;
    switch (v.kind) {
    case VALUE_NULL:
        begin(out, "null");
        buffer_put_c(out, "null");
        return true;
    case VALUE_BOOL:
        begin(out, "bool");
        buffer_put_c(out, v.as.b ? "true" : "false");
        return true;
    case VALUE_INT:
        write_text(out, "int", text, number_write_int(text, v.as.i));
        return true;
    case VALUE_UINT:
        write_text(out, "uint", text, number_write_uint(text, v.as.u));
        return true;
    case VALUE_DOUBLE:
        begin(out, "double");
        write_double(out, v.as.d);
        return true;
    case VALUE_STRING:
        write_text(out, "string", v.as.text, v.size);
        return true;
    case VALUE_BYTES:
        begin(out, "bytes");
        write_base64(out, value_text(v));
        return true;
    case VALUE_LIST:
        return write_list(out, v.as.list, depth + 1);
    case VALUE_MAP:
        return write_map(out, v.as.map, depth + 1);
    case VALUE_TYPE:
        write_type(out, v.as.type);
        return true;
    case VALUE_TIMESTAMP:
        write_text(out, "timestamp", text, time_text_timestamp(text, v.as.i, value_nanoseconds(v)));
        return true;
    case VALUE_DURATION:
        write_text(out, "duration", text, time_text_duration(text, v.as.i, value_nanoseconds(v)));
        return true;
    case VALUE_DATE:
        write_text(out, "date", text, civil_write(text, (int32_t)v.as.i));
        return true;
    default: /* nothing else is inside a list or map */
        return false;
    }
}
