/*
 * Finding record types, fields and columns by name. See schema.h.
 */
#include "schema/schema.h"

#include "schema/readers.h"

const schema_type *schema_find_type(const schema *s, str name)
{
    for (uint32_t i = 0; i < s->type_count; i++)
        if (str_equal(s->types[i].name, name))
            return &s->types[i];
    return NULL;
}

int schema_find_field(const schema_type *t, str name)
{
    for (uint32_t i = 0; i < t->field_count; i++)
        if (str_equal(t->fields[i].name, name))
            return (int)i;
    return -1;
}

/* Names as headers are compared: folded, without the marks of a required column and the underscores of a program. */
static bool fold_header(str text, fold_room *room, str *out)
{
    if (!fold_cell(text, 0, room, out))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < out->size; i++)
        if (out->data[i] != '_' && out->data[i] != '*')
            room->data[n++] = out->data[i];
    while (n && room->data[n - 1] == ':')
        n--;
    *out = (str){room->data, n};
    return n != 0;
}

static bool is_name(str name, str folded)
{
    fold_room room;
    str other;
    return name.data && name.size <= 4 * folded.size + 16 && fold_header(name, &room, &other) &&
           str_equal(other, folded);
}

static int find_column(const schema_type *t, str folded, uint32_t *rank)
{
    for (uint32_t i = 0; i < t->field_count; i++) {
        const schema_field *f = &t->fields[i];
        *rank = 0;
        if (is_name(f->name, folded) || is_name(f->title_zh, folded) || is_name(f->title_en, folded))
            return (int)i;
        for (uint32_t k = 0; k < f->alias_count; k++) {
            *rank = k + 1;
            if (is_name(f->aliases[k], folded))
                return (int)i;
        }
    }
    return -1;
}

int schema_match_header(const schema_type *t, str header, str *unit)
{
    uint32_t rank;
    return schema_match_header_ranked(t, header, unit, &rank);
}

/* 预计时长(分钟), 完成地点(校内/家庭), 用时/分钟: what stands after the name may be a unit or a remark. */
int schema_match_header_ranked(const schema_type *t, str header, str *unit, uint32_t *rank)
{
    fold_room room;
    str folded;
    *unit = str_none;
    *rank = 0;
    if (!fold_header(header, &room, &folded))
        return -1;
    int field = find_column(t, folded, rank);
    if (field >= 0)
        return field;
    if (str_ends(folded, STR(")"))) {
        size_t open = folded.size - 1, depth = 1;
        while (open > 0 && depth > 0) {
            open--;
            if (folded.data[open] == ')')
                depth++;
            else if (folded.data[open] == '(')
                depth--;
        }
        if (depth == 0 && open > 0) {
            field = find_column(t, str_slice(folded, 0, open), rank);
            if (field >= 0)
                *unit = unit_find(str_slice(folded, open + 1, folded.size - 1));
            return field;
        }
    }
    for (size_t at = folded.size; at-- > 1;) {
        if (folded.data[at] != '/' && folded.data[at] != ',')
            continue;
        str behind = unit_find(str_slice(folded, at + 1, folded.size));
        if (!behind.size)
            return -1;
        field = find_column(t, str_slice(folded, 0, at), rank);
        if (field >= 0)
            *unit = behind;
        return field;
    }
    return -1;
}
