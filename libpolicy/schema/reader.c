/*
 * The readers' front: picks the pair of functions a field names, and looks at the field's range. See reader.h.
 */
#include "schema/readers.h"

static const struct {
    const char *name;
    spell_function *spell;
    value_function *read;
} readers[] = {
    [READER_TEXT] = {"text", spell_text, value_of_text},
    [READER_INTEGER] = {"integer", spell_integer, value_of_integer},
    [READER_NUMBER] = {"number", spell_number, value_of_number},
    [READER_BOOL] = {"bool", spell_bool, value_of_bool},
    [READER_ENUM] = {"enum", spell_enum, value_of_enum},
    [READER_DATE] = {"date", spell_date, value_of_date},
    [READER_TIME] = {"time", spell_time, value_of_time},
    [READER_MINUTES] = {"minutes", spell_minutes, value_of_minutes},
    [READER_GRADE] = {"grade", spell_grade, value_of_grade},
    [READER_CLASS] = {"class", spell_class, value_of_class},
    [READER_WEEKDAY] = {"weekday", spell_weekday, value_of_weekday},
    [READER_SCHOOL_YEAR] = {"school_year", spell_school_year, value_of_school_year},
    [READER_TERM] = {"term", spell_term, value_of_term},
    [READER_LIST] = {"list", spell_list, value_of_list},
    [READER_STAGE] = {"stage", spell_stage, value_of_stage},
    [READER_DATE_TIME] = {"date_time", spell_date_time, value_of_date_time},
};
enum { READER_COUNT = sizeof readers / sizeof *readers };

bool reader_find(str name, reader_kind *out)
{
    for (int i = 0; i < READER_COUNT; i++) {
        if (str_equal(name, str_of(readers[i].name))) {
            *out = (reader_kind)i;
            return true;
        }
    }
    return false;
}

void reader_spell(const schema_field *field, str text, str unit, spelling *out)
{
    *out = (spelling){.reader = (uint8_t)field->reader};
    if (!readers[field->reader].spell(field, text, unit, out))
        *out = (spelling){.reader = (uint8_t)field->reader};
}

static bool in_range(const schema_field *field, value v)
{
    if (field->has_minimum && value_compare(v, field->minimum) == -1)
        return false;
    return !(field->has_maximum && value_compare(v, field->maximum) == 1);
}

reader_failure reader_value(const schema_field *field, const spelling *s, const reader_context *context, arena *scratch,
                            value *out, value *high)
{
    *out = *high = value_null();
    if (s->form == 0 || s->reader >= READER_COUNT)
        return READER_UNREADABLE;
    value v = value_null(), upper = value_null();
    reader_failure failure = readers[s->reader].read(field, s, context, scratch, &v, &upper);
    if (failure != READER_FINE)
        return failure;
    if (v.kind != VALUE_ERROR && !in_range(field, v))
        return READER_OUT_OF_RANGE;
    *out = v;
    *high = upper;
    return READER_FINE;
}
