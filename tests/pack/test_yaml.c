/*
 * YAML: what is refused, where, and that hostile texts cost little.
 */
#include "pack/yaml.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "pack/help.h"

typedef struct reading {
    policy_options options;
    arena memory;
    loader l;
    policy_error *error;
    const node *root;
} reading;

static void begin(reading *r, str text)
{
    memset(r, 0, sizeof *r);
    options_init(&r->options, NULL);
    arena_init(&r->memory, &r->options.allocator, 0);
    loader_init(&r->l, &r->options, &r->memory);
    r->root = yaml_read(&r->l, STR("f.yaml"), text);
    loader_finish(&r->l, &r->error);
}

static void end(reading *r)
{
    policy_error_free(r->error);
    arena_free(&r->memory);
}

static void expect_refused(str text, const char *line, const char *what)
{
    reading r;
    char out[512];
    begin(&r, text);
    cr_expect_str_eq(error_line(r.error, out), line, "%s: %s: %s", what, out,
                     r.error ? policy_error_message(r.error, POLICY_LANGUAGE_EN) : "");
    end(&r);
}

Test(yaml, keeps_the_place_of_each_scalar_in_code_points)
{
    reading r;
    begin(&r, STR("\xEF\xBB\xBF作业: 六十\r\nb:\r\n  - '口 头'\r\n  - \"x\"\r\n"));
    cr_assert(r.root && r.root->count == 2);
    cr_assert_eq(r.root->items[0].at.line, 1);
    cr_assert_eq(r.root->items[0].at.column, 5);
    const node *list = &r.root->items[1];
    cr_assert_eq(list->items[0].raw_at.line, 3);
    cr_assert_eq(list->items[0].raw_at.column, 6);
    cr_assert(str_equal(list->items[0].raw, STR("口 头")));
    cr_assert_eq(list->items[1].at.line, 4);
    cr_assert_eq(list->items[1].at.column, 5);
    end(&r);
}

Test(yaml, keeps_expressions_of_several_lines_as_they_stand)
{
    reading r;
    begin(&r, STR("a: |\n  grade <= 2 &&\n    form\nb: grade\n   <= 2\nc: 'it''s'\n"));
    cr_assert(r.root && r.root->count == 3);
    const node *block = &r.root->items[0], *plain = &r.root->items[1], *quoted = &r.root->items[2];
    cr_assert(str_starts(block->raw, STR("  grade <= 2 &&\n    form")));
    cr_assert_eq(block->raw_at.line, 2);
    cr_assert_eq(block->raw_at.column, 1);
    cr_assert(str_equal(plain->raw, STR("grade\n   <= 2")));
    cr_assert(str_equal(plain->scalar, STR("grade <= 2")));
    cr_assert(str_equal(quoted->raw, STR("it's")), "escapes have no form in the file");
    end(&r);
}

Test(yaml, refuses_what_packs_do_not_use_and_says_where)
{
    static const struct {
        const char *text, *line;
    } table[] = {
        {"", "f.yaml:1:1 POLICY_E_SYNTAX"},
        {"# only a comment\n", "f.yaml:1:1 POLICY_E_SYNTAX"},
        {"a: 1\na: 2\n", "f.yaml:2:1 POLICY_E_DUPLICATE @f.yaml:1:1"},
        {"a: {b: {c: 1, c: 2}}\n", "f.yaml:1:15 POLICY_E_DUPLICATE @f.yaml:1:9"},
        {"a: 1\n\"a\": 2\n", "f.yaml:2:1 POLICY_E_DUPLICATE @f.yaml:1:1"},
        {"a: 1\n---\nb: 2\n", "f.yaml:2:1 POLICY_E_SYNTAX"},
        {"a: !!str 1\n", "f.yaml:1:4 POLICY_E_SYNTAX"},
        {"a: !!python/object:x {}\n", "f.yaml:1:4 POLICY_E_SYNTAX"},
        {"%TAG ! tag:x,2000:\n---\na: 1\n", "f.yaml:1:1 POLICY_E_SYNTAX"},
        {"a: &x {b: 1}\nc:\n  <<: *x\n", "f.yaml:3:3 POLICY_E_SYNTAX"},
        {"? [a]\n: 1\n", "f.yaml:1:3 POLICY_E_SYNTAX"},
        {": 1\n", "f.yaml:1:1 POLICY_E_SYNTAX"},
        {"a: &x [*x]\n", "f.yaml:1:8 POLICY_E_SYNTAX @f.yaml:1:4"},
        {"a: *nothing\n", "f.yaml:1:4 POLICY_E_NAME"},
        {"a: &x 1\nb: &x 2\n", "f.yaml:2:4 POLICY_E_DUPLICATE @f.yaml:1:4"},
        {"a: b: c\n", "f.yaml:1:5 POLICY_E_SYNTAX"},
        {"a: [1, 2\nb: 3\n", "f.yaml:2:2 POLICY_E_SYNTAX @f.yaml:1:4"},
        {"a: 'open\nb: 2\n", "f.yaml:1:4 POLICY_E_SYNTAX"},
        {"a: \"\\q\"\n", "f.yaml:1:5 POLICY_E_SYNTAX"},
        {"a: \"x\\0y\"\n", "f.yaml:1:4 POLICY_E_SYNTAX"},
        {"a:\n\t- 1\n", "f.yaml:2:1 POLICY_E_SYNTAX"},
        {"a: @x\n", "f.yaml:1:4 POLICY_E_SYNTAX"},
        {"a: 1\n b: 2\n", "f.yaml:2:3 POLICY_E_SYNTAX"},
        {"作业: \xff\n", "f.yaml:1:5 POLICY_E_ENCODING"},
        {"a: 1\nb: \x1b[31m\n", "f.yaml:2:4 POLICY_E_ENCODING"},
        {"a: x\xE2\x80\xA8y\n", "f.yaml:1:5 POLICY_E_ENCODING"},
        {"a: \xC2\x85\n", "f.yaml:1:4 POLICY_E_ENCODING"},
        {"a: \xED\xA0\x80\n", "f.yaml:1:4 POLICY_E_ENCODING"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_refused(str_of(table[i].text), table[i].line, table[i].text);
    expect_refused((str){"a: x\0y\n", 7}, "f.yaml:1:5 POLICY_E_ENCODING", "NUL");
    expect_refused((str){"\xFF\xFE"
                         "a\0:\0",
                         6},
                   "f.yaml:1:1 POLICY_E_ENCODING", "UTF-16LE");
    expect_refused((str){"\xFE\xFF\0a", 4}, "f.yaml:1:1 POLICY_E_ENCODING", "UTF-16BE");
    expect_refused((str){"a\0:\0", 4}, "f.yaml:1:1 POLICY_E_ENCODING", "UTF-16 without a mark");
}

Test(yaml, refuses_duplicates_at_every_depth_and_among_many_keys)
{
    for (int depth = 1; depth <= 10; depth++) {
        char text[256] = "";
        for (int i = 1; i < depth; i++)
            strcat(text, "{k: ");
        strcat(text, "{x: 1, x: 2}");
        for (int i = 1; i < depth; i++)
            strcat(text, "}");
        reading r;
        begin(&r, str_of(text));
        cr_expect(r.error && policy_error_status(r.error) == POLICY_E_DUPLICATE, "depth %d", depth);
        end(&r);
    }
    static char many[200000];
    size_t size = 0;
    for (int i = 0; i < 5000; i++)
        size += (size_t)snprintf(many + size, sizeof many - size, "key%d: %d\n", i, i);
    reading r;
    begin(&r, (str){many, size});
    cr_expect_null(r.error);
    end(&r);
    size += (size_t)snprintf(many + size, sizeof many - size, "key17: again\n");
    expect_refused((str){many, size}, "f.yaml:5001:1 POLICY_E_DUPLICATE @f.yaml:18:1", "many keys");
}

static str repeated(const char *part, size_t size)
{
    char *text = malloc(size);
    size_t one = strlen(part);
    for (size_t i = 0; i < size; i++)
        text[i] = part[i % one];
    return (str){text, size};
}

Test(yaml, refuses_nesting_past_64_at_once, .timeout = 10)
{
    static const char *const parts[] = {"[", "{a: ", "- ", "? ", "[{a: "};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        str text = repeated(parts[i], 250000);
        reading r;
        begin(&r, text);
        cr_expect(r.error && policy_error_status(r.error) == POLICY_E_LIMIT, "%s: %s", parts[i],
                  r.error ? policy_error_message(r.error, POLICY_LANGUAGE_EN) : "accepted");
        end(&r);
        free((char *)text.data);
    }
    char text[256];
    for (int depth = 63; depth <= 65; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        reading r;
        begin(&r, (str){text, 2 * (size_t)depth});
        cr_expect_eq(r.error == NULL, depth <= 64, "depth %d", depth);
        end(&r);
    }
}

Test(yaml, refuses_alias_bombs_and_many_anchors, .timeout = 10)
{
    expect_refused(STR("a: &a [1,1,1,1,1,1,1,1,1]\n"
                       "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                       "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                       "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                       "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"),
                   "f.yaml:4:8 POLICY_E_LIMIT", "bomb");
    static char text[1200000];
    for (int anchors = 100; anchors <= 40000; anchors = anchors == 100 ? 101 : anchors * 400) {
        size_t size = 0;
        for (int i = 0; i < anchors; i++)
            size += (size_t)snprintf(text + size, sizeof text - size, "- &a%d x\n", i);
        reading r;
        begin(&r, (str){text, size});
        cr_expect_eq(r.error == NULL, anchors <= 100, "%d anchors", anchors);
        end(&r);
    }
    for (int aliases = 100; aliases <= 101; aliases++) {
        size_t size = (size_t)snprintf(text, sizeof text, "- &a x\n");
        for (int i = 0; i < aliases; i++)
            size += (size_t)snprintf(text + size, sizeof text - size, "- *a\n");
        reading r;
        begin(&r, (str){text, size});
        cr_expect_eq(r.error == NULL, aliases <= 100, "%d aliases", aliases);
        end(&r);
    }
}

Test(yaml, refuses_scalars_over_1_mib_and_files_over_their_limit)
{
    str text = repeated("x", 1024 * 1024 + 1);
    reading r;
    begin(&r, (str){text.data, text.size - 1});
    cr_expect_null(r.error);
    end(&r);
    begin(&r, text);
    cr_expect(r.error && policy_error_status(r.error) == POLICY_E_LIMIT);
    end(&r);
    free((char *)text.data);

    memset(&r, 0, sizeof r);
    options_init(&r.options, NULL);
    r.options.limits[POLICY_LIMIT_PACK_BYTES] = 10;
    arena_init(&r.memory, &r.options.allocator, 0);
    for (size_t size = 9; size <= 11; size++) {
        loader_init(&r.l, &r.options, &r.memory);
        cr_expect_eq(yaml_read(&r.l, STR("f"), str_slice(STR("a: 34567890"), 0, size)) != NULL, size <= 10);
        policy_error_free(r.l.errors);
    }
    arena_free(&r.memory);
}

Test(yaml, shows_a_window_of_a_very_long_line)
{
    static char text[30000];
    size_t size = 0;
    text[size++] = '[';
    while (size < 20000) {
        memcpy(text + size, "学校, ", 8);
        size += 8;
    }
    memcpy(text + size, "a: 1: 2]", 8);
    reading r;
    begin(&r, (str){text, size + 8});
    cr_assert_not_null(r.error);
    const char *excerpt = policy_error_excerpt(r.error);
    cr_assert_not_null(excerpt);
    cr_expect_lt(strlen(excerpt), 1200);
    cr_expect(utf8_valid(str_of(excerpt), NULL));
    end(&r);
}
