/*
 * CSV: rows of cells, whatever the pieces the text arrives in.
 */
#include "table/csv.h"

#include <criterion/criterion.h>
#include <stdio.h>

typedef struct feed {
    const char *data;
    size_t size, at, chunk;
} feed;

static policy_status feed_some(void *context, char *out, size_t room, size_t *got)
{
    feed *f = context;
    size_t n = f->size - f->at;
    if (n > room)
        n = room;
    if (n > f->chunk)
        n = f->chunk;
    memcpy(out, f->data + f->at, n);
    f->at += n;
    *got = n;
    return POLICY_OK;
}

/* Rows as a|b/c|d, or an error as !status line:column. */
static void parse(str text, char delimiter, size_t chunk, size_t cell_limit, size_t column_limit, buffer *out)
{
    feed f = {text.data, text.size, 0, chunk};
    csv c;
    bool more;
    policy_error *err = NULL;
    buffer_clear(out);
    cr_assert_eq(csv_init(&c, &allocator_system, STR("a.csv"), chunk < 16 ? 16 : chunk), POLICY_OK);
    c.fill = feed_some;
    c.context = &f;
    c.delimiter = delimiter;
    if (cell_limit)
        c.cell_limit = cell_limit;
    if (column_limit)
        c.column_limit = column_limit;
    for (;;) {
        policy_status status = csv_next(&c, &more, &err);
        if (status != POLICY_OK) {
            char room[64];
            sprintf(room, "!%d %u:%u", (int)status, policy_error_line(err), policy_error_column(err));
            buffer_put_c(out, room);
            cr_expect_str_eq(policy_error_file(err), "a.csv");
            policy_error_free(err);
            break;
        }
        if (!more)
            break;
        for (size_t i = 0; i < c.count; i++) {
            if (i)
                buffer_put_char(out, '|');
            buffer_put(out, c.cells[i]);
            cr_expect_eq(c.cells[i].data[c.cells[i].size], '\0');
        }
        buffer_put_char(out, '/');
    }
    csv_free(&c);
}

static const struct {
    const char *text, *rows;
} corpus[] = {
    {"", ""},
    {"a", "a/"},
    {"a,b", "a|b/"},
    {"a,b\n", "a|b/"},
    {"a,b\r\nc,d\r\n", "a|b/c|d/"},
    {"a,b\rc,d\r", "a|b/c|d/"},
    {"a,b\nc,d\r\ne,f\rg,h", "a|b/c|d/e|f/g|h/"},
    {",", "|/"},
    {",\n", "|/"},
    {"a,\n,b\n", "a|/|b/"},
    {"\n\n\na\n\n", "a/"},
    {"\r\n\r\na\r\n", "a/"},
    {"\"a\"", "a/"},
    {"\"a,b\",c\n", "a,b|c/"},
    {"\"a\nb\",c\n", "a\nb|c/"},
    {"\"a\r\nb\",c\r\n", "a\r\nb|c/"},
    {"\"a\"\"b\"", "a\"b/"},
    {"\"\"\"\"", "\"/"},
    {"\"\"", "/"},
    {"\"\",\"\"\n", "|/"},
    {"a\"b,c", "a\"b|c/"},
    {" \"a\",b", " \"a\"|b/"},
    {"\"a\" ,b", "a|b/"},
    {"日期,班级\n2021-11-19,三年级2班\n", "日期|班级/2021-11-19|三年级2班/"},
    {"\"三,年\"\"级\n\",x", "三,年\"级\n|x/"},
    {"a,b,", "a|b|/"},
    {"a\r", "a/"},
    {"a\r\n\r\nb", "a/b/"},
    {"\"a", "!9 1:1"},
    {"a,\"b\nc\nd", "!9 1:3"},
    {"三,年\n四,\"b\n", "三|年/!9 2:3"},
    {"\"a\"b\n", "!9 1:4"},
    {"\"a\" \"b\"\n", "!9 1:5"},
    {"x\n\"a\r\nb\"c", "x/!9 3:3"},
    {"x\n\"a\nb\rc\"d", "x/!9 4:3"},
    {"a,b\n三,\"\"\"", "a|b/!9 2:3"},
};

Test(csv, gives_the_same_rows_for_every_size_of_piece)
{
    buffer out;
    buffer_init(&out, &allocator_system, 0);
    for (size_t i = 0; i < sizeof corpus / sizeof *corpus; i++) {
        for (size_t chunk = 1; chunk <= 65; chunk++) {
            size_t piece = chunk == 65 ? 4096 : chunk;
            parse(str_of(corpus[i].text), ',', piece, 0, 0, &out);
            cr_expect(str_equal(buffer_text(&out), str_of(corpus[i].rows)), "case %zu in pieces of %zu: %.*s", i, piece,
                      (int)out.size, out.data ? out.data : "");
        }
    }
    buffer_free(&out);
}

Test(csv, takes_other_separators)
{
    buffer out;
    buffer_init(&out, &allocator_system, 0);
    parse(STR("a\tb,c\n"), '\t', 64, 0, 0, &out);
    cr_expect(str_equal(buffer_text(&out), STR("a|b,c/")));
    parse(STR("a;\"b;c\"\n"), ';', 64, 0, 0, &out);
    cr_expect(str_equal(buffer_text(&out), STR("a|b;c/")));
    buffer_free(&out);
}

Test(csv, refuses_a_nul_byte_with_its_place)
{
    buffer out;
    buffer_init(&out, &allocator_system, 0);
    parse(STR("a,b\nc\0d\n"), ',', 5, 0, 0, &out);
    cr_expect(str_equal(buffer_text(&out), STR("a|b/!9 2:2")));
    parse(STR("a,\"b\0\"\n"), ',', 64, 0, 0, &out);
    cr_expect(str_equal(buffer_text(&out), STR("!9 1:5")));
    buffer_free(&out);
}

Test(csv, keeps_its_limits_on_both_sides)
{
    buffer out;
    buffer_init(&out, &allocator_system, 0);
    parse(STR("12345,1\n"), ',', 3, 5, 2, &out);
    cr_expect(str_equal(buffer_text(&out), STR("12345|1/")));
    parse(STR("123456,1\n"), ',', 3, 5, 2, &out);
    cr_expect(str_starts(buffer_text(&out), STR("!4 1:")), "%s", out.data);
    parse(STR("x\n\"123456\n"), ',', 16, 5, 2, &out);
    cr_expect(str_equal(buffer_text(&out), STR("x/!4 2:1")), "the opening quotation mark: %s", out.data);
    parse(STR("a,b,c\n"), ',', 16, 5, 2, &out);
    cr_expect(str_equal(buffer_text(&out), STR("!4 1:5")), "%s", out.data);
    buffer_free(&out);
}

Test(csv, refuses_a_million_columns_and_a_huge_cell_early)
{
    buffer out;
    buffer_init(&out, &allocator_system, 0);
    size_t size = 3u << 20;
    char *text = allocator_new(&allocator_system, size);
    memset(text, ',', 1000000);
    parse((str){text, 1000000}, ',', 65536, 0, 0, &out);
    cr_expect(str_equal(buffer_text(&out), STR("!4 1:10001")), "%s", out.data);
    memset(text, 'x', size);
    parse((str){text, size}, ',', 65536, 0, 0, &out);
    cr_expect(str_starts(buffer_text(&out), STR("!4 1:")), "%s", out.data);
    text[0] = '"';
    parse((str){text, size}, ',', 65536, 0, 0, &out);
    cr_expect(str_equal(buffer_text(&out), STR("!4 1:1")), "%s", out.data);
    allocator_free(&allocator_system, text);
    buffer_free(&out);
}
