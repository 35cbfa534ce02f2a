/*
 * Grades and classes as schools write them; the grammar is in grade_class.h.
 *
 * The hard case is where two numbers touch. 六一班 is grade 6 class 1, because a class number has its 十 (十一班 is class
 * 11, 二十一班 class 21); 六十一班 could be both and is left unread. Three digits are a grade and a two-digit class.
 */
#include "schema/grade_class.h"

#include "schema/readers.h"

#define CLASS_MAX         60 /* no school has more parallel classes; a higher number means something else */
#define CLASS_CHINESE_MAX 29 /* in compound numerals: beyond 二十九, 三十二班 may be grade 3 class 12 */

static bool is_chinese_digit(const cursor *c, int32_t *digit, size_t *end)
{
    size_t at = c->at;
    int d = chinese_digit(utf8_next(c->text, &at));
    *digit = d;
    *end = at;
    return d >= 1;
}

/* One digit, Chinese or ASCII: the year in 小三, 初2. */
static bool take_year(cursor *c, int32_t *year)
{
    size_t end;
    if (cursor_char(c) >= '1' && cursor_char(c) <= '9') {
        *year = cursor_char(c) - '0';
        c->at++;
        return true;
    }
    if (!is_chinese_digit(c, year, &end))
        return false;
    c->at = end;
    return true;
}

/* The number of a class, without 班. */
static bool take_class_number(cursor *c, int32_t *number)
{
    cursor at = *c;
    bool chinese = digits_ahead(&at) == 0;
    if (!take_numeral(&at, number))
        return false;
    if (*number < 1 || *number > (chinese ? CLASS_CHINESE_MAX : CLASS_MAX))
        return false;
    *c = at;
    return true;
}

/* (2)班, 2班, 第2班, (2), 2: what may follow a grade. *marked: brackets or 班 were there. */
static bool take_class(cursor *c, int32_t *number, bool *marked)
{
    cursor at = *c;
    *marked = false;
    bool ordinal = take(&at, STR("第"));
    if (take(&at, STR("("))) {
        if (!take_class_number(&at, number))
            return false;
        take(&at, STR("班"));
        if (!take(&at, STR(")")))
            return false;
        *marked = true;
    } else if (!take_class_number(&at, number)) {
        return false;
    }
    if (take(&at, STR("班级")) || take(&at, STR("班")))
        *marked = true;
    else if (ordinal)
        return false;
    *c = at;
    return true;
}

static void optional_class(cursor *c, grade_class *g)
{
    cursor at = *c;
    bool marked;
    if (!take_any(&at, (const char *const[]){"-", ".", "/", "、", "·"}, 5, NULL))
        at = *c;
    if (take_class(&at, &g->number, &marked))
        *c = at;
    else
        g->number = 0;
}

/* 2021级, 21级, 2025届 */
static bool take_cohort(cursor *c, grade_class *g)
{
    cursor at = *c;
    int32_t year;
    size_t digits = digits_ahead(&at);
    if ((digits != 4 && digits != 2) || !take_digits(&at, digits, digits, &year))
        return false;
    if (digits == 2)
        year += 2000;
    if (year < 1990 || year > 2099)
        return false;
    if (take(&at, STR("级")))
        g->form = GRADE_COHORT;
    else if (take(&at, STR("届")))
        g->form = GRADE_GRADUATES;
    else
        return false;
    g->grade = year;
    *c = at;
    return true;
}

static bool take_stage(cursor *c, school_stage *stage, bool *abbreviated)
{
    static const struct {
        const char *word;
        school_stage stage;
        bool abbreviated;
    } words[] = {{"小学部", STAGE_PRIMARY, false}, {"小学", STAGE_PRIMARY, false}, {"小", STAGE_PRIMARY, true},
                 {"初中部", STAGE_JUNIOR, false},  {"初中", STAGE_JUNIOR, false},  {"初", STAGE_JUNIOR, true},
                 {"高中部", STAGE_SENIOR, false},  {"高中", STAGE_SENIOR, false},  {"高", STAGE_SENIOR, true}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (take(c, str_of(words[i].word))) {
            *stage = words[i].stage;
            *abbreviated = words[i].abbreviated;
            return true;
        }
    }
    return false;
}

/* What a year said inside a stage means: 初中一年级 counts from junior school, 初中七年级 from the first of all. */
static bool set_staged(grade_class *g, int32_t year)
{
    g->grade = year;
    switch (g->stage) {
    case STAGE_PRIMARY:
        g->form = GRADE_PRIMARY;
        return year >= 1 && year <= 6;
    case STAGE_JUNIOR:
        g->form = year <= 4 ? GRADE_JUNIOR : GRADE_IN_JUNIOR;
        return year >= 1 && year <= 9 && year != 5;
    case STAGE_SENIOR:
        g->form = year <= 3 ? GRADE_SENIOR : GRADE_ABSOLUTE;
        return (year >= 1 && year <= 3) || (year >= 10 && year <= 12);
    default:
        return false;
    }
}

/* After 小, 小学, 初, ... */
static bool staged_grade(cursor *c, grade_class *g)
{
    if (take_cohort(c, g)) {
        optional_class(c, g);
        return g->stage != STAGE_NOT_SAID;
    }
    if (g->stage == STAGE_JUNIOR && (take(c, STR("预备年级")) || take(c, STR("预备班")) || take(c, STR("预备")))) {
        g->form = GRADE_PREPARE;
        g->grade = 6;
        optional_class(c, g);
        return true;
    }
    cursor at = *c;
    int32_t year;
    if (take_numeral(&at, &year) && take(&at, STR("年级"))) {
        *c = at;
    } else {
        at = *c;
        if (!take_year(&at, &year))
            return false;
        if (!take(&at, STR("年级")))
            take(&at, STR("年"));
        *c = at;
    }
    if (!set_staged(g, year))
        return false;
    optional_class(c, g);
    return true;
}

/* 三年级, 三年2班, 三(2)班, 三2班, 三二班, 6.1: a number that the rest shows to be a grade. */
static bool plain_grade(cursor *c, grade_class *g)
{
    cursor at = *c;
    int32_t year, number;
    bool marked;
    if (take_numeral(&at, &year) && year >= 1 && year <= 12) {
        g->grade = year;
        g->form = GRADE_ABSOLUTE;
        if (take(&at, STR("年级"))) {
            optional_class(&at, g);
            *c = at;
            return true;
        }
        cursor after = at;
        if (take(&after, STR("年")) && take_class(&after, &number, &marked) && marked) {
            g->number = number;
            *c = after;
            return true;
        }
        after = at;
        if (cursor_char(&after) == '(' && take_class(&after, &number, &marked)) {
            g->number = number;
            *c = after;
            return true;
        }
        after = at;
        if (take_any(&after, (const char *const[]){"-", ".", "·"}, 3, NULL) && take_class(&after, &number, &marked)) {
            g->number = number;
            *c = after;
            return true;
        }
    }
    /* One Chinese digit, then a class: 三2班, 三二班. Not 三十二班, and a second digit that is no class is no grade. */
    at = *c;
    size_t end;
    if (!is_chinese_digit(&at, &year, &end))
        return false;
    at.at = end;
    size_t next = at.at;
    uint32_t ahead = cursor_done(&at) ? 0 : utf8_next(at.text, &next);
    if (chinese_digit(ahead) < 1 && digits_ahead(&at) == 0)
        return false;
    if (!take_class(&at, &number, &marked) || !marked)
        return false;
    g->form = GRADE_ABSOLUTE;
    g->grade = year;
    g->number = number;
    *c = at;
    return true;
}

/* 302, 601班 */
static bool take_three_digits(cursor *c, grade_class *g)
{
    cursor at = *c;
    int32_t number;
    if (!take_digits(&at, 3, 3, &number))
        return false;
    if (number < 100 || number % 100 == 0 || number % 100 > CLASS_MAX)
        return false;
    take(&at, STR("班"));
    g->form = GRADE_ABSOLUTE;
    g->grade = number / 100;
    g->number = number % 100;
    *c = at;
    return true;
}

static bool take_prepare(cursor *c, grade_class *g)
{
    if (!take(c, STR("预初")) && !take(c, STR("预备年级")) && !take(c, STR("预备班")))
        return false;
    g->form = GRADE_PREPARE;
    g->stage = STAGE_JUNIOR;
    g->grade = 6;
    optional_class(c, g);
    return true;
}

/* A grade at the cursor, with its class. */
static bool take_grade(cursor *c, grade_class *g)
{
    bool abbreviated;
    *g = (grade_class){.form = GRADE_NONE};
    cursor at = *c;
    if (take_prepare(&at, g)) {
        *c = at;
        return true;
    }
    at = *c;
    if (take_stage(&at, &g->stage, &abbreviated)) {
        if (!staged_grade(&at, g))
            return false;
        *c = at;
        return true;
    }
    at = *c;
    if (take_cohort(&at, g)) {
        optional_class(&at, g);
        *c = at;
        return true;
    }
    at = *c;
    if (plain_grade(&at, g) || (at = *c, take_three_digits(&at, g))) {
        *c = at;
        return true;
    }
    return false;
}

/* (五四制), (五四学制), 五四制 anywhere: says the system and is taken out of the text. */
static str take_out_system(str text, fold_room *room, int32_t *system)
{
    static const struct {
        const char *words[3];
        int32_t years;
    } systems[] = {{{"五四学制", "五四制", "五·四学制"}, 5}, {{"六三学制", "六三制", "六·三学制"}, 6}};
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < 3; k++) {
            str word = str_of(systems[i].words[k]);
            for (size_t at = 0; at + word.size <= text.size; at++) {
                if (memcmp(text.data + at, word.data, word.size) != 0)
                    continue;
                size_t from = at, until = at + word.size;
                if (from > 0 && until < text.size && text.data[from - 1] == '(' && text.data[until] == ')')
                    from--, until++;
                size_t size = text.size - (until - from);
                if (size > sizeof room->data)
                    return text;
                memcpy(room->data, text.data, from);
                memcpy(room->data + from, text.data + until, text.size - until);
                *system = systems[i].years;
                return (str){room->data, size};
            }
        }
    }
    return text;
}

bool grade_class_read(str folded, grade_class *out)
{
    fold_room room;
    int32_t system = 0;
    str text = take_out_system(folded, &room, &system);
    cursor c = cursor_of(text);
    bool marked;
    if (take_grade(&c, out) && cursor_done(&c)) {
        out->system = system;
        return true;
    }
    *out = (grade_class){.system = system};
    c = cursor_of(text);
    int32_t number;
    if (digits_ahead(&c) <= 2 && take_class(&c, &number, &marked)) {
        if (marked && cursor_done(&c)) {
            out->number = number;
            return true;
        }
    }
    c = cursor_of(text);
    if (digits_ahead(&c) > 2 || !take_numeral(&c, &number) || number < 1)
        return false;
    take(&c, STR(".0")); /* as spreadsheets write a whole number */
    if (!cursor_done(&c))
        return false;
    out->bare = number;
    return true;
}

/* In a title a lone digit or year is no grade: only a grade with 年级, a stage or a cohort, or one with a marked class. */
bool grade_class_search(str folded, grade_class *out)
{
    uint32_t before = 0;
    for (size_t at = 0; at < folded.size;) {
        cursor c = {folded, at};
        uint32_t here = utf8_next(folded, &at);
        bool inside_number = (before >= '0' && before <= '9') || chinese_is_numeral(before);
        before = here;
        if (inside_number || !take_grade(&c, out))
            continue;
        str took = str_slice(folded, c.at - (c.at < 3 ? c.at : 3), c.at);
        if (str_ends(took, STR("级")) || str_ends(took, STR("届")) || str_ends(took, STR("班")) ||
            out->stage != STAGE_NOT_SAID || (out->number && str_contains(str_slice(folded, 0, c.at), STR("级"))))
            return true;
    }
    *out = (grade_class){.form = GRADE_NONE};
    return false;
}
