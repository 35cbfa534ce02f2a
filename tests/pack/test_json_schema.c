/*
 * docs/pack.schema.json agrees with the library: every pack of the repository fits it, and typical mistakes do not.
 *
 * The checker here knows the keywords that the schema uses and fails on any other, so the schema cannot grow past what is
 * tested.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <regex.h>

#include "base/number.h"
#include "base/platform.h"
#include "pack/help.h"
#include "pack/literal.h"
#include "pack/yaml.h"

typedef struct checker {
    json_t *root;
    char why[256];
} checker;

static bool fits(checker *c, const json_t *shape, const node *n);

static bool no(checker *c, const node *n, const char *keyword)
{
    snprintf(c->why, sizeof c->why, "%s:%u:%u: %s", n->at.file.data ? n->at.file.data : "", n->at.line, n->at.column,
             keyword);
    return false;
}

/* The JSON type of a YAML value under the core schema. */
static const char *json_type_of(const node *n, arena *memory)
{
    const type *t;
    if (n->kind == NODE_NULL)
        return "null";
    if (n->kind == NODE_LIST)
        return "array";
    if (n->kind == NODE_MAP)
        return "object";
    literal_read(n, memory, &t);
    return t->kind == TYPE_INT      ? "integer"
           : t->kind == TYPE_DOUBLE ? "number"
           : t->kind == TYPE_BOOL   ? "boolean"
                                    : "string";
}

static bool has_type(const node *n, const json_t *wanted)
{
    arena memory;
    arena_init(&memory, &allocator_system, 0);
    const char *is = json_type_of(n, &memory);
    size_t count = json_is_array(wanted) ? json_array_size(wanted) : 1;
    bool fine = false;
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_is_array(wanted) ? json_array_get(wanted, i) : wanted);
        fine |= strcmp(name, is) == 0 || (strcmp(name, "number") == 0 && strcmp(is, "integer") == 0);
    }
    arena_free(&memory);
    return fine;
}

static bool is_text(const node *n)
{
    json_t *string = json_string("string");
    bool text = has_type(n, string);
    json_decref(string);
    return text;
}

static bool matches(const char *pattern, str text)
{
    regex_t regex;
    cr_assert_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0, "%s", pattern);
    bool fine = regexec(&regex, text.data, 0, NULL, 0) == 0;
    regfree(&regex);
    return fine;
}

static size_t count_fits(checker *c, const json_t *shapes, const node *n)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(shapes); i++)
        count += fits(c, json_array_get(shapes, i), n);
    return count;
}

static bool check_map(checker *c, const json_t *shape, const node *n)
{
    json_t *properties = json_object_get(shape, "properties"), *rest = json_object_get(shape, "additionalProperties");
    json_t *names = json_object_get(shape, "propertyNames"), *required = json_object_get(shape, "required");
    json_t *least = json_object_get(shape, "minProperties"), *most = json_object_get(shape, "maxProperties");
    for (size_t i = 0; i < json_array_size(required); i++)
        if (!node_find(n, str_of(json_string_value(json_array_get(required, i)))))
            return no(c, n, "required");
    if ((least && n->count < json_integer_value(least)) || (most && n->count > json_integer_value(most)))
        return no(c, n, "count of properties");
    for (uint32_t i = 0; i < n->count; i++) {
        node key = n->keys[i];
        key.quoted = true; /* keys are strings to JSON */
        json_t *own = json_object_get(properties, key.scalar.data);
        if (names && !fits(c, names, &key))
            return false;
        if (own ? !fits(c, own, &n->items[i]) : json_is_object(rest) && !fits(c, rest, &n->items[i]))
            return false;
        if (!own && json_is_false(rest))
            return no(c, &n->keys[i], "additionalProperties");
    }
    return true;
}

static bool check_list(checker *c, const json_t *shape, const node *n)
{
    json_t *least = json_object_get(shape, "minItems"), *most = json_object_get(shape, "maxItems");
    if ((least && n->count < json_integer_value(least)) || (most && n->count > json_integer_value(most)))
        return no(c, n, "count of items");
    json_t *items = json_object_get(shape, "items");
    for (uint32_t i = 0; items && i < n->count; i++)
        if (!fits(c, items, &n->items[i]))
            return false;
    return true;
}

static bool check_scalar(checker *c, const json_t *shape, const node *n)
{
    json_t *pattern = json_object_get(shape, "pattern"), *set = json_object_get(shape, "enum"),
           *one = json_object_get(shape, "const");
    json_t *least = json_object_get(shape, "minimum"), *most = json_object_get(shape, "maximum");
    if (pattern && is_text(n) && !matches(json_string_value(pattern), n->scalar))
        return no(c, n, "pattern");
    bool found = !set;
    for (size_t i = 0; i < json_array_size(set); i++)
        found |= str_equal(n->scalar, str_of(json_string_value(json_array_get(set, i))));
    if (!found)
        return no(c, n, "enum");
    if (json_is_true(one) && !str_equal(n->scalar, STR("true")))
        return no(c, n, "const");
    double number;
    if ((least || most) && number_read_double(n->scalar, false, &number) &&
        ((least && number < json_number_value(least)) || (most && number > json_number_value(most))))
        return no(c, n, "range");
    return true;
}

static bool is_known(const char *keyword)
{
    static const char *const known[] = {"$schema",       "$defs",    "$ref",          "title",
                                        "description",   "type",     "properties",    "additionalProperties",
                                        "propertyNames", "required", "minProperties", "maxProperties",
                                        "items",         "minItems", "maxItems",      "pattern",
                                        "enum",          "const",    "minimum",       "maximum",
                                        "oneOf",         "anyOf",    "not",           "if",
                                        "then"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], keyword) == 0)
            return true;
    return false;
}

static bool fits(checker *c, const json_t *shape, const node *n)
{
    const char *keyword;
    json_t *member;
    json_object_foreach((json_t *)shape, keyword, member) cr_assert(is_known(keyword), "keyword %s", keyword);
    const char *ref = json_string_value(json_object_get(shape, "$ref"));
    if (ref) {
        json_t *target = json_object_get(json_object_get(c->root, "$defs"), ref + strlen("#/$defs/"));
        cr_assert_not_null(target, "%s", ref);
        if (!fits(c, target, n))
            return false;
    }
    json_t *wanted = json_object_get(shape, "type"), *not = json_object_get(shape, "not"),
           *any = json_object_get(shape, "anyOf"), *one = json_object_get(shape, "oneOf"),
           *condition = json_object_get(shape, "if");
    if (wanted && !has_type(n, wanted))
        return no(c, n, "type");
    if (n->kind == NODE_MAP    ? !check_map(c, shape, n)
        : n->kind == NODE_LIST ? !check_list(c, shape, n)
                               : n->kind == NODE_SCALAR && !check_scalar(c, shape, n))
        return false;
    if ((not &&fits(c, not, n)) || (any && count_fits(c, any, n) == 0) || (one && count_fits(c, one, n) != 1))
        return no(c, n, not ? "not" : any ? "anyOf" : "oneOf");
    return !condition || !fits(c, condition, n) || fits(c, json_object_get(shape, "then"), n);
}

/* ---- the tests ---- */

static void open_schema(checker *c)
{
    json_error_t error;
    c->root = json_load_file(POLICY_SOURCE_DIR "/docs/pack.schema.json", JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(c->root, "line %d: %s", error.line, error.text);
}

static bool text_fits(checker *c, const char *file, str text)
{
    policy_options options;
    options_init(&options, NULL);
    arena memory;
    arena_init(&memory, &options.allocator, 0);
    loader l;
    loader_init(&l, &options, &memory);
    const node *root = yaml_read(&l, str_of(file), text);
    cr_assert_not_null(root, "%s", file);
    bool fine = fits(c, c->root, root);
    arena_free(&memory);
    return fine;
}

typedef struct walk {
    checker *c;
    const char *folder;
    unsigned files;
} walk;

static bool visit_file(void *context, const char *name)
{
    walk *w = context;
    char path[512];
    size_t size = strlen(name);
    if (size < 6 || strcmp(name + size - 5, ".yaml") != 0)
        return true;
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    char *data;
    size_t bytes;
    const char *reason;
    cr_assert_eq(platform_read_all(&allocator_system, path, 1 << 20, &data, &bytes, &reason), POLICY_OK, "%s", path);
    cr_expect(text_fits(w->c, path, (str){data, bytes}), "%s", w->c->why);
    allocator_free(&allocator_system, data);
    w->files++;
    return true;
}

static bool visit_folder(void *context, const char *name)
{
    walk *w = context;
    char path[512];
    const char *reason;
    snprintf(path, sizeof path, POLICY_SOURCE_DIR "/rules/%s", name);
    if (strcmp(name, "schema") == 0 || !platform_is_directory(path))
        return true;
    w->folder = path;
    platform_list(&allocator_system, path, visit_file, w, &reason);
    return true;
}

Test(json_schema, holds_for_every_pack_of_the_repository)
{
    checker c;
    const char *reason;
    open_schema(&c);
    walk w = {&c, NULL, 0};
    platform_list(&allocator_system, POLICY_SOURCE_DIR "/rules", visit_folder, &w, &reason);
    cr_expect_gt(w.files, 3);
    json_decref(c.root);
}

Test(json_schema, refuses_what_the_library_refuses)
{
#define P "pack: p\nversion: \"1\"\nschema: s\n"
    static const struct {
        const char *text;
        bool fine;
    } table[] = {
        {P, true},
        {P "rulez: []\n", false},
        {"pack: P\n", false},
        {"version: one\n", false},
        {"title: text\n", false},
        {"in_force: {from: yesterday}\n", false},
        {"extends: [{pack: q}]\n", false},
        {"extends: [{pack: q, version: \">=1 <2\"}]\n", true},
        {"extends: [{pack: q, version: \"^1\"}]\n", false},
        {P "params: {a: 60}\n", false},
        {P "extends: [{pack: q, version: \"1\"}]\nparams: {a: 60}\n", true},
        {"params: {a: {value: 60, stricter: less}}\n", false},
        {"params: {a: {value: 60, stricter: lower, open: true}}\n", false},
        {"params: {a: {value: 60, stricter: lower, unit: min, doc: {zh: 上限}}}\n", true},
        {"rules: [{id: r, table: t, deny: a}]\n", true},
        {"rules: [{id: r, table: t, deny: a, require: b}]\n", false},
        {"rules: [{id: r, table: t}]\n", false},
        {"rules: [{id: r, deny: a}]\n", false},
        {"rules: [{id: r, table: t, measure: count(), per: [], at_most: 1}]\n", true},
        {"rules: [{id: r, table: t, measure: count(), per: []}]\n", false},
        {"rules: [{id: r, table: t, measure: count(), per: [a + 1], at_most: 1}]\n", false},
        {"rules: [{id: r, table: t, deny: a, severity: grave}]\n", false},
        {"rules: [{id: r, table: t, deny: a, colour: red}]\n", false},
        {"measures: [{id: m, table: t, per: [{a: b, c: d}], measure: count()}]\n", false},
        {"tighten: [{rule: r}]\n", false},
        {"tighten: [{rule: r, when: a}]\n", false},
        {"tighten: [{rule: r, at_most: 40}]\n", true},
        {"clauses: {2.10: {section: 2, quote: q}}\n", false},
        {"clauses: {2.10: {section: 2, quote: q, attested_by: k}}\n", true},
        {"bands: {b: {bands: [{name: A, from: 0}]}}\n", false},
        {"calendar: {terms: {autumn: [2021-09-01, 2022-01-21]}}\n", false},
    };
    checker c;
    open_schema(&c);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        cr_expect_eq(text_fits(&c, "t.yaml", str_of(table[i].text)), table[i].fine, "%s: %s", table[i].text, c.why);
    json_decref(c.root);
}
