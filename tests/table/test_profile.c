/*
 * The profiler: what a published score table shows, each way it can show it.
 */
#include "sheets.h"
#include "support/failing_allocator.h"

#include <stdio.h>

enum {
    P_SHEET,
    P_SCHOOL,
    P_GRADE,
    P_CLASS,
    P_EVENT,
    P_AUDIENCE,
    P_SCORES,
    P_RANKS,
    P_BANDS,
    P_BAND_COUNT,
    P_ORDERED,
    P_DATE,
    P_FIELDS
};

static const str p_school[] = {STR_INIT("学校")}, p_grade[] = {STR_INIT("年级")}, p_class[] = {STR_INIT("班级")};
static const schema_field p_fields[P_FIELDS] = {
    T_FIELD("sheet", READER_TEXT, NULL, 0),
    T_FIELD("school", READER_TEXT, p_school, 1),
    T_FIELD("grade", READER_GRADE, p_grade, 1),
    T_FIELD("class", READER_CLASS, p_class, 1),
    T_FIELD("event", READER_TEXT, NULL, 0),
    T_FIELD("audience", READER_ENUM, NULL, 0),
    T_FIELD("scores_shown", READER_BOOL, NULL, 0),
    T_FIELD("ranks_shown", READER_BOOL, NULL, 0),
    T_FIELD("bands_shown", READER_BOOL, NULL, 0),
    T_FIELD("band_count", READER_INTEGER, NULL, 0),
    T_FIELD("ordered_by_score", READER_BOOL, NULL, 0),
    T_FIELD("date", READER_DATE, NULL, 0),
};
static const schema_type score_sheet = {
    .name = STR_INIT("score_sheet"), .fields = p_fields, .field_count = P_FIELDS, .dated_by = -1};

typedef struct profile {
    bytes_source bytes;
    table *t;
    record r;
    policy_error *err;
} profile;

static policy_status look_named(profile *p, const char *name, const char *text, size_t size)
{
    *p = (profile){.bytes = {.data = text, .size = size}};
    table_source source = source_of(&p->bytes);
    source.name = name;
    bool more;
    cr_assert_eq(record_init(&p->r, &score_sheet, &allocator_system), POLICY_OK);
    policy_status status = table_open_scores(&score_sheet, NULL, &source, &p->t, &p->err);
    if (status == POLICY_OK) {
        cr_assert_eq(table_next(p->t, &p->r, &more, NULL), POLICY_OK);
        cr_assert(more);
        record second;
        cr_assert_eq(record_init(&second, &score_sheet, &allocator_system), POLICY_OK);
        cr_assert_eq(table_next(p->t, &second, &more, NULL), POLICY_OK);
        cr_assert_not(more, "one record a sheet");
        record_free(&second);
    }
    return status;
}
static void done(profile *p)
{
    record_free(&p->r);
    table_free(p->t);
    policy_error_free(p->err);
}

/* 'y', 'n', or '?' where it could not be told. */
static char shown(const profile *p, int field)
{
    const cell *c = &p->r.cells[field];
    return c->kind != CELL_VALUE ? '?' : c->v.as.b ? 'y' : 'n';
}

/* "scores ranks bands ordered" as letters, then the number of bands. */
static void check(const char *text, const char *expected, int64_t bands, const char *what)
{
    profile p;
    cr_assert_eq(look_named(&p, "a.csv", text, strlen(text)), POLICY_OK, "%s: %s", what,
                 policy_error_message(p.err, POLICY_LANGUAGE_EN));
    char got[5] = {shown(&p, P_SCORES), shown(&p, P_RANKS), shown(&p, P_BANDS), shown(&p, P_ORDERED), '\0'};
    cr_expect_str_eq(got, expected, "%s: %s, not %s", what, got, expected);
    cr_expect_eq(p.r.cells[P_BAND_COUNT].v.as.i, bands, "%s: %d bands", what, (int)p.r.cells[P_BAND_COUNT].v.as.i);
    done(&p);
}

Test(profile, of_a_sheet_with_bands_only)
{
    check("姓名,语文,数学,英语\n甲,优秀,良好,合格\n乙,良好,优秀,待合格\n丙,合格,良好,优秀\n丁,优秀,缺考,免考\n", "nnyn",
          4, "wide");
    check("学号,姓名,科目,等级\n1,甲,语文,A\n2,乙,语文,B\n3,丙,语文,C\n1,甲,数学,B\n2,乙,数学,-\n3,丙,数学,A\n", "nnyn",
          3, "long");
    check("姓名,成绩\n甲,优\n乙,良\n丙,优\n", "nnyn", 2, "bands under 成绩");
    check("姓名,等级\n甲,1\n乙,2\n丙,1\n", "nnyn", 2, "bands as digits");
    check("姓名,语文等级\n甲,A+\n乙,A\n丙,B+\n丁,B\n戊,C+\n己,C\n庚,D\n", "nnyn", 7, "seven bands");
    check("姓名,语文,数学,英语\n甲,A,A,A\n乙,A,A,B\n丙,A,B,B\n丁,B,B,B\n戊,B,B,C\n己,B,C,C\n庚,C,C,C\n辛,C,C,D\n",
          "nnyy", 4, "sorted by the bands of all subjects");
    check("姓名,语文评价\n甲,★★★\n乙,★★\n丙,★★★\n", "nnyn", 2, "a scheme of its own");
    check("姓名,语文,体育\n甲,A,优\n乙,B,良\n丙,C,优\n", "nnyn", 3, "two schemes are not added up");
}

Test(profile, sees_numeric_scores)
{
    check("学号,姓名,语文,数学\n1,甲,88,92.5\n2,乙,95,80\n3,丙,缺考,99\n4,丁,76,70\n", "ynnn", 0, "wide");
    check("学号,姓名,科目,成绩,等级\n1,甲,语文,88,良好\n2,乙,语文,95,优秀\n", "yny?", 2, "beside bands");
    check("姓名,语文\n甲,88分\n乙,优秀\n", "ynyn", 1, "one number is enough");
    check("姓名,语文(满分120)\n甲,88/120\n乙,90/120\n", "ynn?", 0, "out of a maximum");
    check("姓名,等级,备注\n甲,优秀,考了98分\n乙,良好,\n", "ynyn", 2, "in a comment");
    check("姓名,等级,备注\n甲,优秀,每天读30分钟\n乙,良好,\n", "nnyn", 2, "minutes are no score");
    check("姓名,等级,甲项\n甲,优秀,93\n乙,良好,81\n丙,良好,90\n", "?nyn", 2, "a column whose header says nothing");
    check("姓名,等级,满分,性别\n甲,优秀,100,男\n乙,良好,100,女\n丙,良好,100,女\n", "nnyn", 2,
          "known columns that are no scores");
}

Test(profile, sees_ranks_by_the_name_of_a_column)
{
    static const char *const names[] = {"名次",   "排名",   "位次",  "班名次",   "级名次", "班级排名", "年级排名",
                                        "区排名", "校次",   "班次",  "进退步",   "百分位", "标准分",   "T分",
                                        "Z分",    "超均率", "击败%", "语文名次", "Rank"};
    char text[400];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(text, sizeof text, "姓名,等级,%s\n甲,优秀,3\n乙,良好,1\n丙,良好,2\n", names[i]);
        check(text, "nyyn", 2, names[i]);
    }
}

Test(profile, of_an_empty_rank_column_shows_no_rank)
{
    check("姓名,等级,名次\n甲,优秀,\n乙,良好,\n丙,优秀,\n", "nnyn", 2, "empty");
    check("姓名,等级,名次\n甲,优秀,\n乙,良好,-\n丙,优秀,/\n", "nnyn", 2, "dashes");
}

Test(profile, sees_a_rank_hidden_under_another_name)
{
    check("学号,姓名,总分,序\n1,甲,250,3\n2,乙,280,1\n3,丙,270,2\n4,丁,240,4\n5,戊,230,5\n", "yynn", 0,
          "序 numbers the totals");
    check("学号,姓名,总分,序\n1,甲,250,3\n2,乙,280,1\n3,丙,280,1\n4,丁,240,4\n5,戊,230,5\n", "yynn", 0, "with a tie");
    check("学号,姓名,语文,数学,座号\n1,甲,80,90,2\n2,乙,90,95,1\n3,丙,70,80,4\n4,丁,75,85,3\n5,戊,60,60,5\n", "yynn", 0,
          "seats by score, from the sum of subjects");
    check("学号,姓名,总分,代码\n1,甲,250,3\n2,乙,280,5\n3,丙,270,4\n4,丁,240,2\n5,戊,230,1\n", "yynn", 0,
          "numbered from the last");
    check("学号,姓名,总分,年级情况\n1,甲,250,120\n2,乙,280,7\n3,丙,270,33\n4,丁,240,250\n5,戊,230,301\n", "yynn", 0,
          "places in a larger list");
    check("学号,姓名,总分,序\n1,甲,250,1\n2,乙,280,2\n3,丙,270,3\n4,丁,240,4\n5,戊,230,5\n", "ynnn", 0,
          "a serial number is none");
    check("学号,姓名,总分,座号\n1,甲,250,5\n2,乙,280,2\n3,丙,270,3\n4,丁,240,4\n5,戊,230,1\n", "ynnn", 0,
          "a seat by chance is none");
    check("学号,姓名,语文,数学,序\n1,甲,优秀,优秀,1\n2,乙,合格,合格,5\n3,丙,优秀,良好,2\n4,丁,良好,良好,3\n5,戊,良好,"
          "合格,4\n",
          "nyyn", 3, "behind bands");
    check("班级,学号,总分,序\n1班,11,250,3\n1班,12,280,1\n1班,13,270,2\n1班,14,240,4\n1班,15,230,5\n2班,21,150,3\n2班,"
          "22,180,1\n2班,23,170,2\n2班,24,140,4\n2班,25,130,5\n",
          "yynn", 0, "in each class");
}

Test(profile, sees_rows_in_the_order_of_scores)
{
    check("学号,姓名,总分\n5,甲,290\n3,乙,280\n8,丙,270\n1,丁,260\n9,戊,250\n", "ynny", 0, "by total");
    check("学号,姓名,总分,备注\n5,甲,290,\n3,乙,280,\n8,丙,270,\n1,丁,缺考,\n9,戊,250,\n2,己,240,\n", "ynny", 0,
          "absent ones apart");
    check("序号,学号,姓名,总分\n1,5,甲,290\n2,3,乙,280\n3,8,丙,270\n4,1,丁,260\n5,9,戊,250\n", "yyny", 0,
          "then the serial number is the rank");
    check("学号,姓名,总分\n1,甲,290\n2,乙,280\n3,丙,270\n4,丁,260\n5,戊,250\n", "ynnn", 0,
          "students' numbers in order explain the order");
    check("学号,姓名,总分\n5,甲,290\n3,乙,280\n8,丙,270\n", "ynn?", 0, "three rows are too few to tell");
    check("序号,学号,姓名,总分\n1,5,甲,290\n2,3,乙,280\n3,8,丙,270\n", "y?n?", 0,
          "nor whether a serial number is a place");
    check("学号,姓名,总分\n5,甲,280\n3,乙,290\n8,丙,270\n", "ynnn", 0, "three rows that are not");
    check("学号,语文,数学\n5,99,70\n3,98,99\n8,97,60\n1,96,80\n9,95,99\n2,94,50\n7,93,60\n4,92,99\n", "ynny", 0,
          "by one subject");
    check("班级,学号,总分\n1班,5,290\n1班,3,280\n1班,8,270\n2班,1,285\n2班,9,265\n2班,2,240\n", "ynny", 0,
          "inside each class");
    check("姓名,总分\n甲,290\n乙,280\n丙,270\n丁,260\n戊,250\n平均分,270\n", "ynny", 0,
          "the average below is no child");
    check("学号,姓名,总分\n5,甲,90\n3,乙,90\n8,丙,90\n1,丁,90\n9,戊,90\n", "ynnn", 0, "all alike");
}

Test(profile, sees_lists_of_the_best)
{
    check("三年级期末考试前十名\n姓名,等级\n甲,优秀\n乙,优秀\n", "nyyn", 1, "in a title");
    check("三年级等级表（不排名）\n姓名,等级\n甲,优秀\n乙,良好\n", "nnyn", 2, "that there is no rank");
    check("姓名,等级,备注\n甲,优秀,班级第3名\n乙,优秀,\n", "nyyn", 1, "in a comment");
}

static void check_field(const profile *p, int field, const char *text)
{
    cr_expect(cell_is(&p->r, field, text), "field %d is %.*s", field, (int)cell_of(&p->r, field).size,
              cell_of(&p->r, field).data);
}

Test(profile, reads_whose_results_they_are_from_the_title)
{
    profile p;
    static const char text[] =
        "2021-2022学年第一学期环翠实验小学三年级（2）班期中成绩表（家长）,,\n姓名,语文,数学\n甲,优秀,良好\n";
    cr_assert_eq(look_named(&p, "dir/x.csv", text, sizeof text - 1), POLICY_OK);
    check_field(&p, P_SCHOOL, "环翠实验小学");
    check_field(&p, P_GRADE, "3年级");
    check_field(&p, P_CLASS, "2班");
    check_field(&p, P_EVENT, "期中");
    check_field(&p, P_AUDIENCE, "parent");
    check_field(&p, P_DATE, "!");
    check_field(&p, P_SHEET, "2021-2022学年第一学期环翠实验小学三年级（2）班期中成绩表（家长）");
    cr_expect(str_equal(p.r.source, STR("dir/x.csv")));
    done(&p);
}

Test(profile, reads_them_from_the_name_of_the_file_or_from_columns)
{
    profile p;
    static const char text[] = "姓名,语文\n甲,优秀\n";
    cr_assert_eq(look_named(&p, "/data/威海市第九中学初一3班第一次月考成绩公示20211203.csv", text, sizeof text - 1),
                 POLICY_OK);
    check_field(&p, P_SCHOOL, "威海市第九中学");
    check_field(&p, P_GRADE, "初中1年级");
    check_field(&p, P_CLASS, "3班");
    check_field(&p, P_EVENT, "第一次月考");
    check_field(&p, P_DATE, "2021-12-03");
    check_field(&p, P_AUDIENCE, "public");
    done(&p);
    static const char columns[] =
        "学校,年级,班级,考试名称,姓名,等级\n甲校,五年级,1班,期末,甲,A\n甲校,五年级,2班,期末,乙,B\n";
    cr_assert_eq(look_named(&p, "a.csv", columns, sizeof columns - 1), POLICY_OK);
    check_field(&p, P_SCHOOL, "甲校");
    check_field(&p, P_GRADE, "五年级");
    check_field(&p, P_CLASS, "");
    check_field(&p, P_EVENT, "期末");
    check_field(&p, P_AUDIENCE, "!");
    done(&p);
    static const char sixth[] = "环翠实验小学六年级1班期末成绩\n姓名,等级\n甲,A\n";
    cr_assert_eq(look_named(&p, "a.csv", sixth, sizeof sixth - 1), POLICY_OK);
    check_field(&p, P_GRADE, "6年级");
    done(&p);
    static const char plain[] = "姓名,等级\n甲,A\n";
    cr_assert_eq(look_named(&p, "导出.csv", plain, sizeof plain - 1), POLICY_OK);
    check_field(&p, P_SCHOOL, "!");
    check_field(&p, P_GRADE, "!");
    check_field(&p, P_CLASS, "!");
    done(&p);
}

Test(profile, refuses_what_is_no_score_table)
{
    profile p;
    cr_expect_eq(look_named(&p, "a.csv", "", 0), POLICY_E_DATA);
    done(&p);
    cr_expect_eq(look_named(&p, "a.csv", "a,b\n1,2\n", 8), POLICY_E_DATA);
    done(&p);
    static const char open_quote[] = "姓名,语文\n甲,\"优秀\n";
    cr_expect_eq(look_named(&p, "a.csv", open_quote, sizeof open_quote - 1), POLICY_E_SYNTAX);
    done(&p);
}

Test(profile, of_a_sheet_without_rows_shows_nothing)
{
    check("姓名,语文,名次\n", "nnnn", 0, "header only");
}

static policy_status profile_under(const policy_allocator *a, void *context)
{
    (void)context;
    static const char text[] = "环翠实验小学三年级2班期中成绩表\n学号,班级,姓名,语文,等级,序\n1,2班,甲,80,优秀,2\n2,"
                               "2班,乙,90,良好,1\n3,1班,丙,70,合格,3\n";
    bytes_source bytes = {.data = text, .size = sizeof text - 1};
    table_source source = source_of(&bytes);
    table_options options = {.allocator = a};
    table *t;
    policy_error *err = NULL;
    policy_status status = table_open_scores(&score_sheet, &options, &source, &t, &err);
    policy_error_free(err);
    table_free(t);
    return status;
}

Test(profile, survives_every_failing_allocation)
{
    cr_assert_geq(failing_allocator_sweep(profile_under, NULL), 10);
}
