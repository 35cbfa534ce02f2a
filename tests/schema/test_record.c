/*
 * Records: which cell becomes which value, and what the others' values have to do with it.
 */
#include "base/civil.h"
#include "schema/record.h"

#include <criterion/criterion.h>

enum { SCHOOL, STAGE, GRADE, CLASS, YEAR, TERM, ASSIGNED, MINUTES, HIGH, MANDATORY, TIER, TEXT, START, END, FIELDS };

static const str class_aliases[] = {STR_INIT("班级"), STR_INIT("行政班")},
                 minutes_aliases[] = {STR_INIT("预计时长"), STR_INIT("用时")}, place_words[] = {STR_INIT("年级")};
static schema_field fields[FIELDS];
static schema_type homework;
static schema whole;
static const char *told_school;

static void set_up(void)
{
    for (int i = 0; i < FIELDS; i++)
        fields[i] = (schema_field){.high_field = -1, .also_from = -1, .empty_is_none = true, .type = &type_string};
    fields[SCHOOL].name = STR("school");
    fields[STAGE].name = STR("stage"), fields[STAGE].reader = READER_STAGE, fields[STAGE].absent = SCHEMA_DEFAULT_NONE;
    fields[GRADE].name = STR("grade"), fields[GRADE].reader = READER_GRADE, fields[GRADE].type = &type_int;
    fields[GRADE].also_from = CLASS, fields[GRADE].aliases = place_words, fields[GRADE].alias_count = 1;
    fields[CLASS].name = STR("class"), fields[CLASS].reader = READER_CLASS, fields[CLASS].also_from = GRADE;
    fields[CLASS].aliases = class_aliases, fields[CLASS].alias_count = 2;
    fields[YEAR].name = STR("school_year"), fields[YEAR].reader = READER_SCHOOL_YEAR;
    fields[YEAR].absent = SCHEMA_DEFAULT_NONE;
    fields[TERM].name = STR("term"), fields[TERM].reader = READER_TERM, fields[TERM].absent = SCHEMA_DEFAULT_NONE;
    fields[ASSIGNED].name = STR("assigned"), fields[ASSIGNED].reader = READER_DATE, fields[ASSIGNED].type = &type_date;
    fields[MINUTES].name = STR("minutes"), fields[MINUTES].reader = READER_MINUTES, fields[MINUTES].type = &type_int;
    fields[MINUTES].high_field = HIGH, fields[MINUTES].has_minimum = true, fields[MINUTES].minimum = value_int(0);
    fields[MINUTES].has_maximum = true, fields[MINUTES].maximum = value_int(480);
    fields[MINUTES].aliases = minutes_aliases, fields[MINUTES].alias_count = 2;
    fields[HIGH].name = STR("minutes_high"), fields[HIGH].reader = READER_MINUTES, fields[HIGH].type = &type_int;
    fields[MANDATORY].name = STR("mandatory"), fields[MANDATORY].reader = READER_BOOL,
    fields[MANDATORY].type = &type_bool;
    fields[MANDATORY].absent = SCHEMA_DEFAULT_VALUE, fields[MANDATORY].default_value = value_bool(true);
    fields[MANDATORY].empty_is_none = false;
    fields[TIER].name = STR("tier_group"), fields[TIER].absent = SCHEMA_DEFAULT_NONE;
    fields[TEXT].name = STR("text");
    fields[START].name = STR("start"), fields[START].reader = READER_TIME, fields[START].type = &type_time;
    fields[START].high_field = END;
    fields[END].name = STR("end"), fields[END].reader = READER_TIME, fields[END].type = &type_time;
    homework = (schema_type){.name = STR("homework"), .fields = fields, .field_count = FIELDS, .dated_by = ASSIGNED};
    whole = (schema){.types = &homework, .type_count = 1, .systems = {.school_field = STR("school")}};
    told_school = NULL;
}

static bool find(void *context, str school, int32_t *primary, int32_t *junior, uint8_t *stage)
{
    (void)context;
    if (str_equal(school, STR("六三小学"))) {
        *primary = 6, *junior = 3, *stage = 1;
        return true;
    }
    if (str_equal(school, STR("实验初中"))) {
        *primary = 5, *junior = 4, *stage = 2;
        return true;
    }
    *primary = 5, *junior = 4, *stage = 0;
    return school.data == NULL || !str_equal(school, STR("陌生学校"));
}

typedef struct fixture {
    record r;
    arena scratch;
    value values[FIELDS];
    record_problem problems[FIELDS];
    int problem_count;
} fixture;

static void begin(fixture *f)
{
    set_up();
    arena_init(&f->scratch, &allocator_system, 0);
    cr_assert_eq(record_init(&f->r, &homework, &allocator_system), POLICY_OK);
}
static void put(fixture *f, int field, const char *text)
{
    str s = str_trim(str_of(text));
    f->r.cells[field] = (cell){.kind = s.size ? CELL_TEXT : CELL_EMPTY, .text = str_of(text)};
}
static void resolve(fixture *f)
{
    record_systems systems = {.find = find};
    arena_reset(&f->scratch);
    f->problem_count = record_resolve(&whole, &f->r, &systems, &f->scratch, f->values, f->problems);
}
static void end(fixture *f)
{
    record_free(&f->r);
    arena_free(&f->scratch);
}
static bool is_text(value v, const char *text)
{
    return v.kind == VALUE_STRING && str_equal(value_text(v), str_of(text));
}
static bool is_int(value v, int64_t i)
{
    return v.kind == VALUE_INT && v.as.i == i;
}

Test(record, reads_a_row_as_a_school_wrote_it)
{
    fixture f;
    begin(&f);
    put(&f, SCHOOL, "环翠实验小学"), put(&f, GRADE, "三年级"), put(&f, CLASS, "（2）班"),
        put(&f, ASSIGNED, "2021年12月1日");
    put(&f, MINUTES, "20-30分钟"), put(&f, MANDATORY, "是");
    resolve(&f);
    cr_assert_eq(f.problem_count, 0);
    cr_assert(is_int(f.values[GRADE], 3));
    cr_assert(is_text(f.values[CLASS], "2班"));
    cr_assert_eq(f.values[ASSIGNED].as.i, civil_days(2021, 12, 1));
    cr_assert(is_int(f.values[MINUTES], 25));
    cr_assert(is_int(f.values[HIGH], 30));
    end(&f);
}

Test(record, gives_none_for_an_empty_cell_and_unknown_for_an_absent_column)
{
    fixture f;
    begin(&f);
    put(&f, SCHOOL, ""), put(&f, TEXT, "无"), put(&f, MINUTES, "—"), put(&f, MANDATORY, "");
    resolve(&f);
    cr_assert_eq(f.values[SCHOOL].kind, VALUE_NONE);
    cr_assert_eq(f.values[SCHOOL].as.missing, UINT64_C(1) << SCHOOL);
    cr_assert_eq(f.values[TEXT].kind, VALUE_NONE, "无 is a way to write nothing");
    cr_assert_eq(f.values[MINUTES].kind, VALUE_NONE);
    cr_assert_eq(f.values[ASSIGNED].kind, VALUE_UNKNOWN);
    cr_assert_eq(f.values[ASSIGNED].as.missing, UINT64_C(1) << ASSIGNED);
    cr_assert_eq(f.values[TIER].kind, VALUE_NONE, "the schema's default");
    cr_assert(f.values[MANDATORY].kind == VALUE_BOOL && f.values[MANDATORY].as.b,
              "the schema's default for an empty cell");
    cr_assert_eq(f.problem_count, 0);
    end(&f);
}

Test(record, lists_what_it_cannot_read_and_leaves_it_unknown)
{
    fixture f;
    begin(&f);
    put(&f, MINUTES, "适量"), put(&f, ASSIGNED, "2021-13-01"), put(&f, GRADE, "十三年级");
    resolve(&f);
    cr_assert_eq(f.problem_count, 3);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(f.problems[i].failure, READER_UNREADABLE);
        cr_assert_eq(f.values[f.problems[i].field].kind, VALUE_UNKNOWN);
        if (f.problems[i].field == MINUTES)
            cr_assert(str_equal(f.problems[i].text, STR("适量")));
    }
    put(&f, MINUTES, "481"), put(&f, ASSIGNED, "2021-12-01"), put(&f, GRADE, "3");
    resolve(&f);
    cr_assert_eq(f.problem_count, 1);
    cr_assert_eq(f.problems[0].failure, READER_OUT_OF_RANGE);
    end(&f);
}

Test(record, reads_grades_under_the_schools_own_system)
{
    fixture f;
    begin(&f);
    put(&f, SCHOOL, "六三小学"), put(&f, GRADE, "小六"), put(&f, ASSIGNED, "2021-12-01");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 6));
    put(&f, GRADE, "初一");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 7));
    put(&f, SCHOOL, "实验初中");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 6));
    put(&f, SCHOOL, "陌生学校");
    resolve(&f);
    cr_assert_eq(f.values[GRADE].kind, VALUE_UNKNOWN);
    cr_assert_eq(f.problems[0].failure, READER_NEEDS_SYSTEM);
    f.r.cells[SCHOOL] = (cell){.kind = CELL_ABSENT};
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 6), "without a school the caller's default years hold");
    end(&f);
}

Test(record, counts_cohorts_from_the_own_date)
{
    fixture f;
    begin(&f);
    put(&f, SCHOOL, "实验初中"), put(&f, GRADE, "2020级"), put(&f, ASSIGNED, "2021-12-01");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 7));
    put(&f, ASSIGNED, "2022-03-01");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 7));
    put(&f, ASSIGNED, "2022-08-31");
    resolve(&f);
    cr_assert_eq(f.problems[0].failure, READER_NEEDS_DATE, "late August may belong to either year");
    put(&f, YEAR, "2022-2023");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 8), "a stated school year decides");
    put(&f, SCHOOL, "九年一贯制学校"), put(&f, YEAR, "");
    put(&f, ASSIGNED, "2021-12-01");
    resolve(&f);
    cr_assert_eq(f.problems[0].failure, READER_AMBIGUOUS);
    put(&f, STAGE, "初中");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 7), "the row's own stage settles it");
    end(&f);
}

Test(record, takes_the_year_of_a_date_from_its_school_year_and_a_term_from_its_date)
{
    fixture f;
    begin(&f);
    put(&f, YEAR, "2021-2022学年"), put(&f, ASSIGNED, "3月4日");
    resolve(&f);
    cr_assert_eq(f.values[ASSIGNED].as.i, civil_days(2022, 3, 4));
    put(&f, YEAR, ""), put(&f, TERM, "2021-2022-1"), put(&f, ASSIGNED, "11月19日");
    resolve(&f);
    cr_assert_eq(f.values[ASSIGNED].as.i, civil_days(2021, 11, 19));
    put(&f, TERM, "下学期"), put(&f, ASSIGNED, "2022-03-04");
    resolve(&f);
    cr_assert(is_text(f.values[TERM], "2021-2022-2"));
    put(&f, ASSIGNED, "3月4日");
    resolve(&f);
    cr_assert_eq(f.problem_count, 2, "neither says the year");
    end(&f);
}

Test(record, reads_a_missing_grade_from_the_class_and_the_other_way_round)
{
    fixture f;
    begin(&f);
    put(&f, CLASS, "三（2）班");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 3));
    cr_assert(is_text(f.values[CLASS], "2班"));
    put(&f, CLASS, "2班");
    resolve(&f);
    cr_assert_eq(f.values[GRADE].kind, VALUE_UNKNOWN, "2班 says nothing about the grade");
    put(&f, CLASS, "2");
    resolve(&f);
    cr_assert_eq(f.values[GRADE].kind, VALUE_UNKNOWN, "a bare number under 班级 is no grade");
    cr_assert_eq(f.problem_count, 0);
    put(&f, CLASS, ""), put(&f, GRADE, "6年级1班");
    resolve(&f);
    cr_assert(is_int(f.values[GRADE], 6));
    cr_assert(is_text(f.values[CLASS], "1班"));
    put(&f, GRADE, "六年级");
    resolve(&f);
    cr_assert_eq(f.values[CLASS].kind, VALUE_NONE);
    put(&f, GRADE, "6");
    resolve(&f);
    cr_assert_eq(f.values[CLASS].kind, VALUE_NONE);
    end(&f);
}

Test(record, does_not_choose_between_a_grade_and_a_class_that_contradict)
{
    fixture f;
    begin(&f);
    put(&f, GRADE, "三年级"), put(&f, CLASS, "四(2)班");
    resolve(&f);
    cr_assert_eq(f.problem_count, 1);
    cr_assert_eq(f.problems[0].failure, READER_AMBIGUOUS);
    cr_assert_eq(f.values[GRADE].kind, VALUE_UNKNOWN);
    put(&f, CLASS, "三(2)班");
    resolve(&f);
    cr_assert_eq(f.problem_count, 0);
    end(&f);
}

Test(record, fills_the_upper_end_of_a_range_unless_the_sheet_has_it)
{
    fixture f;
    begin(&f);
    put(&f, START, "16:00-17:30");
    resolve(&f);
    cr_assert_eq(f.values[START].as.i, 16 * 3600);
    cr_assert_eq(f.values[END].as.i, 17 * 3600 + 1800);
    put(&f, MINUTES, "30"), put(&f, HIGH, "50");
    resolve(&f);
    cr_assert(is_int(f.values[HIGH], 50));
    put(&f, HIGH, "");
    resolve(&f);
    cr_assert(is_int(f.values[HIGH], 30));
    put(&f, MINUTES, ""), put(&f, HIGH, "");
    resolve(&f);
    cr_assert_eq(f.values[HIGH].kind, VALUE_NONE);
    end(&f);
}

Test(record, takes_a_hosts_values_as_they_are)
{
    fixture f;
    begin(&f);
    f.r.cells[MINUTES] = (cell){.kind = CELL_VALUE, .v = value_int(25)};
    f.r.cells[GRADE] = (cell){.kind = CELL_VALUE, .v = value_int(3)};
    f.r.cells[CLASS] = (cell){.kind = CELL_VALUE, .v = value_int(2)};
    f.r.cells[ASSIGNED] = (cell){.kind = CELL_VALUE, .v = value_date(18950)};
    resolve(&f);
    cr_assert(is_int(f.values[MINUTES], 25));
    cr_assert(is_int(f.values[HIGH], 25));
    cr_assert(is_text(f.values[CLASS], "2班"));
    f.r.cells[MINUTES].v = value_int(-1);
    f.r.cells[ASSIGNED].v = value_int(3);
    f.r.cells[GRADE].v = value_double(3.0);
    resolve(&f);
    cr_assert_eq(f.problem_count, 2);
    cr_assert(is_int(f.values[GRADE], 3), "a whole double is an integer");
    end(&f);
}

static policy_status resolve_under(const policy_allocator *a, void *context)
{
    (void)context;
    set_up();
    record r;
    arena scratch;
    value values[FIELDS];
    record_problem problems[FIELDS];
    if (record_init(&r, &homework, a) != POLICY_OK)
        return POLICY_E_NOMEM;
    arena_init(&scratch, a, 0);
    r.cells[CLASS] = (cell){.kind = CELL_TEXT, .text = STR("三(2)班")};
    r.cells[TERM] = (cell){.kind = CELL_TEXT, .text = STR("2021-2022-1")};
    int n = record_resolve(&whole, &r, NULL, &scratch, values, problems);
    record_free(&r);
    arena_free(&scratch);
    return n < 0 ? POLICY_E_NOMEM : POLICY_OK;
}

#include "support/failing_allocator.h"

Test(record, reports_running_out_of_memory)
{
    cr_assert_geq(failing_allocator_sweep(resolve_under, NULL), 2);
}

/* --- headers ---------------------------------------------------------------------------------------------------------- */

Test(header, is_matched_by_name_alias_and_unit)
{
    set_up();
    static const struct {
        const char *header;
        int field;
        const char *unit;
    } rows[] = {
        {"班级", CLASS, ""},
        {" 班 级 ", CLASS, ""},
        {"minutes", MINUTES, ""},
        {"Minutes", MINUTES, ""},
        {"预计时长", MINUTES, ""},
        {"预计时长(分钟)", MINUTES, "分钟"},
        {"预计时长（分钟）", MINUTES, "分钟"},
        {"用时【小时】", MINUTES, "小时"},
        {"用时/分钟", MINUTES, "分钟"},
        {"用时(min)", MINUTES, "分钟"},
        {"预计时长（单位：分钟）", MINUTES, "分钟"},
        {"班级(行政)", CLASS, ""},
        {"*班级", CLASS, ""},
        {"班级：", CLASS, ""},
        {"tier group", TIER, ""},
        {"Tier_Group", TIER, ""},
        {"预计\n时长", MINUTES, ""},
        {"班级名称", -1, ""},
        {"年级码", -1, ""},
        {"NJ", -1, ""},
        {"", -1, ""},
        {"(分钟)", -1, ""},
        {"备注", -1, ""},
        {"语文/数学", -1, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str unit;
        int got = schema_match_header(&homework, str_of(rows[i].header), &unit);
        cr_expect_eq(got, rows[i].field, "[%s] gave %d", rows[i].header, got);
        cr_expect(str_equal(unit, str_of(rows[i].unit)), "unit of [%s]", rows[i].header);
    }
}
