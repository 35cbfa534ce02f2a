/*
 * Types: the static ones, building parametric ones, equality, and their names in both directions.
 *
 * The names are those of the calculator ("list(int)", "map(string, double)"); enums print as enum(name) and are read
 * back as nothing, because a domain belongs to a schema.
 */
#include "expr/type.h"

#include "expr/functions.h"

#define PLAIN(name, type_kind) const type name = {.kind = type_kind}
PLAIN(type_dyn, TYPE_DYN);
PLAIN(type_null, TYPE_NULL);
PLAIN(type_bool, TYPE_BOOL);
PLAIN(type_int, TYPE_INT);
PLAIN(type_uint, TYPE_UINT);
PLAIN(type_double, TYPE_DOUBLE);
PLAIN(type_string, TYPE_STRING);
PLAIN(type_bytes, TYPE_BYTES);
PLAIN(type_timestamp, TYPE_TIMESTAMP);
PLAIN(type_duration, TYPE_DURATION);
PLAIN(type_time, TYPE_TIME);
PLAIN(type_date, TYPE_DATE);
PLAIN(type_error, TYPE_ERROR);
PLAIN(type_type, TYPE_TYPE);

const type type_a = {.kind = TYPE_VARIABLE, .variable = 0};
const type type_b = {.kind = TYPE_VARIABLE, .variable = 1};

#define LIST(name, element) const type name = {.kind = TYPE_LIST, .parameters = {&(element), NULL}}
LIST(type_list_a, type_a);
LIST(type_list_b, type_b);
LIST(type_list_dyn, type_dyn);
LIST(type_list_bool, type_bool);
LIST(type_list_int, type_int);
LIST(type_list_uint, type_uint);
LIST(type_list_double, type_double);
LIST(type_list_string, type_string);
LIST(type_list_date, type_date);
LIST(type_list_duration, type_duration);
LIST(type_list_timestamp, type_timestamp);
LIST(type_list_list_a, type_list_a);
const type type_map_a_b = {.kind = TYPE_MAP, .parameters = {&type_a, &type_b}};

static const struct {
    str name;
    const type *type;
} named[] = {{STR_INIT("dyn"), &type_dyn},
             {STR_INIT("null_type"), &type_null},
             {STR_INIT("null"), &type_null},
             {STR_INIT("bool"), &type_bool},
             {STR_INIT("int"), &type_int},
             {STR_INIT("uint"), &type_uint},
             {STR_INIT("double"), &type_double},
             {STR_INIT("string"), &type_string},
             {STR_INIT("bytes"), &type_bytes},
             {STR_INIT("timestamp"), &type_timestamp},
             {STR_INIT("google.protobuf.Timestamp"), &type_timestamp},
             {STR_INIT("duration"), &type_duration},
             {STR_INIT("google.protobuf.Duration"), &type_duration},
             {STR_INIT("time"), &type_time},
             {STR_INIT("date"), &type_date},
             {STR_INIT("type"), &type_type}};

const type *type_list(arena *a, const type *element)
{
    type *t = arena_new(a, sizeof *t);
    if (!t) {
        return NULL;
    }
    t->kind = TYPE_LIST;
    t->parameters[0] = element;
    return t;
}

const type *type_map(arena *a, const type *key, const type *held)
{
    type *t = arena_new(a, sizeof *t);
    if (!t) {
        return NULL;
    }
    t->kind = TYPE_MAP;
    t->parameters[0] = key;
    t->parameters[1] = held;
    return t;
}

const type *type_enum(arena *a, const type_domain *domain)
{
    type *t = arena_new(a, sizeof *t);
    if (!t) {
        return NULL;
    }
    t->kind = TYPE_STRING;
    t->domain = domain;
    return t;
}

/* Both children of a map are types of their own, so the recursion is as deep as the type was written. */
bool type_equal(const type *a, const type *b)
{
    for (;;) {
        if (a == b) {
            return true;
        }
        if (!a || !b || a->kind != b->kind) {
            return false;
        }
        switch (a->kind) {
        case TYPE_VARIABLE:
            return a->variable == b->variable;
        case TYPE_STRING:
            return a->domain == b->domain;
        case TYPE_MAP:
            if (!type_equal(a->parameters[0], b->parameters[0])) {
                return false;
            }
            a = a->parameters[1];
            b = b->parameters[1];
            break;
        case TYPE_LIST:
        case TYPE_TYPE:
            a = a->parameters[0];
            b = b->parameters[0];
            break;
        default:
            return true;
        }
    }
}

void type_write(buffer *out, const type *t)
{
    if (!t) {
        buffer_put_c(out, "dyn");
        return;
    }
    switch (t->kind) {
    case TYPE_LIST:
        buffer_put_c(out, "list(");
        type_write(out, t->parameters[0]);
        buffer_put_char(out, ')');
        return;
    case TYPE_MAP:
        buffer_put_c(out, "map(");
        type_write(out, t->parameters[0]);
        buffer_put_c(out, ", ");
        type_write(out, t->parameters[1]);
        buffer_put_char(out, ')');
        return;
    case TYPE_TYPE:
        buffer_put_c(out, "type");
        if (t->parameters[0]) {
            buffer_put_char(out, '(');
            type_write(out, t->parameters[0]);
            buffer_put_char(out, ')');
        }
        return;
    case TYPE_VARIABLE:
        buffer_put_char(out, (char)('A' + t->variable % 26));
        return;
    case TYPE_ERROR:
        buffer_put_c(out, "error");
        return;
    case TYPE_STRING:
        if (t->domain) {
            buffer_put_c(out, "enum(");
            buffer_put(out, t->domain->name);
            buffer_put_char(out, ')');
            return;
        }
        break;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (named[i].type->kind == t->kind) {
            buffer_put(out, named[i].name);
            return;
        }
    }
}

/* ---- reading ---- */

enum { READ_DEPTH = 32 };

static const type *read_at(arena *a, str text, size_t *at, int depth);

static void skip_spaces(str text, size_t *at)
{
    while (*at < text.size && text.data[*at] == ' ') {
        ++*at;
    }
}

static bool take(str text, size_t *at, char c)
{
    skip_spaces(text, at);
    if (*at < text.size && text.data[*at] == c) {
        ++*at;
        return true;
    }
    return false;
}

static const type *read_list(arena *a, str text, size_t *at, int depth)
{
    if (!take(text, at, '(')) {
        return &type_list_dyn;
    }
    const type *element = read_at(a, text, at, depth);
    return element && take(text, at, ')') ? type_list(a, element) : NULL;
}

static const type *read_map(arena *a, str text, size_t *at, int depth)
{
    if (!take(text, at, '(')) {
        return type_map(a, &type_dyn, &type_dyn);
    }
    const type *key = read_at(a, text, at, depth);
    if (!key || !take(text, at, ',')) {
        return NULL;
    }
    const type *held = read_at(a, text, at, depth);
    return held && take(text, at, ')') ? type_map(a, key, held) : NULL;
}

static const type *read_type(arena *a, str text, size_t *at, int depth)
{
    if (!take(text, at, '(')) {
        return &type_type;
    }
    const type *of = read_at(a, text, at, depth);
    if (!of || !take(text, at, ')')) {
        return NULL;
    }
    type *t = arena_new(a, sizeof *t);
    if (t) {
        t->kind = TYPE_TYPE;
        t->parameters[0] = of;
    }
    return t;
}

static const type *read_at(arena *a, str text, size_t *at, int depth)
{
    if (depth > READ_DEPTH) {
        return NULL;
    }
    skip_spaces(text, at);
    size_t from = *at;
    while (*at < text.size &&
           (text.data[*at] == '_' || text.data[*at] == '.' || (text.data[*at] >= 'a' && text.data[*at] <= 'z') ||
            (text.data[*at] >= 'A' && text.data[*at] <= 'Z'))) {
        ++*at;
    }
    str name = {text.data + from, *at - from};
    if (str_equal(name, STR("list"))) {
        return read_list(a, text, at, depth + 1);
    }
    if (str_equal(name, STR("map"))) {
        return read_map(a, text, at, depth + 1);
    }
    if (str_equal(name, STR("type"))) {
        return read_type(a, text, at, depth + 1);
    }
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (str_equal(named[i].name, name)) {
            return named[i].type;
        }
    }
    return NULL;
}

const type *type_read(arena *a, str text)
{
    size_t at = 0;
    const type *t = read_at(a, text, &at, 0);
    skip_spaces(text, &at);
    return at == text.size ? t : NULL;
}
