/*
 * What a plain scalar is: the YAML 1.2 core schema made narrower, plus dates and times of day.
 *
 * YAML 1.1 and 1.2 disagree about `no`, `0o17`, `1_000`, `12:30:45`. A word on which readers disagree is refused where its
 * type matters (literal_check) instead of being taken one way or the other.
 */
#include "pack/literal.h"

#include "base/civil.h"
#include "base/number.h"

typedef enum look {
    LOOK_TEXT,
    LOOK_INT,
    LOOK_DOUBLE,
    LOOK_BOOL,
    LOOK_DATE,
    LOOK_TIME,
    LOOK_AMBIGUOUS, /* other readers take it for something else */
    LOOK_WRONG_DATE,
    LOOK_WRONG_TIME,
    LOOK_TOO_LARGE
} look;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 9 stands for a digit, anything else for itself. */
static bool fits(str s, const char *shape)
{
    if (s.size != strlen(shape))
        return false;
    for (size_t i = 0; i < s.size; i++)
        if (shape[i] == '9' ? !is_digit(s.data[i]) : s.data[i] != shape[i])
            return false;
    return true;
}

static bool is_ambiguous_word(str s)
{
    static const char *const words[] = {"y",     "n",    "yes",  "no",    "on",    "off", "true",
                                        "false", "null", ".inf", "-.inf", "+.inf", ".nan"};
    char lower[8];
    if (s.size >= sizeof lower)
        return false;
    for (size_t i = 0; i < s.size; i++)
        lower[i] = s.data[i] >= 'A' && s.data[i] <= 'Z' ? (char)(s.data[i] - 'A' + 'a') : s.data[i];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal((str){lower, s.size}, str_of(words[i])))
            return true;
    return false;
}

/* [-+]? digits, then optionally a fraction and an exponent. */
static look number_look(str s)
{
    size_t i = s.data[0] == '-' || s.data[0] == '+';
    size_t whole = i;
    while (i < s.size && is_digit(s.data[i]))
        i++;
    size_t digits = i - whole;
    if (digits == 0)
        return i < s.size && s.data[i] == '.' && i + 1 < s.size && is_digit(s.data[i + 1]) ? LOOK_AMBIGUOUS : LOOK_TEXT;
    bool leading_zero = digits > 1 && s.data[whole] == '0';
    if (i == s.size) {
        int64_t number;
        if (leading_zero) /* student and school numbers; a sign or octal is nobody's intention */
            return whole ? LOOK_AMBIGUOUS : LOOK_TEXT;
        if (whole && s.data[0] == '+')
            return LOOK_AMBIGUOUS;
        return number_read_int(s, &number) ? LOOK_INT : LOOK_TOO_LARGE;
    }
    if (digits == 1 && s.data[whole] == '0' && i + 1 < s.size &&
        (s.data[i] == 'x' || s.data[i] == 'o' || s.data[i] == 'b')) {
        for (size_t j = i + 1; j < s.size; j++) {
            char c = s.data[j];
            if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F') && c != '_')
                return LOOK_TEXT;
        }
        return LOOK_AMBIGUOUS;
    }
    bool underscores = false, rest = true;
    for (size_t j = i; j < s.size; j++) {
        underscores |= s.data[j] == '_';
        rest &= is_digit(s.data[j]) || s.data[j] == '_' || s.data[j] == '.';
    }
    if (underscores && rest)
        return LOOK_AMBIGUOUS;
    if (s.data[i] == '.') {
        size_t point = i++;
        while (i < s.size && is_digit(s.data[i]))
            i++;
        if (i == point + 1)
            return i == s.size ? LOOK_AMBIGUOUS : LOOK_TEXT;
    }
    if (i < s.size && (s.data[i] == 'e' || s.data[i] == 'E')) {
        i++;
        if (i < s.size && (s.data[i] == '-' || s.data[i] == '+'))
            i++;
        size_t exponent = i;
        while (i < s.size && is_digit(s.data[i]))
            i++;
        if (i == exponent)
            return LOOK_TEXT;
    }
    double number;
    if (i != s.size)
        return LOOK_TEXT;
    if (leading_zero || s.data[0] == '+')
        return LOOK_AMBIGUOUS;
    return number_read_double(s, false, &number) ? LOOK_DOUBLE : LOOK_TOO_LARGE;
}

/* HH:MM, HH:MM:SS, and with one digit for the hour. */
static bool is_time_shape(str s)
{
    return fits(s, "99:99") || fits(s, "9:99") || fits(s, "99:99:99") || fits(s, "9:99:99");
}

static bool read_time(str s, int64_t *seconds)
{
    if (!is_time_shape(s))
        return false;
    int part[3] = {0, 0, 0}, which = 0;
    for (size_t i = 0; i < s.size; i++) {
        if (s.data[i] == ':')
            which++;
        else
            part[which] = part[which] * 10 + (s.data[i] - '0');
    }
    if (part[0] > 23 || part[1] > 59 || part[2] > 59)
        return false;
    *seconds = part[0] * 3600 + part[1] * 60 + part[2];
    return true;
}

static look scalar_look(const node *n)
{
    str s = n->scalar;
    int32_t days;
    int64_t seconds;
    if (n->quoted || s.size == 0)
        return LOOK_TEXT;
    if (str_equal(s, STR("true")) || str_equal(s, STR("false")))
        return LOOK_BOOL;
    if (is_ambiguous_word(s))
        return LOOK_AMBIGUOUS;
    if (fits(s, "9999-99-99"))
        return civil_read(s, &days) ? LOOK_DATE : LOOK_WRONG_DATE;
    if (is_time_shape(s))
        return read_time(s, &seconds) ? LOOK_TIME : LOOK_WRONG_TIME;
    return is_digit(s.data[0]) || s.data[0] == '-' || s.data[0] == '+' || s.data[0] == '.' ? number_look(s) : LOOK_TEXT;
}

/* ---- reading ---- */

static value scalar_value(const node *n, const type **t)
{
    int64_t number = 0;
    double decimal = 0;
    int32_t days = 0;
    switch (scalar_look(n)) {
    case LOOK_INT:
        *t = &type_int;
        number_read_int(n->scalar, &number);
        return value_int(number);
    case LOOK_DOUBLE:
        *t = &type_double;
        number_read_double(n->scalar, false, &decimal);
        return value_double(decimal);
    case LOOK_BOOL:
        *t = &type_bool;
        return value_bool(n->scalar.data[0] == 't');
    case LOOK_DATE:
        *t = &type_date;
        civil_read(n->scalar, &days);
        return value_date(days);
    case LOOK_TIME:
        *t = &type_time;
        read_time(n->scalar, &number);
        return value_duration(number, 0);
    default:
        *t = &type_string;
        return value_string(n->scalar);
    }
}

static const value out_of_memory = {.kind = VALUE_ERROR};

static bool is_number(const type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_DOUBLE;
}

/* The type of all items; ints among doubles are turned into doubles. dyn when there are none, or they differ. */
static const type *unite(value *items, const type **types, size_t count)
{
    bool numbers = true, equal = true, decimal = false;
    for (size_t i = 0; i < count; i++) {
        numbers &= is_number(types[i]);
        decimal |= types[i]->kind == TYPE_DOUBLE;
        equal &= type_equal(types[0], types[i]);
    }
    if (count == 0 || (!equal && !numbers))
        return &type_dyn;
    if (numbers && decimal) {
        for (size_t i = 0; i < count; i++)
            if (items[i].kind == VALUE_INT)
                items[i] = value_double((double)items[i].as.i);
        return &type_double;
    }
    return types[0];
}

static value collection_value(const node *n, arena *memory, const type **t)
{
    value *items = arena_array(memory, n->count ? n->count : 1, sizeof *items);
    const type **types = arena_array(memory, n->count ? n->count : 1, sizeof *types);
    if (!items || !types)
        return out_of_memory;
    for (uint32_t i = 0; i < n->count; i++) {
        items[i] = literal_read(&n->items[i], memory, &types[i]);
        if (items[i].kind == VALUE_ERROR)
            return out_of_memory;
    }
    const type *element = unite(items, types, n->count);
    if (n->kind == NODE_LIST) {
        value_list *list = arena_new(memory, sizeof *list);
        *t = type_list(memory, element);
        if (!list || !*t)
            return out_of_memory;
        *list = (value_list){n->count, items};
        return (value){.kind = VALUE_LIST, .as.list = list};
    }
    value_map *map = arena_new(memory, sizeof *map);
    value *keys = arena_array(memory, n->count ? n->count : 1, sizeof *keys);
    *t = type_map(memory, &type_string, element);
    if (!map || !keys || !*t)
        return out_of_memory;
    for (uint32_t i = 0; i < n->count; i++)
        keys[i] = value_string(n->keys[i].scalar);
    *map = (value_map){.count = n->count, .keys = keys, .values = items};
    return (value){.kind = VALUE_MAP, .as.map = map};
}

value literal_read(const node *n, arena *memory, const type **t)
{
    const type *unused;
    if (!t)
        t = &unused;
    switch (n->kind) {
    case NODE_SCALAR:
        return scalar_value(n, t);
    case NODE_LIST:
    case NODE_MAP:
        return collection_value(n, memory, t);
    default:
        *t = &type_null;
        return value_null();
    }
}

/* ---- checking ---- */

static bool refuse(loader *l, const node *n, message_id message, str key)
{
    return loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                        .message = message,
                                        .arguments = {n->scalar.data ? n->scalar : STR(""), key},
                                        .at = n->at});
}

static bool check_scalar(loader *l, const node *n, str key)
{
    switch (scalar_look(n)) {
    case LOOK_AMBIGUOUS:
        return refuse(l, n, MESSAGE_PACK_AMBIGUOUS, key);
    case LOOK_WRONG_DATE:
        return refuse(l, n, MESSAGE_PACK_NO_SUCH_DATE, key);
    case LOOK_WRONG_TIME:
        return refuse(l, n, MESSAGE_PACK_NO_SUCH_TIME, key);
    case LOOK_TOO_LARGE:
        return refuse(l, n, MESSAGE_PACK_NUMBER_RANGE, key);
    default:
        return true;
    }
}

/* Do the items of a list look alike? Nested lists and maps are left to the type checker. */
static bool check_alike(loader *l, const node *n, str key)
{
    const node *first = NULL;
    look kind = LOOK_TEXT;
    for (uint32_t i = 0; i < n->count; i++) {
        const node *item = &n->items[i];
        look now = item->kind == NODE_SCALAR ? scalar_look(item) : LOOK_TEXT;
        if (now == LOOK_DOUBLE)
            now = LOOK_INT;
        if (first && (item->kind != first->kind || now != kind))
            return loader_fail(l, &(error_spec){.status = POLICY_E_TYPE,
                                                .message = MESSAGE_PACK_MIXED_LIST,
                                                .arguments = {key},
                                                .at = item->at,
                                                .other = first->at});
        if (!first) {
            first = item;
            kind = now;
        }
    }
    return true;
}

bool literal_check(loader *l, const node *n, str key)
{
    if (n->kind == NODE_NULL)
        return node_expect(l, n, NODE_SCALAR, key);
    if (n->kind == NODE_SCALAR)
        return check_scalar(l, n, key);
    bool fine = true;
    for (uint32_t i = 0; i < n->count; i++)
        fine = literal_check(l, &n->items[i], key) && fine;
    return fine && (n->kind != NODE_LIST || check_alike(l, n, key));
}

bool literal_read_as(loader *l, const node *n, str key, const type *t, value *out)
{
    str text;
    int64_t number;
    double decimal;
    int32_t days;
    bool fine = false;
    if (t->kind == TYPE_LIST) {
        if (!literal_check(l, n, key) || !node_expect(l, n, NODE_LIST, key))
            return false;
        *out = literal_read(n, l->memory, NULL);
        return out->kind != VALUE_ERROR || loader_nomem(l);
    }
    if (!node_read_text(l, n, key, &text))
        return false;
    switch (t->kind) {
    case TYPE_BOOL:
        fine = str_equal(text, STR("true")) || str_equal(text, STR("false"));
        *out = value_bool(text.data[0] == 't');
        break;
    case TYPE_INT:
        fine = number_read_int(text, &number);
        if (fine)
            *out = value_int(number);
        break;
    case TYPE_DOUBLE:
        fine = number_read_double(text, false, &decimal);
        if (fine)
            *out = value_double(decimal);
        break;
    case TYPE_DATE:
        fine = civil_read(text, &days);
        if (fine)
            *out = value_date(days);
        break;
    case TYPE_TIME:
        fine = read_time(text, &number);
        if (fine)
            *out = value_duration(number, 0);
        break;
    case TYPE_STRING:
        if (!t->domain) {
            *out = value_string(text);
            return true;
        }
        for (uint32_t i = 0; i < t->domain->count; i++) {
            if (str_equal(text, t->domain->codes[i])) {
                *out = value_string(t->domain->codes[i]);
                out->interned = 1;
                return true;
            }
        }
        return loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                            .message = MESSAGE_PACK_NOT_IN_ENUM,
                                            .arguments = {text, t->domain->name},
                                            .at = n->at,
                                            .nearest = str_nearest(text, t->domain->codes, t->domain->count)});
    default:
        break;
    }
    if (fine)
        return true;
    buffer name;
    buffer_init(&name, l->allocator, 0);
    type_write(&name, t);
    loader_fail(l, &(error_spec){.status = POLICY_E_TYPE,
                                 .message = MESSAGE_PACK_WRONG_TYPE,
                                 .arguments = {text, key, buffer_text(&name)},
                                 .at = n->at});
    buffer_free(&name);
    return false;
}
