/*
 * The environment of the tests of expressions.
 */
#include "support/expressions.h"

#include "base/options.h"

enum { FIELDS = 32 };

struct expressions {
    policy_options options;
    arena arena;
    env *env;
    evaluation *evaluation;
    activation row;
    value slots[FIELDS];
    int count;
    buffer said;
};

static const str forms[] = {STR_INIT("written"), STR_INIT("oral"), STR_INIT("reading")};
static const str places[] = {STR_INIT("home"), STR_INIT("school")};
static const type_domain form_domain = {STR_INIT("form"), forms, 3};
static const type_domain place_domain = {STR_INIT("place"), places, 2};

static const value ints[] = {
    {.kind = VALUE_INT, .as.i = 1}, {.kind = VALUE_INT, .as.i = 2}, {.kind = VALUE_INT, .as.i = 3}};
static const value_list int_list = {3, ints};
static const value_error broken_error = {POLICY_E_EVALUATE, STR_INIT("broken"), STR_INIT("坏了"), 0};

static const value_interval low_high = {{.kind = VALUE_INT, .as.i = 10}, {.kind = VALUE_INT, .as.i = 20}, 0};
static const value_interval at_least_5 = {{.kind = VALUE_INT, .as.i = 5}, {.kind = VALUE_NULL}, 0};
static const value_interval at_most_5 = {{.kind = VALUE_NULL}, {.kind = VALUE_INT, .as.i = 5}, 0};
static const value_interval seven = {{.kind = VALUE_INT, .as.i = 7}, {.kind = VALUE_INT, .as.i = 7}, 0};

static value error(void)
{
    return (value){.kind = VALUE_ERROR, .as.error = &broken_error};
}

/* Missing values and intervals get the bit of their own field. */
static bool add(expressions *e, const char *name, const type *t, value v)
{
    int source = env_add_source(e->env, str_of(name));
    uint64_t bit = UINT64_C(1) << (source < 0 ? 0 : source);
    if (value_is_missing(v)) {
        v.as.missing = bit;
    } else if (v.kind == VALUE_INTERVAL) {
        value_interval *own = arena_new(&e->arena, sizeof *own);
        if (!own) {
            return false;
        }
        *own = *v.as.interval;
        own->missing = bit;
        v.as.interval = own;
    }
    e->slots[e->count] = v;
    return source >= 0 && env_add_variable(e->env, str_of(name), t, e->count++, source);
}

static value interval(const value_interval *of)
{
    return (value){.kind = VALUE_INTERVAL, .as.interval = of};
}

static value text_list(arena *a, const char *first, const char *second)
{
    value_list *list = arena_new(a, sizeof *list);
    value *items = arena_array(a, 2, sizeof *items);
    if (!list || !items) {
        return error();
    }
    items[0] = value_string(str_of(first));
    items[1] = value_string(str_of(second));
    *list = (value_list){2, items};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

static value code(const str *codes, int i)
{
    value v = value_string(codes[i]);
    v.interned = 1;
    return v;
}

static bool add_fields(expressions *e)
{
    const type *form = type_enum(&e->arena, &form_domain), *where = type_enum(&e->arena, &place_domain);
    value words = text_list(&e->arena, "月考", "期中");
    return form && where && words.kind == VALUE_LIST && add(e, "grade", &type_int, value_int(3)) &&
           add(e, "count", &type_int, value_int(0)) && add(e, "minutes", &type_double, value_double(25.5)) &&
           add(e, "mandatory", &type_bool, value_bool(true)) && add(e, "form", form, code(forms, 0)) &&
           add(e, "place", where, code(places, 0)) && add(e, "name", &type_string, value_string(STR("期中考试"))) &&
           add(e, "assigned", &type_date, value_date(18950)) && add(e, "due", &type_date, value_date(18953)) &&
           add(e, "end", &type_time, value_duration(17 * 3600 + 1800, 0)) &&
           add(e, "started", &type_timestamp, (value){.kind = VALUE_TIMESTAMP, .as.i = 18950 * 86400 + 30600}) &&
           add(e, "items", &type_list_int, (value){.kind = VALUE_LIST, .as.list = &int_list}) &&
           add(e, "words", &type_list_string, words) && add(e, "any", &type_dyn, value_int(7)) &&
           add(e, "yes", &type_bool, value_bool(true)) && add(e, "no", &type_bool, value_bool(false)) &&
           add(e, "unknown_a", &type_bool, value_unknown(0)) && add(e, "unknown_b", &type_bool, value_unknown(0)) &&
           add(e, "unknown_n", &type_int, value_unknown(0)) && add(e, "empty", &type_bool, value_none(0)) &&
           add(e, "empty_n", &type_int, value_none(0)) && add(e, "broken", &type_bool, error()) &&
           add(e, "broken_n", &type_int, error()) && add(e, "low_high", &type_int, interval(&low_high)) &&
           add(e, "at_least_5", &type_int, interval(&at_least_5)) &&
           add(e, "at_most_5", &type_int, interval(&at_most_5)) && add(e, "seven", &type_int, interval(&seven)) &&
           add(e, "later", &type_int, (value){.kind = VALUE_PENDING});
}

static bool add_constants(expressions *e)
{
    static const value keys[] = {{.kind = VALUE_STRING, .size = 7, .as.text = "primary"},
                                 {.kind = VALUE_STRING, .size = 6, .as.text = "junior"}};
    static const value limits[] = {{.kind = VALUE_INT, .as.i = 60}, {.kind = VALUE_INT, .as.i = 90}};
    static const value_map minutes = {2, keys, limits, NULL, 0};
    const type *of_minutes = type_map(&e->arena, &type_string, &type_int);
    value words = text_list(&e->arena, "月考", "单元");
    return of_minutes && words.kind == VALUE_LIST &&
           env_add_constant(e->env, STR("params.limit"), &type_int, value_int(60)) &&
           env_add_constant(e->env, STR("params.minutes"), of_minutes,
                            (value){.kind = VALUE_MAP, .as.map = &minutes}) &&
           env_add_constant(e->env, STR("params.words"), &type_list_string, words);
}

static value twice(void *context, evaluation *ev, const value *arguments, size_t count)
{
    (void)context;
    (void)ev;
    (void)count;
    return value_int((int64_t)((uint64_t)arguments[0].as.i * 2)); /* wraps: a test nests it deeply */
}

static value measure(void *context, evaluation *ev, const value *arguments, size_t count)
{
    expressions *e = context;
    uint64_t bit = UINT64_C(1) << env_add_source(e->env, STR("measure"));
    str key = value_text(arguments[0]);
    (void)count;
    if (str_equal(key, STR("none"))) {
        return value_none(bit);
    }
    if (str_equal(key, STR("unknown"))) {
        return value_unknown(bit);
    }
    if (str_equal(key, STR("interval"))) {
        value_interval *own = arena_new(evaluation_scratch(ev), sizeof *own);
        if (!own) {
            return evaluation_exhausted(ev);
        }
        *own = low_high;
        own->missing = bit;
        return interval(own);
    }
    return value_int(5);
}

static value is_missing(void *context, evaluation *ev, const value *arguments, size_t count)
{
    (void)context;
    (void)ev;
    (void)count;
    return value_bool(arguments[0].kind >= VALUE_INTERVAL);
}

static bool add_functions(expressions *e)
{
    static const type *const ints_in[] = {&type_int}, *const text_in[] = {&type_string}, *const any_in[] = {&type_dyn};
    int source = env_add_source(e->env, STR("measure"));
    return source >= 0 &&
           env_add_function(e->env, STR("twice"), false, &type_int, ints_in, 1, ENV_PURE, twice, e, -1) &&
           env_add_function(e->env, STR("twice_seen"), false, &type_int, ints_in, 1, 0, twice, e, -1) &&
           env_add_function(e->env, STR("measure"), false, &type_int, text_in, 1, 0, measure, e, source) &&
           env_add_function(e->env, STR("is_missing"), false, &type_bool, any_in, 1, ENV_SEES_MISSING, is_missing, e,
                            -1);
}

static value resolve(void *context, evaluation *ev, int slot)
{
    expressions *e = context;
    (void)ev;
    return e->slots[slot] = value_int(41);
}

expressions *expressions_new(const policy_allocator *allocator)
{
    allocator = allocator ? allocator : &allocator_system;
    expressions *e = allocator_zero(allocator, 1, sizeof *e);
    if (!e || !options_init(&e->options, allocator)) {
        allocator_free(allocator, e);
        return NULL;
    }
    arena_init(&e->arena, &e->options.allocator, 0);
    buffer_init(&e->said, &e->options.allocator, 0);
    e->env = env_new(&e->options.allocator);
    e->evaluation = evaluation_new(&e->options);
    if (!e->env || !e->evaluation || !add_fields(e) || !add_constants(e) || !add_functions(e)) {
        expressions_free(e);
        return NULL;
    }
    e->row = (activation){e->slots, resolve, e};
    return e;
}

void expressions_free(expressions *e)
{
    if (!e) {
        return;
    }
    policy_allocator allocator = e->options.allocator;
    env_free(e->env);
    evaluation_free(e->evaluation);
    buffer_free(&e->said);
    arena_free(&e->arena);
    allocator_free(&allocator, e);
}

policy_options *expressions_options(expressions *e)
{
    return &e->options;
}

env *expressions_env(expressions *e)
{
    return e->env;
}

evaluation *expressions_evaluation(expressions *e)
{
    return e->evaluation;
}

activation *expressions_row(expressions *e)
{
    return &e->row;
}

static void say_sources(expressions *e, uint64_t bits)
{
    bool first = true;
    buffer_put_char(&e->said, '(');
    for (int i = 0; i < 64; i++) {
        if (bits >> i & 1) {
            buffer_put_c(&e->said, first ? "" : ", ");
            buffer_put(&e->said, env_source_name(e->env, i));
            first = false;
        }
    }
    buffer_put_char(&e->said, ')');
}

static void say_value(expressions *e, value v, const type *t)
{
    switch (v.kind) {
    case VALUE_ERROR:
        buffer_put_c(&e->said, "error(");
        buffer_put(&e->said, v.as.error->text_en);
        buffer_put_char(&e->said, ')');
        break;
    case VALUE_UNKNOWN:
    case VALUE_NONE:
        buffer_put_c(&e->said, v.kind == VALUE_NONE ? "none" : "unknown");
        say_sources(e, v.as.missing);
        break;
    case VALUE_INTERVAL:
        buffer_put_char(&e->said, '[');
        value_write(&e->said, v.as.interval->low, t, POLICY_LANGUAGE_EN);
        buffer_put_c(&e->said, ", ");
        value_write(&e->said, v.as.interval->high, t, POLICY_LANGUAGE_EN);
        buffer_put_char(&e->said, ']');
        say_sources(e, v.as.interval->missing);
        break;
    default:
        value_write(&e->said, v, t, POLICY_LANGUAGE_EN);
        break;
    }
}

static void say_errors(expressions *e, const policy_error *err)
{
    for (const policy_error *at = err; at; at = policy_error_next(at)) {
        buffer_put_c(&e->said, at == err ? "" : " | ");
        if (policy_error_line(at)) {
            buffer_put_uint(&e->said, policy_error_line(at));
            buffer_put_char(&e->said, ':');
            buffer_put_uint(&e->said, policy_error_column(at));
            buffer_put_char(&e->said, ' ');
        }
        buffer_put_c(&e->said, policy_error_message(at, POLICY_LANGUAGE_EN));
    }
}

static expr *compile(expressions *e, str text, bool unchecked, policy_status *status)
{
    policy_error *err = NULL;
    expr *x = NULL;
    expr_text source = {.text = text};
    expr_options options = {.options = &e->options, .no_check = unchecked};
    buffer_clear(&e->said);
    evaluation_reset(e->evaluation);
    *status = expr_compile(e->env, &source, &options, &x, &err);
    say_errors(e, err);
    policy_error_free(err);
    return x;
}

expr *expressions_compile(expressions *e, str text, policy_status *status)
{
    return compile(e, text, false, status);
}

value expressions_run(expressions *e, const expr *x)
{
    return expr_evaluate(x, e->evaluation, &e->row);
}

static const char *say(expressions *e, const char *text, bool unchecked)
{
    policy_status status;
    expr *x = compile(e, str_of(text), unchecked, &status);
    if (x) {
        say_value(e, expressions_run(e, x), expr_type(x));
    }
    expr_free(x);
    return e->said.data ? e->said.data : "";
}

const char *expressions_say(expressions *e, const char *text)
{
    return say(e, text, false);
}

const char *expressions_say_unchecked(expressions *e, const char *text)
{
    return say(e, text, true);
}

const char *expressions_type(expressions *e, const char *text)
{
    policy_status status;
    expr *x = compile(e, str_of(text), false, &status);
    if (x) {
        type_write(&e->said, expr_type(x));
    }
    expr_free(x);
    return e->said.data ? e->said.data : "";
}
