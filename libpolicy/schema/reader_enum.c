/*
 * Enums, yes-or-no and stages: closed sets whose spellings the schema lists.
 *
 * Codes and aliases are compared folded and whole: 书面、口头 names two values and is not read. Values come out as the
 * schema's own interned code. The words for yes and no that every school uses are known here; a field adds its own
 * (必做, 选做) as aliases of the values "true" and "false". Spelling: a the index of the value, or 0 / 1.
 */
#include "schema/readers.h"

static bool folds_to(str text, str folded)
{
    fold_room room;
    str other;
    return fold_cell(text, 0, &room, &other) && str_equal(other, folded);
}

static str fold_kept(str text, arena *memory)
{
    fold_room room;
    str folded;
    return fold_cell(text, 0, &room, &folded) ? arena_text(memory, folded) : str_none;
}

bool enum_value_fold(schema_enum_value *v, arena *memory)
{
    str *folded = arena_array(memory, (size_t)v->alias_count + 1, sizeof *folded);
    if (!folded)
        return false;
    folded[0] = fold_kept(v->code, memory);
    for (uint32_t i = 0; i < v->alias_count; i++)
        folded[i + 1] = fold_kept(v->aliases[i], memory);
    v->folded = folded;
    return !memory->failed;
}

static int find_value(const schema_field *field, str folded)
{
    for (uint32_t i = 0; i < field->value_count; i++) {
        const schema_enum_value *v = &field->values[i];
        for (uint32_t k = 0; k <= v->alias_count; k++)
            if (v->folded ? v->folded[k].data && str_equal(v->folded[k], folded)
                          : folds_to(k == 0 ? v->code : v->aliases[k - 1], folded))
                return (int)i;
    }
    return -1;
}

/* Hosts mostly write a code or an alias just as the schema does. */
static int find_as_written(const schema_field *field, str text)
{
    for (uint32_t i = 0; i < field->value_count; i++) {
        const schema_enum_value *v = &field->values[i];
        if (str_equal(v->code, text))
            return (int)i;
        for (uint32_t k = 0; k < v->alias_count; k++)
            if (str_equal(v->aliases[k], text))
                return (int)i;
    }
    return -1;
}

bool spell_enum(const schema_field *field, str text, str unit, spelling *out)
{
    (void)unit;
    out->a = find_as_written(field, text);
    out->form = 1;
    if (out->a >= 0)
        return true;
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    out->a = find_value(field, folded);
    out->form = 1;
    return out->a >= 0;
}

reader_failure value_of_enum(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)context, (void)scratch, (void)high;
    if (s->a < 0 || (uint32_t)s->a >= field->value_count)
        return READER_UNREADABLE;
    *out = value_string(field->values[s->a].code);
    out->interned = 1;
    return READER_FINE;
}

bool spell_bool(const schema_field *field, str text, str unit, spelling *out)
{
    (void)unit;
    static const char *const yes[] = {"true", "yes", "y", "t", "1", "是", "对", "√", "✓", "✔", "☑", "1.0"};
    static const char *const no[] = {"false", "no", "n", "f", "0", "否", "不是", "×", "✗", "✘", "x", "0.0", "☒"};
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    out->form = 1;
    int own = find_value(field, folded);
    if (own >= 0) {
        str code = field->values[own].code;
        out->a = str_equal(code, STR("true"));
        return out->a || str_equal(code, STR("false"));
    }
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (str_equal(folded, str_of(yes[i]))) {
            out->a = 1;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (str_equal(folded, str_of(no[i]))) {
            out->a = 0;
            return true;
        }
    }
    return false;
}

reader_failure value_of_bool(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)scratch, (void)high;
    *out = value_bool(s->a != 0);
    return READER_FINE;
}

/* Spelling: form 1 an index into the field's values, form 2 a stage of ours. */
bool spell_stage(const schema_field *field, str text, str unit, spelling *out)
{
    static const struct {
        const char *word;
        int32_t stage;
    } words[] = {{"primary", 1}, {"小学", 1},   {"小学部", 1}, {"小学段", 1},   {"小学阶段", 1}, {"junior", 2},
                 {"初中", 2},    {"初中部", 2}, {"初中段", 2}, {"初中阶段", 2}, {"普通初中", 2}};
    if (spell_enum(field, text, unit, out))
        return true;
    fold_room room;
    str folded;
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_equal(folded, str_of(words[i].word)))
            continue;
        str code = words[i].stage == 1 ? STR("primary") : STR("junior");
        for (uint32_t k = 0; k < field->value_count; k++) {
            if (str_equal(field->values[k].code, code)) {
                out->form = 1;
                out->a = (int32_t)k;
                return true;
            }
        }
        out->form = 2;
        out->a = words[i].stage;
        return field->value_count == 0; /* a schema whose enum lacks the stage does not know it */
    }
    return false;
}

reader_failure value_of_stage(const schema_field *field, const spelling *s, const reader_context *context,
                              arena *scratch, value *out, value *high)
{
    if (s->form == 1)
        return value_of_enum(field, s, context, scratch, out, high);
    *out = value_string(s->a == 1 ? STR("primary") : STR("junior"));
    return READER_FINE;
}
