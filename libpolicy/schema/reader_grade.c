/*
 * Grades, 1 to 12 in the order of schooling, under the school's own system.
 *
 * Spelling: form is a grade_form, a the grade or year, b the stage said with it, c the system it names (primary years).
 * 三年级 and 七年级 mean the same everywhere; 初一, 小六 and 预初 need the school's years; 2021级 needs the school year
 * too, and a stage, because a nine-year school has two intakes a year. A bare number is the grade only in its own column.
 * A code list (NJ in the national tables: 7 is 五年级) is no grade column: its header is no alias of one.
 */
#include "schema/grade_class.h"
#include "schema/readers.h"

bool spell_grade(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    fold_room room;
    str folded;
    grade_class g;
    if (!fold_cell(text, 0, &room, &folded) || !grade_class_read(folded, &g))
        return false;
    if (g.form == GRADE_NONE) {
        if (g.bare < 1 || g.bare > 12)
            return false; /* 2班 says a class only */
        g.form = GRADE_ABSOLUTE;
        g.grade = g.bare;
        out->note = READER_NOTE_OWN_COLUMN;
    }
    out->form = (uint8_t)g.form;
    out->a = g.grade;
    out->b = (int32_t)g.stage;
    out->c = g.system;
    return true;
}

static reader_failure absolute(int32_t grade, int32_t lowest, int32_t highest, value *out)
{
    if (grade < lowest || grade > highest)
        return READER_OUT_OF_RANGE;
    *out = value_int(grade);
    return READER_FINE;
}

reader_failure value_of_grade(const schema_field *field, const spelling *s, const reader_context *context,
                              arena *scratch, value *out, value *high)
{
    (void)field, (void)scratch, (void)high;
    int32_t primary = context->primary_years, junior = context->junior_years;
    if (s->c) {
        if (primary && primary != s->c)
            return READER_AMBIGUOUS; /* the text names another system than the school's */
        primary = s->c;
    }
    if (primary && !junior)
        junior = 9 - primary;
    int32_t stage = s->b ? s->b : context->stage;

    switch ((grade_form)s->form) {
    case GRADE_ABSOLUTE:
        return absolute(s->a, 1, 12, out);
    case GRADE_SENIOR:
        return absolute(9 + s->a, 10, 12, out);
    case GRADE_PRIMARY:
        if (s->a <= 5 && !primary)
            return absolute(s->a, 1, 5, out);
        if (!primary)
            return READER_NEEDS_SYSTEM;
        return s->a <= primary ? absolute(s->a, 1, 6, out) : READER_NOT_IN_SYSTEM;
    case GRADE_JUNIOR:
        if (!primary)
            return READER_NEEDS_SYSTEM;
        return s->a <= junior ? absolute(primary + s->a, 1, 9, out) : READER_NOT_IN_SYSTEM;
    case GRADE_IN_JUNIOR:
        if (s->a >= 7 && !primary)
            return absolute(s->a, 7, 9, out);
        if (!primary)
            return READER_NEEDS_SYSTEM;
        return s->a > primary && s->a <= primary + junior ? absolute(s->a, 1, 9, out) : READER_NOT_IN_SYSTEM;
    case GRADE_PREPARE:
        if (!primary)
            return READER_NEEDS_SYSTEM;
        return primary == 5 && junior == 4 ? absolute(6, 6, 6, out) : READER_NOT_IN_SYSTEM;
    case GRADE_COHORT:
    case GRADE_GRADUATES:
        break;
    default:
        return READER_UNREADABLE;
    }

    if (!context->school_year)
        return READER_NEEDS_DATE;
    if (stage == STAGE_NOT_SAID)
        return READER_AMBIGUOUS;
    if (!primary && stage == STAGE_PRIMARY && s->form == GRADE_COHORT && context->school_year - s->a < 5)
        return absolute(context->school_year - s->a + 1, 1, 5, out); /* the same under both systems */
    if (!primary && stage != STAGE_SENIOR)
        return READER_NEEDS_SYSTEM;
    int32_t first = stage == STAGE_PRIMARY ? 1 : stage == STAGE_JUNIOR ? primary + 1 : 10;
    int32_t last = stage == STAGE_PRIMARY ? primary : stage == STAGE_JUNIOR ? primary + junior : 12;
    int32_t grade =
        s->form == GRADE_COHORT ? first + (context->school_year - s->a) : last - (s->a - context->school_year - 1);
    return absolute(grade, first, last, out);
}
