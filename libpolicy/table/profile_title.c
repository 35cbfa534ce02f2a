/*
 * Titles: 2021-2022学年第一学期环翠实验小学三年级2班期中成绩表（家长） says whose results these are, of what, for whom.
 *
 * Only what stands there is taken: a school is a run of text that ends in 小学, 中学, 学校 or 初中 and has a name before it.
 */
#include "base/civil.h"
#include "base/number.h"
#include "schema/grade_class.h"
#include "schema/readers.h"
#include "table/profile_internal.h"

typedef struct span {
    size_t from, until;
} span;

static bool find_first(str text, size_t from, str word, size_t *at)
{
    for (size_t i = from; i + word.size <= text.size; i++) {
        if (memcmp(text.data + i, word.data, word.size) == 0) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* The end of the last year or term in front of `until`: the school's name begins behind it. */
static size_t behind_term(str text, size_t until)
{
    static const char *const words[] = {"学期", "学年度", "学年", "年度",
                                        "届",   ":",      "《",   "\""}; /* 市, 区 belong to the name */
    size_t from = 0, at;
    while (from < until && text.data[from] >= '0' && text.data[from] <= '9')
        from++;
    if (from && str_starts(str_slice(text, from, until), STR("年")))
        from += strlen("年");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t start = 0; find_first(text, start, str_of(words[i]), &at) && at < until; start = at + 1)
            if (at + strlen(words[i]) > from && at + strlen(words[i]) <= until)
                from = at + strlen(words[i]);
    return from;
}

static bool find_school(str text, span *out)
{
    static const char *const ends[] = {"一贯制学校", "实验学校", "小学", "中学", "学校", "初中"};
    bool found = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t at;
        if (!find_first(text, 0, str_of(ends[i]), &at))
            continue;
        span s = {behind_term(text, at), at + strlen(ends[i])};
        if (at < s.from + 6) /* two characters of a name at least: 小学三年级 names no school */
            continue;
        if (!found || s.until < out->until)
            *out = s;
        found = true;
    }
    return found;
}

/* 期中, 第一次月考: what is left of the words behind the class, without 成绩表 and the like. */
static str find_event(str text)
{
    static const char *const kinds[] = {"期中", "期末", "月考", "周考", "周测",     "单元", "模拟", "摸底", "入学",
                                        "联考", "统考", "调研", "监测", "学业水平", "测试", "测验", "考试", "练习"};
    static const char *const ends[] = {"成绩", "等级", "分数",     "排名", "名次", "得分", "汇总", "统计",
                                       "一览", "公示", "质量分析", "结果", "(",    "表",   "评价"};
    size_t from = text.size, until = text.size, at;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (find_first(text, 0, str_of(kinds[i]), &at) && at < from)
            from = at;
    if (from == text.size)
        return str_none;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (find_first(text, from + 3, str_of(ends[i]), &at) && at < until)
            until = at;
    /* 第一次月考 */
    static const char *const ordinals[] = {"第一次", "第二次", "第三次", "第四次", "第1次",
                                           "第2次",  "第3次",  "第一",   "第二",   "第三"};
    for (size_t i = 0; i < sizeof ordinals / sizeof *ordinals; i++) {
        size_t size = strlen(ordinals[i]);
        if (from >= size && memcmp(text.data + from - size, ordinals[i], size) == 0) {
            from -= size;
            break;
        }
    }
    return str_slice(text, from, until);
}

/* The first full date: 2021年11月19日, 20211119. */
static str find_date(str text, arena *memory, bool *failed)
{
    bool in_number = false;
    for (size_t at = 0; at < text.size;) {
        cursor c = {text, at};
        int32_t year, month, day;
        uint32_t here = utf8_next(text, &at);
        bool digit = here >= '0' && here <= '9';
        if (digit && !in_number && take_date(&c, &year, &month, &day) && year && digits_ahead(&c) == 0) {
            char room[16];
            str iso = arena_text(memory, (str){room, civil_write(room, civil_days(year, month, day))});
            *failed |= !iso.data;
            return iso;
        }
        in_number = digit;
    }
    return str_none;
}

static str find_audience(str text)
{
    static const struct {
        const char *word, *code;
    } words[] = {{"公示", "public"},  {"公开", "public"},    {"公布", "public"},      {"光荣榜", "public"},
                 {"张贴", "public"},  {"家长", "parent"},    {"教师用", "teacher"},   {"教师版", "teacher"},
                 {"内部", "teacher"}, {"学生版", "student"}, {"发给学生", "student"}, {"学生用", "student"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_contains(text, str_of(words[i].word)))
            return str_of(words[i].code);
    return str_none;
}

static bool names_best(str text)
{
    if (str_contains(text, STR("不排名")) || str_contains(text, STR("不排名次")))
        return false;
    static const char *const words[] = {"光荣榜", "排行榜", "状元榜", "学霸", "英雄榜", "前十名",
                                        "前五名", "前三名", "前十",   "排名", "名次",   "top10"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_contains(text, str_of(words[i])))
            return true;
    for (size_t at = 0; find_first(text, at, STR("前"), &at); at += 3) {
        size_t end = at + 3;
        while (end < text.size && text.data[end] >= '0' && text.data[end] <= '9')
            end++;
        if (end > at + 3 && str_starts(str_slice(text, end, text.size), STR("名")))
            return true;
    }
    return false;
}

/* A grade as a text that the grade reader understands again, under the school's own system. */
static str grade_text(const grade_class *g, arena *memory)
{
    char room[NUMBER_TEXT];
    str number = {room, number_write_int(room, g->grade)};
    str before = STR(""), after = STR("年级");
    switch (g->form) {
    case GRADE_PRIMARY:
        before = STR("小学");
        break;
    case GRADE_JUNIOR:
    case GRADE_IN_JUNIOR:
        before = STR("初中");
        break;
    case GRADE_SENIOR:
        before = STR("高中");
        break;
    case GRADE_PREPARE:
        return STR("预初");
    case GRADE_COHORT:
    case GRADE_GRADUATES:
        before = g->stage == STAGE_PRIMARY ? STR("小学") : g->stage == STAGE_JUNIOR ? STR("初中") : STR("");
        after = g->form == GRADE_COHORT ? STR("级") : STR("届");
        break;
    default:
        break;
    }
    return arena_join(memory, (const str[]){before, number, after}, 3);
}

void title_read(str title, arena *memory, title_parts *out)
{
    *out = (title_parts){.school = str_none};
    size_t room = title.size + title.size / 2 + 16;
    char *folded = arena_new(memory, room);
    if (!folded) {
        out->failed = true;
        return;
    }
    size_t size = reader_fold(title, folded, room);
    str text = {folded, size < room ? size : room};
    span school = {0, 0};
    str rest = text;
    if (find_school(text, &school)) {
        out->school = str_slice(text, school.from, school.until);
        rest = str_slice(text, school.until, text.size);
    }
    grade_class g;
    if (grade_class_search(rest, &g) || grade_class_search(text, &g)) {
        /* 实验小学六年级: the stage is part of the school's name and says nothing about its system. */
        if (g.form == GRADE_PRIMARY && !str_contains(rest, STR("小")))
            g.form = GRADE_ABSOLUTE;
        out->grade = grade_text(&g, memory);
        out->failed |= !out->grade.data;
        if (g.number) {
            char digits[NUMBER_TEXT];
            out->class = arena_join(memory, (const str[]){{digits, number_write_int(digits, g.number)}, STR("班")}, 2);
            out->failed |= !out->class.data;
        }
    }
    out->event = find_event(rest);
    out->audience = find_audience(text);
    out->date = find_date(text, memory, &out->failed);
    out->names_best = names_best(text);
}
