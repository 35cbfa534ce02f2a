/*
 * Record types: schema/NAME.yaml into the schema model.
 *
 * Fields that refer to others (high, also_from, dated_by, identity, systems) are resolved once all fields are read.
 */
#include "pack/literal.h"
#include "pack/parts.h"

/* ---- one field ---- */

static const struct {
    str name;
    const type *type; /* NULL: made from the field */
    str reader;
} field_types[] = {
    {STR_INIT("bool"), &type_bool, STR_INIT("bool")},
    {STR_INIT("int"), &type_int, STR_INIT("integer")},
    {STR_INIT("double"), &type_double, STR_INIT("number")},
    {STR_INIT("string"), &type_string, STR_INIT("text")},
    {STR_INIT("enum"), NULL, STR_INIT("enum")},
    {STR_INIT("date"), &type_date, STR_INIT("date")},
    {STR_INIT("time"), &type_time, STR_INIT("time")},
    {STR_INIT("timestamp"), &type_timestamp, STR_INIT("date_time")},
    {STR_INIT("list"), NULL, STR_INIT("list")},
};
#define FIELD_TYPES (sizeof field_types / sizeof *field_types)

static const str reader_names[] = {
    STR_INIT("text"),  STR_INIT("integer"), STR_INIT("number"),  STR_INIT("bool"),
    STR_INIT("enum"),  STR_INIT("date"),    STR_INIT("time"),    STR_INIT("minutes"),
    STR_INIT("grade"), STR_INIT("class"),   STR_INIT("weekday"), STR_INIT("school_year"),
    STR_INIT("term"),  STR_INIT("list"),    STR_INIT("stage"),   STR_INIT("date_time"),
};

/* Does a reader make values of this type? */
static bool reader_fits(reader_kind reader, const schema_field *f)
{
    switch (reader) {
    case READER_INTEGER:
    case READER_MINUTES:
    case READER_GRADE:
    case READER_WEEKDAY:
        return f->type->kind == TYPE_INT;
    case READER_NUMBER:
        return f->type->kind == TYPE_DOUBLE;
    case READER_BOOL:
        return f->type->kind == TYPE_BOOL;
    case READER_ENUM:
        return f->domain != NULL;
    case READER_DATE:
        return f->type->kind == TYPE_DATE;
    case READER_TIME:
        return f->type->kind == TYPE_TIME;
    case READER_DATE_TIME:
        return f->type->kind == TYPE_TIMESTAMP;
    case READER_LIST:
        return f->type->kind == TYPE_LIST;
    case READER_STAGE:
        return f->type->kind == TYPE_STRING; /* a string or an enum of stages */
    default:
        return f->type->kind == TYPE_STRING && !f->domain;
    }
}

static bool read_enum(loader *l, const node *n, schema_field *f)
{
    const node *values = node_require(l, n, STR("values"), MESSAGE_THING_ENUM);
    if (!values || !node_expect(l, values, NODE_MAP, STR("values")))
        return false;
    schema_enum_value *items = loader_array(l, values->count, sizeof *items);
    str *codes = loader_array(l, values->count, sizeof *codes);
    type_domain *domain = loader_new(l, sizeof *domain);
    if (!items || !codes || !domain)
        return false;
    for (uint32_t i = 0; i < values->count; i++) {
        if (!node_read_id(l, &values->keys[i], STR("values"), &items[i].code))
            return false;
        codes[i] = items[i].code;
        const node *aliases = &values->items[i];
        if (aliases->kind != NODE_NULL &&
            !node_read_texts(l, aliases, codes[i], &items[i].aliases, &items[i].alias_count))
            return false;
        if (!enum_value_fold(&items[i], l->memory))
            return loader_nomem(l);
    }
    *domain = (type_domain){f->name, codes, values->count};
    f->values = items;
    f->value_count = values->count;
    f->domain = domain;
    f->type = type_enum(l->memory, domain);
    return f->type || loader_nomem(l);
}

/* `true: [必做]`, `false: [选做]`: kept as two enum values with these codes. */
static bool read_bool_aliases(loader *l, const node *n, schema_field *f)
{
    static const str codes[] = {STR_INIT("true"), STR_INIT("false")};
    const node *given[2] = {node_find(n, codes[0]), node_find(n, codes[1])};
    if (!given[0] && !given[1])
        return true;
    schema_enum_value *items = loader_array(l, 2, sizeof *items);
    if (!items)
        return false;
    for (int i = 0; i < 2; i++) {
        items[i].code = codes[i];
        if (given[i] && !node_read_texts(l, given[i], codes[i], &items[i].aliases, &items[i].alias_count))
            return false;
        if (!enum_value_fold(&items[i], l->memory))
            return loader_nomem(l);
    }
    f->values = items;
    f->value_count = 2;
    return true;
}

static bool read_type(loader *l, const node *n, schema_field *f)
{
    str name;
    const node *given = node_require(l, n, STR("type"), MESSAGE_THING_FIELD);
    if (!given || !node_read_text(l, given, STR("type"), &name))
        return false;
    for (size_t i = 0; i < FIELD_TYPES; i++) {
        if (!str_equal(name, field_types[i].name))
            continue;
        f->type = field_types[i].type;
        reader_find(field_types[i].reader, &f->reader);
        if (str_equal(name, STR("enum")))
            return read_enum(l, n, f);
        if (!f->type)
            f->type = type_list(l->memory, &type_string);
        return f->type ? f->type->kind != TYPE_BOOL || read_bool_aliases(l, n, f) : loader_nomem(l);
    }
    str names[FIELD_TYPES];
    for (size_t i = 0; i < FIELD_TYPES; i++)
        names[i] = field_types[i].name;
    return loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                        .message = MESSAGE_SCHEMA_TYPE,
                                        .arguments = {name},
                                        .at = given->at,
                                        .nearest = str_nearest(name, names, FIELD_TYPES)});
}

static bool read_reader(loader *l, const node *n, schema_field *f)
{
    str name;
    const node *given = node_find(n, STR("reader"));
    if (!given)
        return true;
    if (!node_read_text(l, given, STR("reader"), &name))
        return false;
    if (!reader_find(name, &f->reader))
        return loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                            .message = MESSAGE_SCHEMA_READER,
                                            .arguments = {name},
                                            .at = given->at,
                                            .nearest = str_nearest(name, KNOWN(reader_names))});
    return reader_fits(f->reader, f) || loader_fail(l, &(error_spec){.status = POLICY_E_TYPE,
                                                                     .message = MESSAGE_SCHEMA_READER_TYPE,
                                                                     .arguments = {name, f->name},
                                                                     .at = given->at});
}

static bool read_default(loader *l, const node *n, schema_field *f)
{
    const node *given = node_find(n, STR("default")), *empty = node_find(n, STR("empty"));
    str text;
    f->empty_is_none = true;
    if (given && given->kind == NODE_SCALAR && !given->quoted && str_equal(given->scalar, STR("none"))) {
        f->absent = SCHEMA_DEFAULT_NONE;
    } else if (given) {
        if (!literal_read_as(l, given, STR("default"), f->type, &f->default_value))
            return false;
        f->absent = SCHEMA_DEFAULT_VALUE;
    }
    if (!empty)
        return true;
    if (!node_read_text(l, empty, STR("empty"), &text))
        return false;
    if (!str_equal(text, STR("default")) || f->absent != SCHEMA_DEFAULT_VALUE)
        return loader_fail(l,
                           &(error_spec){.status = POLICY_E_SYNTAX, .message = MESSAGE_SCHEMA_EMPTY, .at = empty->at});
    f->empty_is_none = false;
    return true;
}

static bool read_limits(loader *l, const node *n, schema_field *f)
{
    const node *min = node_find(n, STR("min")), *max = node_find(n, STR("max"));
    const node *either = min ? min : max;
    if (!either)
        return true;
    type_kind kind = f->type->kind;
    if (kind != TYPE_INT && kind != TYPE_DOUBLE && kind != TYPE_DATE && kind != TYPE_TIME)
        return loader_fail(
            l, &(error_spec){.status = POLICY_E_TYPE, .message = MESSAGE_SCHEMA_RANGE_TYPE, .at = either->at});
    f->has_minimum = min && literal_read_as(l, min, STR("min"), f->type, &f->minimum);
    f->has_maximum = max && literal_read_as(l, max, STR("max"), f->type, &f->maximum);
    if ((min && !f->has_minimum) || (max && !f->has_maximum))
        return false;
    return !min || !max || value_compare(f->minimum, f->maximum) <= 0 ||
           loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                        .message = MESSAGE_SCHEMA_RANGE_ORDER,
                                        .at = max->at,
                                        .other = min->at});
}

/* Header spellings: the Chinese title is one of them. */
static bool read_aliases(loader *l, const node *n, schema_field *f)
{
    const node *given = node_find(n, STR("aliases"));
    const str *listed = NULL;
    uint32_t count = 0;
    if (given && !node_read_texts(l, given, STR("aliases"), &listed, &count))
        return false;
    if (!f->title_zh.data) {
        f->aliases = listed;
        f->alias_count = count;
        return true;
    }
    str *all = loader_array(l, count + 1, sizeof *all);
    if (!all)
        return false;
    all[0] = f->title_zh;
    for (uint32_t i = 0; i < count; i++)
        all[i + 1] = listed[i];
    f->aliases = all;
    f->alias_count = count + 1;
    return true;
}

static bool read_field(loader *l, const node *key, const node *n, schema_field *f)
{
    static const str keys[] = {
        STR_INIT("type"),    STR_INIT("reader"), STR_INIT("title"),  STR_INIT("aliases"),   STR_INIT("unit"),
        STR_INIT("min"),     STR_INIT("max"),    STR_INIT("values"), STR_INIT("true"),      STR_INIT("false"),
        STR_INIT("default"), STR_INIT("empty"),  STR_INIT("high"),   STR_INIT("also_from"),
    };
    *f = (schema_field){.high_field = -1, .also_from = -1, .at = key->at, .empty_is_none = true, .type = &type_error};
    if (!node_read_identifier(l, key, STR("fields"), &f->name))
        return false;
    bool fine = node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_FIELD);
    if (n->kind != NODE_MAP)
        return false;
    const node *title = node_find(n, STR("title")), *unit = node_find(n, STR("unit"));
    localized titles = {0};
    if (title) {
        fine = node_read_localized(l, title, STR("title"), &titles) && fine;
        f->title_zh = titles.zh;
        f->title_en = titles.en;
    }
    if (unit)
        fine = node_read_text(l, unit, STR("unit"), &f->unit) && fine;
    fine = read_aliases(l, n, f) && fine;
    return read_type(l, n, f) && read_reader(l, n, f) && read_limits(l, n, f) && read_default(l, n, f) && fine;
}

/* ---- one type ---- */

static int find_field(loader *l, const schema_type *t, const node *n, str key)
{
    str name;
    if (!node_read_text(l, n, key, &name))
        return -1;
    str names[SCHEMA_FIELDS_MAX];
    for (uint32_t i = 0; i < t->field_count; i++) {
        names[i] = t->fields[i].name;
        if (str_equal(name, names[i]))
            return (int)i;
    }
    loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                 .message = MESSAGE_SCHEMA_NO_FIELD,
                                 .arguments = {name, t->name},
                                 .at = n->at,
                                 .nearest = str_nearest(name, names, t->field_count)});
    return -1;
}

static void resolve_field(loader *l, schema_type *t, schema_field *f, const node *n)
{
    const node *high = node_find(n, STR("high")), *from = node_find(n, STR("also_from"));
    if (high) {
        f->high_field = find_field(l, t, high, STR("high"));
        if (f->high_field >= 0 && (f->reader != READER_MINUTES || t->fields[f->high_field].type->kind != TYPE_INT))
            loader_fail(l, &(error_spec){.status = POLICY_E_TYPE, .message = MESSAGE_SCHEMA_HIGH, .at = high->at});
    }
    if (from)
        f->also_from = find_field(l, t, from, STR("also_from"));
}

static bool read_fields(loader *l, const node *n, schema_type *t)
{
    if (!node_expect(l, n, NODE_MAP, STR("fields")))
        return false;
    if (n->count == 0 || n->count > SCHEMA_FIELDS_MAX)
        return loader_fail(l, &(error_spec){.status = POLICY_E_LIMIT,
                                            .message = MESSAGE_SCHEMA_FIELD_COUNT,
                                            .arguments = {t->name},
                                            .at = n->at});
    schema_field *fields = loader_array(l, n->count, sizeof *fields);
    if (!fields)
        return false;
    for (uint32_t i = 0; i < n->count; i++)
        read_field(l, &n->keys[i], &n->items[i], &fields[i]);
    t->fields = fields;
    t->field_count = n->count;
    for (uint32_t i = 0; i < n->count; i++)
        resolve_field(l, t, &fields[i], &n->items[i]);
    return true;
}

static void read_identity(loader *l, const node *n, schema_type *t)
{
    if (!node_expect(l, n, NODE_LIST, STR("identity")))
        return;
    uint32_t *identity = loader_array(l, n->count, sizeof *identity);
    for (uint32_t i = 0; identity && i < n->count; i++) {
        int field = find_field(l, t, &n->items[i], STR("identity"));
        if (field >= 0)
            identity[t->identity_count++] = (uint32_t)field;
    }
    t->identity = identity;
}

static void read_record_type(loader *l, const node *key, const node *n, schema_type *t)
{
    static const str keys[] = {STR_INIT("title"),   STR_INIT("dated_by"), STR_INIT("identity"),
                               STR_INIT("default"), STR_INIT("fields"),   STR_INIT("verb")};
    *t = (schema_type){.dated_by = -1, .at = key->at};
    if (!node_read_identifier(l, key, STR("types"), &t->name))
        return;
    node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_TYPE);
    if (n->kind != NODE_MAP)
        return;
    const node *title = node_find(n, keys[0]), *dated_by = node_find(n, keys[1]), *identity = node_find(n, keys[2]),
               *given = node_find(n, keys[3]), *fields = node_require(l, n, keys[4], MESSAGE_THING_TYPE),
               *verb = node_find(n, keys[5]);
    localized titles = {0}, verbs = {0};
    if (verb && node_read_localized(l, verb, keys[5], &verbs)) {
        t->verb_zh = verbs.zh;
        t->verb_en = verbs.en;
    }
    if (title && node_read_localized(l, title, keys[0], &titles)) {
        t->title_zh = titles.zh;
        t->title_en = titles.en;
    }
    str text;
    if (given && node_read_text(l, given, keys[3], &text)) {
        t->default_none = str_equal(text, STR("none"));
        if (!t->default_none)
            loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                         .message = MESSAGE_SCHEMA_TYPE_DEFAULT,
                                         .arguments = {text},
                                         .at = given->at});
    }
    if (!fields || !read_fields(l, fields, t))
        return;
    if (dated_by && (t->dated_by = find_field(l, t, dated_by, keys[1])) >= 0 &&
        t->fields[t->dated_by].type->kind != TYPE_DATE && t->fields[t->dated_by].type->kind != TYPE_ERROR)
        loader_fail(l, &(error_spec){.status = POLICY_E_TYPE,
                                     .message = MESSAGE_SCHEMA_DATED_BY,
                                     .arguments = {dated_by->scalar},
                                     .at = dated_by->at});
    if (identity)
        read_identity(l, identity, t);
}

/* ---- the whole ---- */

static void read_systems(loader *l, const node *n, schema *s)
{
    static const str keys[] = {STR_INIT("table"),         STR_INIT("key"),         STR_INIT("primary_years"),
                               STR_INIT("junior_years"),  STR_INIT("kind"),        STR_INIT("school_field"),
                               STR_INIT("primary_param"), STR_INIT("junior_param")};
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_SYSTEMS) && n->kind != NODE_MAP)
        return;
    schema_systems *systems = &s->systems;
    const node *table = node_find(n, keys[0]);
    if (table) {
        str name;
        if (!node_read_text(l, table, keys[0], &name))
            return;
        for (uint32_t i = 0; i < s->type_count; i++)
            if (str_equal(s->types[i].name, name))
                systems->table = (int)i;
        if (systems->table < 0) {
            loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                         .message = MESSAGE_SCHEMA_NO_TYPE,
                                         .arguments = {name},
                                         .at = table->at});
            return;
        }
        const schema_type *t = &s->types[systems->table];
        int *fields[] = {&systems->key, &systems->primary_years, &systems->junior_years, &systems->kind};
        for (int i = 0; i < 4; i++) {
            const node *given = node_find(n, keys[i + 1]);
            if (given)
                *fields[i] = find_field(l, t, given, keys[i + 1]);
        }
        if (!node_find(n, keys[1]))
            node_require(l, n, keys[1], MESSAGE_THING_SYSTEMS);
    }
    str *texts[] = {&systems->school_field, &systems->primary_param, &systems->junior_param};
    for (int i = 0; i < 3; i++) {
        const node *given = node_find(n, keys[i + 5]);
        if (given)
            node_read_identifier(l, given, keys[i + 5], texts[i]);
    }
}

schema *load_schema(loader *l, const node *root, str name)
{
    static const str keys[] = {STR_INIT("schema"), STR_INIT("version"), STR_INIT("title"), STR_INIT("systems"),
                               STR_INIT("types")};
    size_t before = l->error_count;
    schema *s = loader_new(l, sizeof *s);
    if (!s)
        return NULL;
    *s = (schema){.at = root->at, .systems = {-1, -1, -1, -1, -1, str_none, str_none, str_none}};
    node_check_keys(l, root, KNOWN(keys), MESSAGE_THING_SCHEMA);
    if (root->kind != NODE_MAP)
        return NULL;
    const node *given = node_require(l, root, keys[0], MESSAGE_THING_SCHEMA), *version = node_find(root, keys[1]),
               *systems = node_find(root, keys[3]), *types = node_require(l, root, keys[4], MESSAGE_THING_SCHEMA);
    if (given && node_read_name(l, given, keys[0], &s->name) && is_pack_name(name) && !str_equal(name, s->name))
        loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                     .message = MESSAGE_PACK_OTHER_NAME,
                                     .arguments = {s->name, name},
                                     .at = given->at});
    if (version)
        node_read_text(l, version, keys[1], &s->version);
    if (types && node_expect(l, types, NODE_MAP, keys[4])) {
        schema_type *items = loader_array(l, types->count, sizeof *items);
        for (uint32_t i = 0; items && i < types->count; i++)
            read_record_type(l, &types->keys[i], &types->items[i], &items[i]);
        s->types = items;
        s->type_count = items ? types->count : 0;
    }
    if (systems)
        read_systems(l, systems, s);
    return loader_failed_since(l, before) ? NULL : s;
}
