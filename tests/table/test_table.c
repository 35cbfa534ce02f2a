/*
 * Tables: from a file as a school keeps it to records and notices.
 */
#include "sheets.h"
#include "support/failing_allocator.h"

#include <iconv.h>
#include <stdio.h>
#include <unistd.h>

typedef struct opened {
    bytes_source bytes;
    table *t;
    record r;
    policy_error *err;
    bool more;
} opened;

static policy_status open_text(opened *o, const char *text, size_t size)
{
    give_forms();
    *o = (opened){.bytes = {.data = text, .size = size}};
    table_source source = source_of(&o->bytes);
    cr_assert_eq(record_init(&o->r, &t_type, &allocator_system), POLICY_OK);
    return table_open(&t_type, NULL, &source, &o->t, &o->err);
}
static void close_all(opened *o)
{
    record_free(&o->r);
    table_free(o->t);
    policy_error_free(o->err);
    cr_assert_eq(o->bytes.closed, 1, "the source is closed once");
}
static bool next(opened *o)
{
    cr_assert_eq(table_next(o->t, &o->r, &o->more, &o->err), POLICY_OK, "%s",
                 policy_error_message(o->err, POLICY_LANGUAGE_EN));
    return o->more;
}
#define OPEN(o, literal) cr_assert_eq(open_text((o), "" literal, sizeof(literal) - 1), POLICY_OK)

Test(table, gives_a_record_a_row_with_source_and_number)
{
    opened o;
    OPEN(&o, "年级,班级,布置日期,预计时长(小时),备注\n三年级,2班,2021-11-19,0.5,x\n四年级,,2021-11-20,,\n");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_GRADE, "三年级"));
    cr_assert(cell_is(&o.r, T_CLASS, "2班"));
    cr_assert(cell_is(&o.r, T_MINUTES, "0.5"));
    cr_assert(str_equal(o.r.cells[T_MINUTES].unit, STR("小时")));
    cr_assert(cell_is(&o.r, T_SCHOOL, "!"), "a column that is not there");
    cr_assert_eq(o.r.row, 1);
    cr_assert(str_equal(o.r.source, STR("sheet.csv")));
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_CLASS, ""));
    cr_assert_eq(o.r.row, 2);
    cr_assert_not(next(&o));
    cr_assert_not(next(&o), "the end stays the end");
    cr_assert_eq(notices_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN), 1);
    cr_assert_str_eq(policy_notice_column(notice_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN, 0)), "备注");
    cr_assert_eq(table_rows(o.t), 2);
    cr_assert_eq(table_column_count(o.t), 5);
    cr_assert_eq(table_column_field(o.t, 3), T_MINUTES);
    cr_assert_eq(table_column_field(o.t, 4), -1);
    cr_assert_eq(table_bytes(o.t), o.bytes.size);
    close_all(&o);
}

Test(table, finds_the_header_below_titles_and_the_separator_by_itself)
{
    static const char *const texts[] = {
        "环翠实验小学作业公示表\n\n年级,班级,日期\n三年级,2班,2021-11-19\n",
        "环翠实验小学作业公示表,,\n2021年11月,,\n,,\n年级,班级,日期\n三年级,2班,2021-11-19\n",
        "年级\t班级\t日期\n三年级\t2班\t2021-11-19\n",
        "年级;班级;日期\r三年级;2班;2021-11-19\r",
        "sep=;\r\n年级;班级;日期\r\n三年级;2班;2021-11-19\r\n",
        "\xEF\xBB\xBF年级,班级,日期\n三年级,2班,2021-11-19\n",
        "\"年级\",\"班级\",\"日期\"\n\"三年级\",\"2班\",\"2021-11-19\"",
        " 年 级 ,班级：,布置日期(年月日)\n三年级,2班,2021-11-19\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        opened o;
        cr_assert_eq(open_text(&o, texts[i], strlen(texts[i])), POLICY_OK, "text %zu", i);
        cr_assert(next(&o), "text %zu", i);
        cr_expect(cell_is(&o.r, T_GRADE, "三年级") && cell_is(&o.r, T_CLASS, "2班") &&
                      cell_is(&o.r, T_DATE, "2021-11-19"),
                  "text %zu", i);
        cr_expect_eq(o.r.row, 1, "rows count from below the header");
        cr_assert_not(next(&o));
        cr_expect_eq(notices_of(o.t, POLICY_NOTICE_TITLE_LINE),
                     i == 0   ? 1
                     : i == 1 ? 2
                     : i == 4 ? 1
                              : 0,
                     "text %zu", i);
        close_all(&o);
    }
}

Test(table, reads_every_encoding_alike)
{
    static const char text[] = "年级,班级,日期\n三年级,二班,2021年11月19日\n";
    static const char *const names[] = {"GB18030", "UTF-16LE", "UTF-16BE", "UTF-8"};
    for (size_t i = 0; i < 4; i++) {
        char bytes[400] = "\xFF\xFE", *in = (char *)(uintptr_t)text, *to = bytes + (i == 1 ? 2 : 0);
        size_t left = sizeof text - 1, room = 300;
        iconv_t cd = iconv_open(names[i], "UTF-8");
        iconv(cd, &in, &left, &to, &room);
        iconv_close(cd);
        opened o;
        cr_assert_eq(open_text(&o, bytes, (size_t)(to - bytes)), POLICY_OK, "%s", names[i]);
        cr_expect_str_eq(table_encoding(o.t), names[i]);
        cr_assert(next(&o));
        cr_expect(cell_is(&o.r, T_CLASS, "二班"), "%s", names[i]);
        cr_expect_eq(notices_of(o.t, POLICY_NOTICE_ENCODING), names[i][4] == '8' ? 0 : 1);
        close_all(&o);
    }
}

Test(table, gives_the_same_for_every_size_of_piece)
{
    static const char text[] =
        "作业公示\n年级,班级,日期,作业内容\r\n三年级,\"2\"\"班\",2021-11-19,\"抄\n写\"\r\n,,,\n合计,,,\n四年级,1班,x\n";
    for (size_t chunk = 1; chunk <= 65; chunk++) {
        opened o;
        give_forms();
        o = (opened){.bytes = {.data = text, .size = sizeof text - 1, .chunk = chunk == 65 ? 4096 : chunk}};
        table_source source = source_of(&o.bytes);
        cr_assert_eq(record_init(&o.r, &t_type, &allocator_system), POLICY_OK);
        cr_assert_eq(table_open(&t_type, NULL, &source, &o.t, &o.err), POLICY_OK);
        cr_assert(next(&o));
        cr_assert(cell_is(&o.r, T_CLASS, "2\"班") && cell_is(&o.r, T_TEXT, "抄\n写"));
        cr_assert(next(&o));
        cr_assert(cell_is(&o.r, T_GRADE, "四年级") && cell_is(&o.r, T_TEXT, "!"));
        cr_assert_eq(o.r.row, 4);
        cr_assert_not(next(&o));
        cr_assert_eq(table_notices(o.t)->count, 4);
        close_all(&o);
    }
}

Test(table, reports_ragged_rows_and_goes_on)
{
    opened o;
    OPEN(&o,
         "年级,班级,日期\n三年级,1班\n三年级,2班,2021-11-19,多,余\n三年级,3班,2021-11-19,,\n三年级,4班,2021-11-19\n");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_CLASS, "1班"));
    cr_assert(cell_is(&o.r, T_DATE, "!"), "a cell that is missing counts as not supplied");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_GRADE, "?") && cell_is(&o.r, T_CLASS, "?") && cell_is(&o.r, T_DATE, "?"),
              "which cell is which cannot be told");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_CLASS, "3班"), "separators at the end are no cells");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_CLASS, "4班"));
    cr_assert_not(next(&o));
    cr_assert_eq(notices_of(o.t, POLICY_NOTICE_RAGGED_ROW), 2);
    const policy_notice *n = notice_of(o.t, POLICY_NOTICE_RAGGED_ROW, 1);
    cr_assert_eq(policy_notice_row(n), 2);
    cr_assert_str_eq(policy_notice_text(n), "5/3");
    policy_text *text;
    cr_assert_eq(policy_notice_message(n, POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert(strstr(policy_text_data(text), "more cells"));
    policy_text_free(text);
    close_all(&o);
}

Test(table, skips_what_is_no_record_and_says_so)
{
    opened o;
    OPEN(&o, "年级,班级,日期,用时,作业内容\n"
             "三年级,1班,2021-11-19,20,甲\n"
             ",,,,\n"
             ",,,,\n"
             "年级,班级,日期,用时,作业内容\n"
             "三年级,2班,2021-11-19,20,合计\n"
             "备注班,2班,2021-11-19,20,乙\n"
             "小计,,,20,\n"
             "合计,,,40,\n"
             "备注：本表由教务处填写,,,,\n"
             ",,,,其他：张三\n"
             "填表人,,,,李四\n");
    cr_assert(next(&o));
    cr_assert_eq(o.r.row, 1);
    cr_assert(next(&o));
    cr_assert_eq(o.r.row, 5, "skipped rows are counted");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_GRADE, "备注班"), "a row that says a date is a record");
    cr_assert(next(&o));
    cr_assert_eq(o.r.row, 10, "a row that does not begin with such a word is a record");
    cr_assert_not(next(&o));
    cr_assert_eq(notices_of(o.t, POLICY_NOTICE_SKIPPED_ROW), 6);
    cr_assert_eq(policy_notice_row(notice_of(o.t, POLICY_NOTICE_SKIPPED_ROW, 0)), 2);
    cr_assert_eq(policy_notice_row(notice_of(o.t, POLICY_NOTICE_SKIPPED_ROW, 1)), 4);
    close_all(&o);
}

Test(table, lists_columns_it_does_not_know_once_and_second_ones_for_a_field)
{
    opened o;
    OPEN(&o, "年级,班级,日期,布置日期,星期,,\n三年级,1班,2021-11-20,2021-11-19,五,x,\n三年级,1班,2021-11-19,2021-11-20,"
             "五,y,\n");
    cr_assert(next(&o));
    cr_assert(cell_is(&o.r, T_DATE, "2021-11-19"), "the name that the schema lists first");
    cr_assert(next(&o));
    cr_assert_not(next(&o));
    cr_assert_eq(notices_of(o.t, POLICY_NOTICE_DUPLICATE_COLUMN), 1);
    cr_assert_eq(notices_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN), 2);
    cr_assert_str_eq(policy_notice_column(notice_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN, 1)), "#6");
    close_all(&o);
}

Test(table, with_a_header_and_no_rows_is_an_empty_table)
{
    opened o;
    OPEN(&o, "年级,班级,日期\n");
    cr_assert_not(next(&o));
    close_all(&o);
    OPEN(&o, "年级,班级,日期");
    cr_assert_not(next(&o));
    close_all(&o);
    OPEN(&o, "年级");
    cr_assert_not(next(&o), "one column is enough when it is the only one");
    close_all(&o);
}

static void check_refused(const char *text, size_t size, policy_status status, uint32_t line, uint32_t column,
                          const char *part)
{
    opened o;
    policy_status got = open_text(&o, text, size);
    while (got == POLICY_OK) {
        got = table_next(o.t, &o.r, &o.more, &o.err);
        if (got == POLICY_OK && !o.more)
            break;
    }
    cr_expect_eq(got, status, "[%s] %d", text, (int)got);
    cr_expect_eq(policy_error_status(o.err), status);
    cr_expect_str_eq(policy_error_file(o.err), "sheet.csv");
    cr_expect_eq(policy_error_line(o.err), line, "line %u of [%s]", policy_error_line(o.err), text);
    cr_expect_eq(policy_error_column(o.err), column, "column %u of [%s]", policy_error_column(o.err), text);
    cr_expect(strstr(policy_error_message(o.err, POLICY_LANGUAGE_EN), part), "%s",
              policy_error_message(o.err, POLICY_LANGUAGE_EN));
    if (o.t) {
        policy_error *second = NULL;
        cr_expect_neq(table_next(o.t, &o.r, &o.more, &second), POLICY_OK, "a table that failed stays failed");
        policy_error_free(second);
    }
    close_all(&o);
}
#define CHECK_REFUSED(literal, ...) check_refused("" literal, sizeof(literal) - 1, __VA_ARGS__)

Test(table, says_what_is_wrong_with_a_file_and_where)
{
    CHECK_REFUSED("", POLICY_E_DATA, 0, 0, "empty");
    CHECK_REFUSED("\xEF\xBB\xBF", POLICY_E_DATA, 0, 0, "empty");
    CHECK_REFUSED("\n\n\r\n", POLICY_E_DATA, 0, 0, "empty");
    CHECK_REFUSED(",,,\n", POLICY_E_DATA, 0, 0, "empty");
    CHECK_REFUSED("a,b,c\n1,2,3\n", POLICY_E_DATA, 1, 0, "a b c");
    CHECK_REFUSED("年级,b,c\n1,2,3\n", POLICY_E_DATA, 1, 0, "1 known");
    CHECK_REFUSED("年级,班级\n三年级,\"2班\n三年级,1班\n", POLICY_E_SYNTAX, 2, 5, "never closed");
    CHECK_REFUSED("\"年级,班级\n三年级,2班\n", POLICY_E_SYNTAX, 1, 1, "never closed");
    CHECK_REFUSED("年级,班级\n三年级,\"2\"班\n", POLICY_E_SYNTAX, 2, 8, "closing");
    CHECK_REFUSED("年级,班级\n三\0年级,1班\n", POLICY_E_SYNTAX, 2, 2, "NUL");
    CHECK_REFUSED("年级,班级,日期\n三年级,1班\xFF,x\n", POLICY_E_ENCODING, 2, 7, "FF");
    CHECK_REFUSED("\xFF\xFE\x74\x5e\xa7\x7e,\0\x00\xD8", POLICY_E_ENCODING, 1, 4, "middle of a character");
    CHECK_REFUSED("年级,班级\n三年级,二班\xE4\xB8", POLICY_E_ENCODING, 2, 7, "middle of a character");
    CHECK_REFUSED("\xC4\xEA\xBC\xB6,\xB0\xE0\xBC\xB6\n\xC8\xFD,\xB6", POLICY_E_ENCODING, 2, 3, "middle of a character");
    CHECK_REFUSED("PK\003\004rest of a workbook", POLICY_E_ENCODING, 0, 0, "CSV");
    CHECK_REFUSED("\xD0\xCF\x11\xE0rest of a workbook", POLICY_E_ENCODING, 0, 0, "CSV");
}

Test(table, passes_on_why_reading_failed)
{
    opened o = {.bytes = {.data = "年级,班级\n三年级", .size = 22, .fails = POLICY_E_IO}};
    table_source source = source_of(&o.bytes);
    cr_assert_eq(record_init(&o.r, &t_type, &allocator_system), POLICY_OK);
    cr_assert_eq(table_open(&t_type, NULL, &source, &o.t, &o.err), POLICY_E_IO);
    cr_assert(strstr(policy_error_message(o.err, POLICY_LANGUAGE_EN), "device on fire"));
    close_all(&o);
    table_source missing;
    policy_error *err = NULL;
    cr_assert_eq(table_source_open(&allocator_system, "/nowhere/at/all.csv", &missing, &err), POLICY_E_IO);
    cr_assert_str_eq(policy_error_file(err), "/nowhere/at/all.csv");
    policy_error_free(err);
}

Test(table, reads_a_real_file)
{
    char path[] = "/tmp/policy-table-XXXXXX";
    int descriptor = mkstemp(path);
    static const char text[] = "年级,班级\n三年级,2班\n";
    cr_assert_eq(write(descriptor, text, sizeof text - 1), (ssize_t)(sizeof text - 1));
    close(descriptor);
    table_source source;
    table *t;
    record r;
    bool more;
    cr_assert_eq(table_source_open(&allocator_system, path, &source, NULL), POLICY_OK);
    cr_assert_eq(table_open(&t_type, NULL, &source, &t, NULL), POLICY_OK);
    cr_assert_eq(record_init(&r, &t_type, &allocator_system), POLICY_OK);
    cr_assert_eq(table_next(t, &r, &more, NULL), POLICY_OK);
    cr_assert(more && cell_is(&r, T_CLASS, "2班"));
    cr_assert_str_eq(table_source_name(t), path);
    record_free(&r);
    table_free(t);
    unlink(path);
}

Test(table, keeps_the_limits_it_is_given)
{
    opened o = {.bytes = {.data = "年级,班级\n三年级,123456\n", .size = 0}};
    o.bytes.size = strlen(o.bytes.data);
    table_source source = source_of(&o.bytes);
    table_options options = {.cell_bytes = 10, .columns = 2};
    cr_assert_eq(record_init(&o.r, &t_type, &allocator_system), POLICY_OK);
    cr_assert_eq(table_open(&t_type, &options, &source, &o.t, &o.err), POLICY_OK);
    cr_assert(next(&o));
    close_all(&o);
    options.cell_bytes = 8;
    o = (opened){.bytes = {.data = "年级,班级\n三年级,123456\n"}};
    o.bytes.size = strlen(o.bytes.data);
    source = source_of(&o.bytes);
    cr_assert_eq(record_init(&o.r, &t_type, &allocator_system), POLICY_OK);
    cr_assert_eq(table_open(&t_type, &options, &source, &o.t, &o.err), POLICY_E_LIMIT);
    close_all(&o);
}

/* --- wide sheets ------------------------------------------------------------------------------------------------------ */

static void check_row(opened *o, const char *subject, const char *date, const char *minutes, const char *text,
                      uint64_t row)
{
    cr_assert(next(o));
    cr_expect(cell_is(&o->r, T_SUBJECT, subject), "subject of row %d", (int)row);
    cr_expect(cell_is(&o->r, T_DATE, date), "date of %s", subject);
    cr_expect(cell_is(&o->r, T_MINUTES, minutes), "minutes of %s", subject);
    cr_expect(cell_is(&o->r, T_TEXT, text), "text of %s", subject);
    cr_expect_eq(o->r.row, row);
}

Test(wide, sheet_gives_a_record_for_each_subject_of_a_row)
{
    opened o;
    OPEN(&o, "日期,班级,语文作业内容,语文用时,数学作业内容,数学用时(小时),备注\n"
             "2021-11-19,三年级2班,背诵,10,练习册,0.5,x\n"
             "2021-11-20,三年级2班,,,口算,,\n"
             "2021-11-21,三年级2班,无,-,,,\n"
             "2021-11-22,三年级2班,抄写,20,,,\n");
    check_row(&o, "语文", "2021-11-19", "10", "背诵", 1);
    cr_expect_eq(o.r.cells[T_MINUTES].unit.size, 0);
    cr_expect_eq(o.r.part, 1);
    check_row(&o, "数学", "2021-11-19", "0.5", "练习册", 1);
    cr_expect_eq(o.r.part, 2, "records of one row are told from each other");
    cr_expect(str_equal(o.r.cells[T_MINUTES].unit, STR("小时")));
    cr_expect(cell_is(&o.r, T_CLASS, "三年级2班"));
    check_row(&o, "数学", "2021-11-20", "", "口算", 2);
    check_row(&o, "语文", "2021-11-22", "20", "抄写", 4);
    cr_assert_not(next(&o));
    cr_expect_eq(notices_of(o.t, POLICY_NOTICE_SKIPPED_ROW), 1, "a day without homework has no record, and says so");
    cr_expect_eq(policy_notice_row(notice_of(o.t, POLICY_NOTICE_SKIPPED_ROW, 0)), 3);
    cr_expect_eq(notices_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN), 1);
    cr_expect_eq(table_rows(o.t), 4);
    close_all(&o);
}

Test(wide, sheet_may_have_a_header_of_two_lines)
{
    opened o;
    OPEN(&o,
         "作业公示\n日期,班级,语文,,数学,\n,,作业内容,用时,作业内容,用时\n2021-11-19,三年级2班,背诵,10,练习册,30\n");
    check_row(&o, "语文", "2021-11-19", "10", "背诵", 1);
    check_row(&o, "数学", "2021-11-19", "30", "练习册", 1);
    cr_assert_not(next(&o));
    close_all(&o);
}

Test(wide, sheet_is_told_from_one_that_has_the_subject_or_a_single_pair)
{
    opened o;
    OPEN(&o, "日期,学科,作业内容,用时,语文作业内容,语文用时,数学作业内容,数学用时\n2021-11-19,语文,背诵,10,a,b,c,d\n");
    check_row(&o, "语文", "2021-11-19", "10", "背诵", 1);
    cr_assert_not(next(&o));
    cr_expect_eq(notices_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN), 4);
    close_all(&o);
    OPEN(&o, "日期,班级,家长作业内容,家长用时,总用时\n2021-11-19,2班,a,b,c\n");
    check_row(&o, "!", "2021-11-19", "!", "!", 1);
    cr_assert_not(next(&o));
    cr_expect_eq(notices_of(o.t, POLICY_NOTICE_UNKNOWN_COLUMN), 3);
    close_all(&o);
}

Test(wide, sheet_with_a_column_of_totals_leaves_it_out)
{
    opened o;
    OPEN(&o, "日期,班级,语文作业内容,语文用时,数学作业内容,数学用时,总用时\n2021-11-19,2班,a,10,b,20,30\n2021-11-19,"
             "2班,a,10,b,20,30,40\n");
    check_row(&o, "语文", "2021-11-19", "10", "a", 1);
    check_row(&o, "数学", "2021-11-19", "20", "b", 1);
    cr_assert(next(&o));
    cr_expect(cell_is(&o.r, T_DATE, "?"), "a row that is too long is one record, all lost");
    cr_assert_not(next(&o));
    close_all(&o);
}

static policy_status read_under(const policy_allocator *a, void *context)
{
    (void)context;
    static const char text[] =
        "标题\n年级,语文,,数学,,备注\n,作业内容,用时,作业内容,用时,\n三年级,a,1,b,2,x\n四年级\n合计,,,,,\n";
    bytes_source bytes = {.data = text, .size = sizeof text - 1};
    table_source source = source_of(&bytes);
    table_options options = {.allocator = a};
    table *t;
    record r;
    bool more = true;
    policy_error *err = NULL;
    policy_status status = table_open(&t_type, &options, &source, &t, &err);
    if (status == POLICY_OK) {
        status = record_init(&r, &t_type, a);
        while (status == POLICY_OK && more)
            status = table_next(t, &r, &more, &err);
        record_free(&r);
    }
    policy_error_free(err);
    table_free(t);
    cr_assert_eq(bytes.closed, 1);
    return status;
}

Test(table, survives_every_failing_allocation)
{
    give_forms();
    cr_assert_geq(failing_allocator_sweep(read_under, NULL), 5);
}

/* A column of something else than it is taken for: that is said, and not that memory ran out. */
Test(table, more_than_a_million_notices_are_an_error_of_their_own)
{
    notices n;
    policy_error *err = NULL;
    notices_init(&n, &allocator_system);
    policy_notice notice = {
        .kind = POLICY_NOTICE_UNREADABLE_CELL, .source = STR("a.csv"), .column = STR("minutes"), .text = STR("?")};
    for (size_t i = 0; i < NOTICES_MAX; i++) {
        cr_assert(notices_add(&n, &notice));
    }
    cr_assert_not(notices_add(&n, &notice));
    cr_assert_eq(n.count, NOTICES_MAX);
    cr_assert_eq(notices_error(&n, &err), POLICY_E_LIMIT);
    cr_assert_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), "minutes"));
    policy_error_free(err);
    err = NULL;
    notices_truncate(&n, 1);
    cr_assert(notices_add(&n, &notice));
    cr_assert_eq(notices_error(&n, &err), POLICY_E_NOMEM);
    policy_error_free(err);
    notices_free(&n);
}
