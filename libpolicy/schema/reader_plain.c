/*
 * Text, numbers and lists: the readers that know nothing about schools.
 *
 * Numbers may be full-width, in Chinese numerals, with thousands separated (1,200), with a unit behind (12人, 5年制) and
 * as spreadsheets write whole ones (12.0). 85% is 0.85 unless the field counts in percent.
 */
#include "schema/readers.h"

bool spell_text(const schema_field *field, str text, str unit, spelling *out)
{
    (void)field, (void)unit;
    out->text = str_trim(text);
    out->form = 1;
    return out->text.size <= UINT32_MAX;
}

reader_failure value_of_text(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)scratch, (void)high;
    *out = value_string(s->text);
    return READER_FINE;
}

str unit_find(str folded)
{
    static const struct {
        const char *spelling, *unit;
    } units[] = {{"分钟", "分钟"},    {"分", "分钟"},        {"min", "分钟"},   {"mins", "分钟"}, {"minute", "分钟"},
                 {"minutes", "分钟"}, {"m", "分钟"},         {"小时", "小时"},  {"时", "小时"},   {"h", "小时"},
                 {"hr", "小时"},      {"hour", "小时"},      {"hours", "小时"}, {"人", "人"},     {"名", "人"},
                 {"人数", "人"},      {"节", "节"},          {"课时", "节"},    {"节数", "节"},   {"次", "次"},
                 {"年", "年"},        {"个", "个"},          {"份", "份"},      {"%", "%"},       {"单位:分钟", "分钟"},
                 {"单位:分", "分钟"}, {"单位:小时", "小时"}, {"单位:人", "人"}, {"单位:节", "节"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_equal(folded, str_of(units[i].spelling)))
            return str_of(units[i].unit);
    return str_none;
}

/* Digits with thousands taken out; false when the commas do not fall on thousands. */
static bool join_thousands(str text, char *out, size_t room, str *joined)
{
    size_t n = 0, run = 0;
    bool seen = false, fraction = false;
    for (size_t i = 0; i < text.size; i++) {
        char ch = text.data[i];
        if (ch == ',') {
            if (fraction || run == 0 || run > 3 || (seen && run != 3))
                return false;
            seen = true;
            run = 0;
            continue;
        }
        if (ch == '.') {
            if (seen && run != 3)
                return false;
            fraction = true;
        }
        if (!fraction && ch >= '0' && ch <= '9')
            run++;
        if (n >= room)
            return false;
        out[n++] = ch;
    }
    *joined = (str){out, n};
    return !seen || fraction || run == 3;
}

static bool take_suffix(str *text, str suffix)
{
    if (suffix.size == 0 || text->size <= suffix.size || !str_ends(*text, suffix))
        return false;
    text->size -= suffix.size;
    return true;
}

static bool read_number(const schema_field *field, str text, str unit, double *out)
{
    static const char *const suffixes[] = {"人", "名",   "节", "课时", "次", "个", "份",
                                           "所", "年制", "年", "周",   "位", "分"};
    fold_room room;
    str folded, digits;
    char plain[sizeof room.data];
    if (!fold_cell(text, 0, &room, &folded))
        return false;
    double scale = 1;
    if (take_suffix(&folded, STR("%")) && !str_equal(field->unit, STR("%")))
        scale = 100;
    else if (!take_suffix(&folded, unit) && !take_suffix(&folded, field->unit))
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
            if (take_suffix(&folded, str_of(suffixes[i])))
                break;
    int64_t chinese;
    if (reader_chinese_number(folded, &chinese)) {
        *out = (double)chinese / scale;
        return true;
    }
    if (folded.size == 0 || !join_thousands(folded, plain, sizeof plain, &digits) ||
        !number_read_double(digits, false, out))
        return false;
    *out /= scale;
    return true;
}

bool spell_integer(const schema_field *field, str text, str unit, spelling *out)
{
    const double exact = 9007199254740992.0;
    if (!read_number(field, text, unit, &out->number) || !(out->number >= -exact && out->number <= exact) ||
        out->number != (double)(int64_t)out->number)
        return false;
    out->form = 1;
    return true;
}

bool spell_number(const schema_field *field, str text, str unit, spelling *out)
{
    out->form = 1;
    return read_number(field, text, unit, &out->number);
}

reader_failure value_of_integer(const schema_field *field, const spelling *s, const reader_context *context,
                                arena *scratch, value *out, value *high)
{
    (void)context, (void)scratch, (void)high;
    *out = field->type && field->type->kind == TYPE_DOUBLE ? value_double(s->number) : value_int((int64_t)s->number);
    return READER_FINE;
}

reader_failure value_of_number(const schema_field *field, const spelling *s, const reader_context *context,
                               arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)scratch, (void)high;
    *out = value_double(s->number);
    return READER_FINE;
}

bool spell_list(const schema_field *field, str text, str unit, spelling *out)
{
    return spell_text(field, text, unit, out);
}

/* The next item of a list and what is left of it; separators are 、 ， , ； ; / | and line breaks. */
static bool next_item(str *rest, str *item)
{
    if (!rest->data)
        return false;
    for (size_t at = 0; at < rest->size;) {
        size_t from = at;
        uint32_t c = utf8_next(*rest, &at);
        if (c == 0x3001 || c == 0xFF0C || c == ',' || c == 0xFF1B || c == ';' || c == '/' || c == '|' || c == '\n') {
            *item = str_trim(str_slice(*rest, 0, from));
            *rest = str_slice(*rest, at, rest->size);
            return true;
        }
    }
    *item = str_trim(*rest);
    *rest = str_none;
    return true;
}

reader_failure value_of_list(const schema_field *field, const spelling *s, const reader_context *context,
                             arena *scratch, value *out, value *high)
{
    (void)field, (void)context, (void)high;
    size_t count = 0;
    str item;
    for (str rest = s->text; next_item(&rest, &item);)
        count += item.size != 0;
    value_list *list = arena_new(scratch, sizeof *list);
    value *items = arena_array(scratch, count ? count : 1, sizeof *items);
    if (!list || !items) {
        *out = value_out_of_memory();
        return READER_FINE;
    }
    size_t n = 0;
    for (str rest = s->text; next_item(&rest, &item);)
        if (item.size)
            items[n++] = value_string(item);
    list->count = n;
    list->items = items;
    *out = (value){.kind = VALUE_LIST, .as.list = list};
    return READER_FINE;
}

value value_out_of_memory(void)
{
    static const value_error nomem = {POLICY_E_NOMEM, {"out of memory", 13}, {"内存不足", 12}, UINT32_MAX};
    return (value){.kind = VALUE_ERROR, .as.error = &nomem};
}

value value_made(arena *scratch, str text)
{
    str copy = arena_text(scratch, text);
    return copy.data ? value_string(copy) : value_out_of_memory();
}
