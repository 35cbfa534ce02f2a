/*
 * Which rows of a sheet are records; see rows.h.
 */
#include "table/rows.h"

#include "base/number.h"

/* Can the text begin one of the words below? Asked of every row, so most are told by their first character. */
static bool may_begin_closing(str text)
{
    static const char firsts[] = "合总小共平备说注填制审校负单";
    unsigned char lead = text.size ? (unsigned char)text.data[0] : 0;
    if (lead > ' ' && lead < 0x7F)
        return lead == 't' || lead == 'T' || lead == 's' || lead == 'S' || lead == 'n' || lead == 'N';
    if (lead < 0xE4 || lead > 0xE9 || text.size < 3) /* blanks, full-width forms */
        return true;
    for (size_t i = 0; i + 3 < sizeof firsts; i += 3)
        if (memcmp(text.data, firsts + i, 3) == 0)
            return true;
    return false;
}

/* Words that begin a row below the data: totals, notes, who filled in the form. */
static bool is_closing_word(str text)
{
    static const char *const words[] = {"合计",       "总计",     "小计", "共计",   "总数",     "平均",
                                        "备注",       "说明",     "注:",  "注1",    "填表",     "制表",
                                        "制单",       "审核",     "审批", "校长签", "负责人",   "填报",
                                        "单位(盖章)", "单位盖章", "总结", "total",  "subtotal", "note"};
    if (!may_begin_closing(text))
        return false;
    char room[128];
    size_t size = reader_fold(str_slice(text, 0, 48), room, sizeof room);
    str folded = {room, size < sizeof room ? size : sizeof room};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(folded, str_of(words[i])))
            return true;
    return false;
}

/* Cells that say what a row is about; a number may be a total, a text anything. */
static bool identifies(const schema_field *f, str text, str unit)
{
    spelling s;
    switch (f->reader) {
    case READER_TEXT:
    case READER_LIST:
    case READER_INTEGER:
    case READER_NUMBER:
    case READER_MINUTES:
        return false;
    case READER_CLASS:
        reader_spell(f, text, unit, &s);
        return s.form != 0 && s.note != READER_NOTE_OWN_COLUMN;
    default:
        reader_spell(f, text, unit, &s);
        return s.form != 0;
    }
}

static bool is_closing_row(const table *t, const str *cells, size_t count)
{
    size_t first = 0;
    while (first < count && str_trim(cells[first]).size == 0)
        first++;
    if (first == count || !is_closing_word(str_trim(cells[first])))
        return false;
    for (size_t i = 0; i < count && i < t->sheet.column_count; i++) {
        const column *c = &t->columns.items[i];
        str text = str_trim(cells[i]);
        if (c->field >= 0 && text.size && identifies(&t->type->fields[c->field], text, c->unit))
            return false;
    }
    return true;
}

static bool is_header_again(const table *t, const str *cells, size_t count)
{
    if (count != t->sheet.column_count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!str_equal(str_trim(cells[i]), t->sheet.header[i]))
            return false;
    return true;
}

policy_status row_look(table *t, bool *skip, policy_error **err)
{
    sheet *s = &t->sheet;
    const str *cells = s->csv.cells;
    size_t count = s->csv.count;
    bool was_blank = t->is_blank_run;
    *skip = true;
    t->is_blank_run = cells_blank(cells, count);
    if (t->is_blank_run)
        return was_blank ? POLICY_OK : sheet_notice(s, POLICY_NOTICE_SKIPPED_ROW, s->rows, str_none, str_none, err);
    if (is_header_again(t, cells, count) || is_closing_row(t, cells, count)) {
        size_t first = 0;
        while (str_trim(cells[first]).size == 0)
            first++;
        return sheet_notice(s, POLICY_NOTICE_SKIPPED_ROW, s->rows, str_none, str_trim(cells[first]), err);
    }
    *skip = false;
    return POLICY_OK;
}

policy_status row_say_ragged(table *t, size_t found, policy_error **err)
{
    char room[2 * NUMBER_TEXT];
    size_t n = number_write_uint(room, found);
    room[n++] = '/';
    n += number_write_uint(room + n, t->sheet.column_count);
    return sheet_notice(&t->sheet, POLICY_NOTICE_RAGGED_ROW, t->sheet.rows, str_none, (str){room, n}, err);
}

size_t row_size(const table *t)
{
    size_t count = t->sheet.csv.count;
    while (count > t->sheet.column_count && str_trim(t->sheet.csv.cells[count - 1]).size == 0)
        count--; /* separators at the end of the line */
    return count;
}

policy_status row_say_extra(table *t, size_t at, policy_error **err)
{
    column *c = &t->columns.items[at];
    if (c->extra_said)
        return POLICY_OK;
    c->extra_said = true;
    char room[NUMBER_TEXT + 1] = "#";
    size_t n = 1 + number_write_uint(room + 1, at + 1);
    return sheet_notice(&t->sheet, POLICY_NOTICE_UNKNOWN_COLUMN, 0, (str){room, n}, str_none, err);
}
