/*
 * Blocks of rows: wherever the text is cut, they hold what the rows one by one do, with the same notices and errors.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "sheets.h"
#include "support/failing_allocator.h"
#include "table/blocks.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        "" literal, sizeof(literal) - 1                                                                                \
    }
static const str texts[] = {
    TEXT("年级,班级,布置日期,备注\n三年级,2班,2021-11-19,x\n四年级,,2021-11-20,\n"),
    TEXT("题目\n\n年级,班级\r\n三年级,2班\r\n\r\n四年级,1班\r五年级,3班"),
    TEXT("年级,班级,作业内容\n三年级,2班,\"第一行\n第二行,\"\"引号\"\"\"\n四年级,\"1班\" ,5\" "
         "屏\n\"五年级\",3班,\"\"\n"),
    TEXT("年级,班级,作业内容\n三年级,2班\n四年级,1班,a,b\n五年级,3班,c,,\n,,\n,,\n六年级,1班,d\n,,\n年级,班级,"
         "作业内容\n合计,,3\n"),
    TEXT("年级,班级,\n三年级,2班,\n四年级,1班,x\n五年级,3班,y\n"),
    TEXT("年级,班级\n,\n,\n三年级,2班\n,\n"),
    TEXT("年级;班级\r三年级;2班\r;\r四年级;1班\r\r"),
    TEXT("年级,班级\n"),
    TEXT("年级,班级\n三年级,2班"),
    TEXT("\xEF\xBB\xBF年级,　班级　\n 三年级\xC2\xA0,\t2班\n"),
    /* and what is wrong */
    TEXT("年级,班级\n三年级,2班\n四年级,\"1班\n五年级,3班\n"),
    TEXT("年级,班级\n三年级,2班\n四年级,\"1班\"x\n五年级,3班\n"),
    TEXT("年级,班级\n三年级,2班\n四年级,1\0班\n"),
    TEXT("年级,班级\n三年级,2班\n四年级,1\xFF班\n五年级,3班\n"),
    TEXT("年级,班级\n三年级,2班\n\"四\n年级\",一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十\n"),
    TEXT("年级,班级\n三年级,2班\n1,2,3,4,5,6,7,8,9,10\n"),
};

static void write_error(FILE *out, policy_error *err)
{
    fprintf(out, "%d %d:%d %s\n", (int)policy_error_status(err), (int)policy_error_line(err),
            (int)policy_error_column(err), policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_error_free(err);
}

static void write_notices(FILE *out, table *t)
{
    for (size_t i = 0; i < table_notices(t)->count; i++) {
        const policy_notice *n = table_notices(t)->items[i];
        fprintf(out, "notice %d %d %s %s\n", (int)n->kind, (int)n->row, n->column.data, n->text.data);
    }
    fprintf(out, "%d rows, %d bytes\n", (int)table_rows(t), (int)table_bytes(t));
}

static policy_status open_with(table **t, bytes_source *bytes, size_t block, policy_error **err)
{
    give_forms();
    table_source source = source_of(bytes);
    table_options options = {.block_bytes = block, .cell_bytes = 60, .columns = 9};
    return table_open(&t_type, &options, &source, t, err);
}

/* Rows one by one; `first` of them, or all. */
static policy_status write_records(FILE *out, table *t, size_t first, policy_error **err)
{
    record r;
    bool more = true;
    policy_status status = record_init(&r, &t_type, &allocator_system);
    for (size_t row = 0; row < first && more && status == POLICY_OK; row++) {
        status = table_next(t, &r, &more, err);
        if (!more || status != POLICY_OK) {
            break;
        }
        fprintf(out, "%d:", (int)r.row);
        for (int f = 0; f < T_FIELDS; f++) {
            fprintf(out, " [%.*s]", (int)cell_of(&r, f).size, cell_of(&r, f).data);
        }
        fputc('\n', out);
    }
    record_free(&r);
    return status;
}

static void write_block(FILE *out, const table_block *b)
{
    const uint32_t *cuts = table_block_cuts(b);
    for (size_t row = 0; row < table_block_rows(b); row++) {
        fprintf(out, "%d:", (int)table_block_numbers(b)[row]);
        for (int f = 0; f < T_FIELDS; f++) {
            const block_column *found = NULL;
            for (size_t i = 0; i < table_block_column_count(b); i++) {
                found = table_block_column(b, i)->field == f ? table_block_column(b, i) : found;
            }
            uint32_t cut = cuts ? cuts[row] : 0;
            if (!found || (cut && cut != TABLE_CUT_LOST && found->place + 1 >= cut)) {
                fprintf(out, " [!]");
            } else if (cut == TABLE_CUT_LOST) {
                fprintf(out, " [?]");
            } else {
                fprintf(out, " [%.*s]", (int)(found->offsets[row + 1] - found->offsets[row]),
                        found->text + found->offsets[row]);
            }
        }
        fprintf(out, "\n");
    }
}

/* `side` blocks are filled before the first of them is read. */
static policy_status write_blocks(FILE *out, table *t, size_t side, policy_error **err)
{
    table_block *all[3] = {NULL};
    policy_status status = POLICY_OK;
    for (size_t i = 0; i < side; i++) {
        all[i] = table_block_new(t);
        status = all[i] ? status : POLICY_E_NOMEM;
    }
    for (bool more = true; more && status == POLICY_OK;) {
        size_t filled = 0;
        while (filled < side && more && status == POLICY_OK) {
            status = table_block_fill(t, all[filled], &more, err);
            filled += more;
        }
        for (size_t i = filled; status == POLICY_OK && i-- > 0;) {
            table_block_read(all[i]);
        }
        for (size_t i = 0; i < filled && status == POLICY_OK; i++) {
            status = table_block_take(t, all[i], err);
            if (status == POLICY_OK) {
                write_block(out, all[i]);
            }
        }
    }
    for (size_t i = 0; i < side; i++) {
        table_block_free(all[i]);
    }
    return status;
}

/* The first records one by one, then blocks; block 0: one by one to the end. */
static char *answer(str text, size_t block, size_t side, size_t first, size_t chunk)
{
    char *said = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&said, &size);
    bytes_source bytes = {.data = text.data, .size = text.size, .chunk = chunk};
    policy_error *err = NULL;
    table *t;
    policy_status status = open_with(&t, &bytes, block, &err);
    if (status == POLICY_OK) {
        status = write_records(out, t, block ? first : SIZE_MAX, &err);
    }
    if (status == POLICY_OK && block) {
        cr_assert(table_has_blocks(t));
        status = write_blocks(out, t, side, &err);
    }
    if (status == POLICY_OK) {
        write_notices(out, t);
    } else { /* rows before it may have been given out or not; nobody keeps them */
        fclose(out);
        free(said);
        out = open_memstream(&said, &size);
        write_error(out, err);
    }
    table_free(t);
    fclose(out);
    return said;
}

Test(blocks, are_the_rows_wherever_they_are_cut)
{
    static const size_t sizes[] = {1, 7, 20, 33, 64, 100000};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *whole = answer(texts[i], 0, 0, 0, 0);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            for (size_t side = 1; side <= 3; side++) {
                for (size_t first = 0; first < 2; first++) {
                    char *cut = answer(texts[i], sizes[k], side, first, k % 2 ? 3 : 0);
                    cr_expect_str_eq(cut, whole, "text %zu, blocks of %zu, %zu at a time, %zu before:\n%s\nrows:\n%s",
                                     i, sizes[k], side, first, cut, whole);
                    free(cut);
                }
            }
        }
        free(whole);
    }
}

Test(blocks, tell_lines_of_errors_far_down)
{
    char *text = malloc(400000);
    size_t size = (size_t)sprintf(text, "年级,班级,作业内容\n");
    for (int i = 0; i < 5000; i++) {
        size += (size_t)sprintf(text + size, i % 7 ? "三年级,2班,第%d页\n" : "三年级,2班,\"第%d页\n下半页\"\r\n", i);
    }
    size += (size_t)sprintf(text + size, "四年级,\"1班\" x,\n三年级,2班,\n");
    char *whole = answer((str){text, size}, 0, 0, 0, 0);
    cr_expect_neq(strstr(whole, " 5717:"), NULL, "%s", whole);
    for (size_t block = 100; block < 200000; block *= 10) {
        char *cut = answer((str){text, size}, block, 2, 0, 0);
        cr_expect_str_eq(cut, whole);
        free(cut);
    }
    free(whole);
    free(text);
}

Test(blocks, wide_sheets_and_tables_that_failed_have_none)
{
    static const char wide[] =
        "班级,日期,语文作业内容,语文用时,数学作业内容,数学用时\n三年级2班,2021-11-19,读书,20,口算,30\n";
    bytes_source bytes = {.data = wide, .size = sizeof wide - 1};
    policy_error *err = NULL;
    table *t;
    cr_assert_eq(open_with(&t, &bytes, 0, &err), POLICY_OK);
    cr_expect_not(table_has_blocks(t));
    table_free(t);
    bytes = (bytes_source){.data = "年级,班级\n三年级,1班\n三年级,\"2班\n",
                           .size = strlen("年级,班级\n三年级,1班\n三年级,\"2班\n")};
    cr_assert_eq(open_with(&t, &bytes, 0, &err), POLICY_OK);
    FILE *nowhere = fopen("/dev/null", "w");
    cr_expect_eq(write_blocks(nowhere, t, 1, &err), POLICY_E_SYNTAX);
    fclose(nowhere);
    cr_expect_not(table_has_blocks(t));
    policy_error_free(err);
    table_free(t);
}

Test(blocks, a_source_that_fails_says_so_behind_the_rows_before)
{
    static const char text[] = "年级,班级\n三年级,2班\n四年级,1班\n";
    bytes_source bytes = {.data = text, .size = sizeof text - 1, .fails = POLICY_E_IO};
    policy_error *err = NULL;
    table *t;
    cr_assert_eq(open_with(&t, &bytes, 20, &err), POLICY_OK);
    FILE *nowhere = fopen("/dev/null", "w");
    cr_expect_eq(write_blocks(nowhere, t, 2, &err), POLICY_E_IO);
    fclose(nowhere);
    cr_expect_neq(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), "device on fire"), NULL);
    policy_error_free(err);
    table_free(t);
}

static policy_status read_under(const policy_allocator *a, void *context)
{
    (void)context;
    bytes_source bytes = {.data = texts[3].data, .size = texts[3].size};
    table_source source = source_of(&bytes);
    table_options options = {.allocator = a, .block_bytes = 20};
    table *t;
    policy_error *err = NULL;
    policy_status status = table_open(&t_type, &options, &source, &t, &err);
    if (status == POLICY_OK) {
        FILE *nowhere = fopen("/dev/null", "w");
        status = write_blocks(nowhere, t, 2, &err);
        fclose(nowhere);
    }
    policy_error_free(err);
    table_free(t);
    return status;
}

Test(blocks, survive_every_failing_allocation)
{
    give_forms();
    cr_assert_geq(failing_allocator_sweep(read_under, NULL), 10);
}
