/*
 * The calculator: a request in JSON, one expression compiled and evaluated, a reply in JSON.
 *
 * JSON is read by jansson, which takes no allocator: while a request is parsed, its tree lives in malloc's memory. How
 * deep and how large a request may be is checked before. Replies are written here, number by number, because their
 * spelling is a promise.
 */
#include "policy/expression.h"

#include "base/number.h"
#include "base/text_handle.h"
#include "expr/calculator.h"

enum { MOST_REQUEST = 64 << 20, MOST_SOURCES = 64 /* that an environment can blame (env.h) */ };

typedef struct request {
    const policy_options *options;
    const policy_allocator *allocator;
    policy_language language;
    json_t *json;
    arena memory; /* the variables' values and types */
    env *names;
    value *slots;
    size_t slot_count;
    str expression;
    bool no_macros, no_check, check_only;
} request;

/* ---- refusing requests ---- */

static policy_status refuse(request *r, policy_status status, message_id message, str one, str two, str three,
                            policy_error **err)
{
    return error_set(err, r->allocator,
                     &(error_spec){.status = status, .message = message, .arguments = {one, two, three}});
}

static policy_status refuse_value(request *r, const calculator_failure *why, str group, str name, policy_error **err)
{
    if (why->nomem || r->memory.failed)
        return error_nomem(err);
    str parts[] = {group, STR("."), name};
    str path = arena_join(&r->memory, parts, 3);
    if (!path.data)
        return error_nomem(err);
    return refuse(r, POLICY_E_ARGUMENT, why->message, path, why->argument, str_none, err);
}

static policy_status refuse_depth(request *r, policy_error **err)
{
    char most[NUMBER_TEXT];
    str number = {most, number_write_int(most, CALCULATOR_MAX_DEPTH)};
    return refuse(r, POLICY_E_LIMIT, MESSAGE_CALCULATOR_TOO_DEEP, number, str_none, str_none, err);
}

/* ---- reading the request ---- */

/* Brackets open at once, not counting those in texts. */
static bool is_shallow(str text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            if (++depth > CALCULATOR_MAX_DEPTH)
                return false;
        } else if ((c == ']' || c == '}') && depth) {
            depth--;
        }
    }
    return true;
}

static policy_status parse(request *r, str text, policy_error **err)
{
    if (text.size > MOST_REQUEST) {
        char most[NUMBER_TEXT];
        str number = {most, number_write_int(most, MOST_REQUEST)};
        return refuse(r, POLICY_E_LIMIT, MESSAGE_LIMIT, STR("request"), number, str_none, err);
    }
    if (!is_shallow(text))
        return refuse_depth(r, err);
    json_error_t where;
    r->json = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (!r->json && json_error_code(&where) == json_error_out_of_memory)
        return error_nomem(err);
    if (!r->json) {
        char line[NUMBER_TEXT], column[NUMBER_TEXT];
        str at_line = {line, number_write_int(line, where.line > 0 ? where.line : 1)};
        str at_column = {column, number_write_int(column, where.column > 0 ? where.column : 1)};
        return refuse(r, POLICY_E_SYNTAX, MESSAGE_CALCULATOR_NOT_JSON, str_of(where.text), at_line, at_column, err);
    }
    if (!json_is_object(r->json) || !json_is_string(json_object_get(r->json, "expr")))
        return refuse(r, POLICY_E_ARGUMENT, MESSAGE_CALCULATOR_NO_OBJECT, str_none, str_none, str_none, err);
    return POLICY_OK;
}

typedef enum shape { IS_TEXT, IS_FLAG, IS_GROUP } shape;

static const struct key {
    const char *name;
    shape shape;
} keys[] = {{"expr", IS_TEXT},      {"vars", IS_GROUP},          {"typed", IS_GROUP}, {"types", IS_GROUP},
            {"container", IS_TEXT}, {"disable_macros", IS_FLAG}, {"check", IS_FLAG},  {"disable_check", IS_FLAG}};

/* No key that is not known, no value of the wrong shape: a misspelt "type" must not pass in silence. */
static policy_status check_keys(request *r, policy_error **err)
{
    enum { COUNT = sizeof keys / sizeof *keys };
    str names[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        names[i] = str_of(keys[i].name);
    for (void *at = json_object_iter(r->json); at; at = json_object_iter_next(r->json, at)) {
        str name = str_of(json_object_iter_key(at));
        const json_t *held = json_object_iter_value(at);
        size_t i = 0;
        while (i < COUNT && !str_equal(names[i], name))
            i++;
        if (i == COUNT)
            return error_set(err, r->allocator,
                             &(error_spec){.status = POLICY_E_ARGUMENT,
                                           .message = MESSAGE_CALCULATOR_UNKNOWN_KEY,
                                           .arguments = {name},
                                           .nearest = str_nearest(name, names, COUNT)});
        bool good = keys[i].shape == IS_TEXT   ? json_is_string(held)
                    : keys[i].shape == IS_FLAG ? json_is_boolean(held)
                                               : json_is_object(held);
        message_id wanted = keys[i].shape == IS_TEXT   ? MESSAGE_CALCULATOR_A_TEXT
                            : keys[i].shape == IS_FLAG ? MESSAGE_CALCULATOR_A_BOOL
                                                       : MESSAGE_CALCULATOR_AN_OBJECT;
        if (!good)
            return refuse(r, POLICY_E_ARGUMENT, MESSAGE_CALCULATOR_WANTS, name, message_argument(wanted), str_none,
                          err);
    }
    return POLICY_OK;
}

/* ---- variables ---- */

static policy_status add_variable(request *r, str group, str name, const type *t, value v, policy_error **err)
{
    calculator_failure why = {.message = MESSAGE_CALCULATOR_TWICE};
    str kept = arena_text(&r->memory, name);
    if (!kept.data)
        return error_nomem(err);
    if (env_has(r->names, kept))
        return refuse_value(r, &why, group, name, err);
    int source = env_add_source(r->names, kept); /* -1 past MOST_SOURCES of them: those are not named */
    if (source < 0 && env_source_count(r->names) < MOST_SOURCES)
        return error_nomem(err);
    int slot = (int)r->slot_count++;
    r->slots[slot] = v;
    if (v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN)
        r->slots[slot].as.missing = source < 0 ? 0 : UINT64_C(1) << source;
    if (!env_add_variable(r->names, kept, t, slot, source)) {
        if (env_has(r->names, kept))
            return refuse_value(r, &why, group, name, err);
        return error_nomem(err);
    }
    return POLICY_OK;
}

/* The type that the request names for a variable; NULL and POLICY_OK when it names none. */
static policy_status find_type(request *r, str name, const type **out, policy_error **err)
{
    const json_t *named = json_object_get(json_object_get(r->json, "types"), name.data);
    *out = NULL;
    if (!named)
        return POLICY_OK;
    calculator_failure why = {.message = MESSAGE_CALCULATOR_WANTS,
                              .argument = message_argument(MESSAGE_CALCULATOR_A_TYPE_NAME)};
    if (json_is_string(named)) {
        why = (calculator_failure){.message = MESSAGE_CALCULATOR_NO_TYPE, .argument = str_of(json_string_value(named))};
        *out = type_read(&r->memory, (str){json_string_value(named), json_string_length(named)});
    }
    return *out ? POLICY_OK : refuse_value(r, &why, STR("types"), name, err);
}

static policy_status read_variables(request *r, const char *group, bool typed, policy_error **err)
{
    json_t *given = json_object_get(r->json, group);
    for (void *at = json_object_iter(given); at; at = json_object_iter_next(given, at)) {
        str name = str_of(json_object_iter_key(at));
        const json_t *held = json_object_iter_value(at);
        const type *t;
        policy_status status = find_type(r, name, &t, err);
        if (status != POLICY_OK)
            return status;
        calculator_failure why = {0};
        value v;
        /* null is none where the type has no null: an empty cell. */
        bool none = !typed && json_is_null(held) && t && t->kind != TYPE_NULL && t->kind != TYPE_DYN;
        bool good = none    ? (v = value_none(0), true)
                    : typed ? calculator_read_typed(&r->memory, held, &v, &why)
                            : calculator_read_plain(&r->memory, held, t, &v, &why);
        if (!good)
            return refuse_value(r, &why, str_of(group), name, err);
        status = add_variable(r, str_of(group), name, t ? t : &type_dyn, v, err);
        if (status != POLICY_OK)
            return status;
    }
    return POLICY_OK;
}

/* Names that have a type and no value. */
static policy_status read_unbound(request *r, policy_error **err)
{
    json_t *types = json_object_get(r->json, "types");
    for (void *at = json_object_iter(types); at; at = json_object_iter_next(types, at)) {
        str name = str_of(json_object_iter_key(at));
        if (json_object_get(json_object_get(r->json, "vars"), name.data) ||
            json_object_get(json_object_get(r->json, "typed"), name.data))
            continue;
        const type *t;
        policy_status status = find_type(r, name, &t, err);
        if (status == POLICY_OK)
            status = add_variable(r, STR("types"), name, t, value_unknown(0), err);
        if (status != POLICY_OK)
            return status;
    }
    return POLICY_OK;
}

static policy_status read_request(request *r, str text, policy_error **err)
{
    policy_status status = parse(r, text, err);
    if (status == POLICY_OK)
        status = check_keys(r, err);
    if (status != POLICY_OK)
        return status;
    size_t count = json_object_size(json_object_get(r->json, "vars")) +
                   json_object_size(json_object_get(r->json, "typed")) +
                   json_object_size(json_object_get(r->json, "types"));
    r->slots = arena_array(&r->memory, count, sizeof *r->slots);
    r->names = env_new(r->allocator);
    if (!r->slots || !r->names)
        return error_nomem(err);
    const json_t *expression = json_object_get(r->json, "expr"), *container = json_object_get(r->json, "container");
    r->expression = (str){json_string_value(expression), json_string_length(expression)};
    r->no_macros = json_is_true(json_object_get(r->json, "disable_macros"));
    r->no_check = json_is_true(json_object_get(r->json, "disable_check"));
    r->check_only = json_is_true(json_object_get(r->json, "check"));
    if (container)
        env_set_container(r->names, (str){json_string_value(container), json_string_length(container)});
    status = read_variables(r, "vars", false, err);
    if (status == POLICY_OK)
        status = read_variables(r, "typed", true, err);
    return status == POLICY_OK ? read_unbound(r, err) : status;
}

/* ---- the reply ---- */

static void write_failure(buffer *out, str message, uint32_t line, uint32_t column)
{
    buffer_put_c(out, "{\"error\": ");
    calculator_write_string(out, message);
    if (line) {
        buffer_put_c(out, ", \"line\": ");
        buffer_put_uint(out, line);
        buffer_put_c(out, ", \"column\": ");
        buffer_put_uint(out, column);
    }
    buffer_put_char(out, '}');
}

static void write_error(const request *r, buffer *out, const policy_error *err)
{
    write_failure(out, str_of(policy_error_message(err, r->language)), policy_error_line(err),
                  policy_error_column(err));
}

static void write_missing(const request *r, buffer *out, value v)
{
    buffer_put_c(out, v.kind == VALUE_NONE ? "{\"type\": \"none\", \"missing\": ["
                                           : "{\"type\": \"unknown\", \"missing\": [");
    bool first = true;
    for (int source = 0; source < (int)env_source_count(r->names); source++) {
        if (!(v.as.missing >> source & 1))
            continue;
        buffer_put_c(out, first ? "" : ", ");
        calculator_write_string(out, env_source_name(r->names, source));
        first = false;
    }
    buffer_put_c(out, "]}");
}

static policy_status write_result(const request *r, buffer *out, value v, const expr_text *source)
{
    if (v.kind == VALUE_ERROR) {
        const value_error *e = v.as.error;
        if (e->status == POLICY_E_NOMEM)
            return POLICY_E_NOMEM;
        place at = {0};
        if (e->offset != UINT32_MAX)
            at = expr_place(source, e->offset);
        write_failure(out, r->language == POLICY_LANGUAGE_ZH ? e->text_zh : e->text_en, at.line, at.column);
    } else if (value_is_missing(v)) {
        write_missing(r, out, v);
    } else {
        buffer_put_char(out, '{');
        bool good = calculator_write_value(out, v, 0);
        buffer_put_char(out, '}');
        if (!good) {
            buffer message;
            buffer_init(&message, r->allocator, 1 << 12);
            message_write(&message, MESSAGE_CALCULATOR_RESULT_DEEP, r->language, NULL, 0);
            buffer_clear(out);
            write_failure(out, buffer_text(&message), 0, 0);
            buffer_free(&message);
        }
    }
    return POLICY_OK;
}

static policy_status evaluate(request *r, buffer *out)
{
    expr_text source = {.text = r->expression, .at = {.line = 1, .column = 1}};
    expr_options how = {.options = r->options, .no_macros = r->no_macros, .no_check = r->no_check};
    policy_error *failure = NULL;
    expr *x = NULL;
    policy_status status = expr_compile(r->names, &source, &how, &x, &failure);
    if (status != POLICY_OK) {
        if (status != POLICY_E_NOMEM)
            write_error(r, out, failure);
        policy_error_free(failure);
        return status == POLICY_E_NOMEM ? status : POLICY_OK;
    }
    if (r->check_only) {
        buffer name;
        buffer_init(&name, r->allocator, 1 << 16);
        type_write(&name, expr_type(x));
        buffer_put_c(out, "{\"checked\": ");
        calculator_write_string(out, buffer_text(&name));
        buffer_put_char(out, '}');
        out->failed = out->failed || name.failed;
        buffer_free(&name);
    } else {
        evaluation *ev = evaluation_new(r->options);
        activation a = {.slots = r->slots};
        status = ev ? write_result(r, out, expr_evaluate(x, ev, &a), &source) : POLICY_E_NOMEM;
        evaluation_free(ev);
    }
    expr_free(x);
    return status;
}

/* The reply is over what one evaluation may make, or there was no memory for it. */
static policy_status over_size(const request *r, buffer *out)
{
    char most[NUMBER_TEXT];
    str arguments[] = {STR("reply"), {most, number_write_uint(most, out->ceiling)}};
    bool full = out->full;
    buffer_free(out);
    if (!full)
        return POLICY_E_NOMEM;
    buffer message;
    buffer_init(out, r->allocator, 1 << 16);
    buffer_init(&message, r->allocator, 1 << 12);
    message_write(&message, MESSAGE_LIMIT, r->language, arguments, 2);
    write_failure(out, buffer_text(&message), 0, 0);
    bool failed = message.failed || out->failed;
    buffer_free(&message);
    return failed ? POLICY_E_NOMEM : POLICY_OK;
}

/* ---- the door ---- */

static void release(request *r)
{
    json_decref(r->json);
    env_free(r->names);
    arena_free(&r->memory);
}

policy_status policy_expression_evaluate(const policy_options *options, const char *text, size_t size,
                                         policy_language language, policy_text **reply, policy_error **err)
{
    policy_options defaults;
    if (!options) {
        options_init(&defaults, NULL);
        options = &defaults;
    }
    request r = {.options = options, .allocator = &options->allocator, .language = language};
    if (!text || !reply)
        return refuse(&r, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT, text ? STR("reply") : STR("request"), str_none,
                      str_none, err);
    *reply = NULL;
    uint64_t most = options_limit(options, POLICY_LIMIT_EVALUATION_BYTES);
    arena_init(&r.memory, r.allocator, 0);
    buffer out;
    buffer_init(&out, r.allocator, most < SIZE_MAX / 2 ? (size_t)most : SIZE_MAX / 2);
    policy_error *failure = NULL;
    policy_status refused = read_request(&r, (str){text, size}, &failure), status = refused;
    if (refused == POLICY_OK)
        status = evaluate(&r, &out);
    else if (refused != POLICY_E_NOMEM)
        write_error(&r, &out, failure);
    if (status != POLICY_E_NOMEM && out.failed) {
        policy_status made = over_size(&r, &out);
        status = made == POLICY_OK ? status : made;
    }
    if (status != POLICY_E_NOMEM && text_handle_new(r.allocator, buffer_text(&out), reply, NULL) != POLICY_OK)
        status = POLICY_E_NOMEM;
    buffer_free(&out);
    release(&r);
    if (status == POLICY_E_NOMEM) {
        policy_error_free(failure);
        return error_nomem(err);
    }
    if (err)
        error_move(err, &failure);
    else
        policy_error_free(failure);
    return status;
}
