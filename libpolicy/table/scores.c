/*
 * Reading score tables. See scores.h.
 *
 * Of the columns that say who a row is, the student's number and name are taken and no others: numbers of seats and exams
 * are often given out by earlier results, identity cards are nobody's business. Only where there is neither is such a
 * number taken in their place. Columns of scores are those the profiler takes for scores, without totals and averages.
 */
#include "table/scores.h"

#include "base/number.h"
#include "schema/readers.h"

/* --- headers ---------------------------------------------------------------------------------------------------------- */

static bool is_one_of(str text, const char *const *words)
{
    for (; *words; words++)
        if (str_equal(text, str_of(*words)))
            return true;
    return false;
}

static bool contains_one_of(str text, const char *const *words)
{
    for (; *words; words++)
        if (str_contains(text, str_of(*words)))
            return true;
    return false;
}

/* How well a header names what: 1 is meant, more is taken only where nothing better is there; 0 no. */
static int names_who(str folded, scores_who which)
{
    static const char *const words[SCORES_WHO_COUNT][12] = {
        [SCORES_SCHOOL] = {"学校", "学校名称", "校名", "school", NULL},
        [SCORES_GRADE] = {"年级", "所属年级", "grade", NULL},
        [SCORES_CLASS] = {"班级", "班", "行政班", "所在班级", "class", NULL},
        [SCORES_NUMBER] = {"学号", "学生学号", "学生号", "学生编号", "studentnumber", "studentno", "studentno.",
                           "studentid", "number", NULL},
        [SCORES_NAME] = {"姓名", "学生姓名", "学生", "name", "studentname", "student", NULL},
        [SCORES_EVENT] = {"考试名称", "考试", "exam", "event", NULL},
        [SCORES_SUBJECT] = {"科目", "学科", "课程", "科目名称", "学科名称", "subject", "course", NULL}};
    static const char *const other_numbers[] = {"学籍", "考号", "考生号", "准考证", NULL};
    if (is_one_of(folded, words[which]))
        return 1;
    return which == SCORES_NUMBER && contains_one_of(folded, other_numbers) ? 2 : 0;
}

static bool names_full_marks(str folded)
{
    static const char *const words[] = {"满分", "满分值", "卷面满分", "试卷满分", "fullmarks", "full", NULL};
    return is_one_of(folded, words);
}

static size_t fold_header(str header, char *room, size_t most, str *out)
{
    size_t size = reader_fold(header, room, most);
    *out = (str){room, size <= most ? size : 0};
    return out->size;
}

static size_t known_headers(void *context, const str *cells, size_t count)
{
    (void)context;
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        char room[128];
        str folded;
        bool total, found;
        if (!fold_header(cells[i], room, sizeof room, &folded))
            continue;
        found = column_role_of(cells[i], &total) != ROLE_UNKNOWN || names_full_marks(folded);
        for (int who = 0; who < SCORES_WHO_COUNT && !found; who++)
            found = names_who(folded, (scores_who)who) > 0;
        known += found;
    }
    return known;
}

/* In front of a remark in brackets of any kind; not the whole when it begins with one. */
static str before_remark(str header)
{
    static const char *const opens[] = {"(", "（", "[", "【", "〔", "{", NULL};
    size_t end = header.size;
    for (size_t i = 0; opens[i]; i++) {
        str open = str_of(opens[i]);
        for (size_t at = 1; at + open.size <= end; at++)
            if (memcmp(header.data + at, open.data, open.size) == 0)
                end = at;
    }
    return str_trim(str_slice(header, 0, end));
}

static bool ends_like(str text, str ending)
{
    if (text.size < ending.size)
        return false;
    for (size_t i = 0; i < ending.size; i++) {
        char c = text.data[text.size - ending.size + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != ending.data[i])
            return false;
    }
    return true;
}

/* 语文 of 语文成绩(满分120); "" of 成绩. */
static str subject_of(str header)
{
    static const char *const endings[] = {"卷面分", "卷面",  "原始分", "成绩", "分数",   "得分",
                                          "scores", "score", "marks",  "mark", "points", NULL};
    str name = before_remark(header);
    for (size_t i = 0; endings[i]; i++) {
        if (ends_like(name, str_of(endings[i]))) {
            name = str_trim(str_slice(name, 0, name.size - strlen(endings[i])));
            break;
        }
    }
    while (name.size > 0 && strchr("-_:/", name.data[name.size - 1]))
        name = str_trim(str_slice(name, 0, name.size - 1));
    return name;
}

/* 120 of 语文(满分120), 语文（120分）, 语文【120】; str_none when the remark says something else. */
static str full_in_header(str header, arena *memory)
{
    char room[128];
    str text;
    if (!fold_header(header, room, sizeof room, &text) || text.data[text.size - 1] != ')')
        return str_none;
    const char *open = memchr(text.data, '(', text.size);
    if (!open)
        return str_none;
    text = str_slice(text, (size_t)(open - text.data) + 1, text.size - 1);
    static const char *const before[] = {"满分", "总分", "共", "full", NULL};
    for (size_t i = 0; before[i]; i++) {
        if (str_starts(text, str_of(before[i]))) {
            text = str_slice(text, strlen(before[i]), text.size);
            break;
        }
    }
    if (str_starts(text, STR(":")) || str_starts(text, STR("=")))
        text = str_slice(text, 1, text.size);
    if (str_ends(text, STR("分")))
        text = str_slice(text, 0, text.size - strlen("分"));
    double number;
    if (text.size == 0 || text.size > 12 || !number_read_double(text, false, &number) || !(number > 0))
        return str_none;
    return arena_text(memory, text);
}

/* --- opening ---------------------------------------------------------------------------------------------------------- */

static policy_status fail(const scores *s, message_id message, policy_error **err)
{
    return error_set(err, s->sheet.allocator,
                     &(error_spec){.status = POLICY_E_DATA, .message = message, .at = {.file = s->sheet.name}});
}

/* Which column says what; a better name wins, then the first. */
static void find_who(scores *s)
{
    int rank[SCORES_WHO_COUNT] = {0};
    s->full = -1;
    for (int who = 0; who < SCORES_WHO_COUNT; who++)
        s->who[who] = -1;
    for (size_t i = 0; i < s->sheet.column_count; i++) {
        char room[128];
        str folded;
        if (!fold_header(s->sheet.header[i], room, sizeof room, &folded))
            continue;
        if (s->full < 0 && names_full_marks(folded))
            s->full = (int)i;
        for (int who = 0; who < SCORES_WHO_COUNT; who++) {
            int here = names_who(folded, (scores_who)who);
            if (here > 0 && (s->who[who] < 0 || here < rank[who])) {
                s->who[who] = (int)i;
                rank[who] = here;
            }
        }
    }
    if (rank[SCORES_NUMBER] > 1 && s->who[SCORES_NAME] >= 0)
        s->who[SCORES_NUMBER] = -1;
}

static bool is_taken(const scores *s, size_t column)
{
    for (int who = 0; who < SCORES_WHO_COUNT; who++)
        if (s->who[who] == (int)column)
            return true;
    return s->full == (int)column;
}

static bool is_listed(str name, const str *subjects, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(subjects[i], name))
            return true;
    return false;
}

static policy_status find_fields(scores *s, const str *subjects, size_t subject_count, policy_error **err)
{
    sheet *sh = &s->sheet;
    s->fields = arena_array(&sh->memory, sh->column_count, sizeof *s->fields);
    if (!s->fields)
        return error_nomem(err);
    for (size_t i = 0; i < sh->column_count; i++) {
        str header = sh->header[i];
        bool total;
        if (header.size == 0 || is_taken(s, i))
            continue;
        column_role role = column_role_of(header, &total);
        str subject = subject_of(header);
        bool listed = role == ROLE_UNKNOWN && (is_listed(subject, subjects, subject_count) ||
                                               is_listed(before_remark(header), subjects, subject_count));
        if ((role == ROLE_SCORE && !total) || listed) {
            s->fields[s->field_count++] = (scores_field){subject, header, full_in_header(header, &sh->memory), i};
            if (sh->memory.failed)
                return error_nomem(err);
            continue;
        }
        policy_status status = sheet_notice(sh, POLICY_NOTICE_COLUMN_LEFT_OUT, 0, header, str_none, err);
        if (status != POLICY_OK)
            return status;
    }
    /* 语文成绩 beside 语文平时成绩 are two subjects; 语文成绩 beside 语文得分 keep their whole names. */
    for (size_t i = 0; i < s->field_count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal(s->fields[i].subject, s->fields[j].subject))
                s->fields[i].subject = before_remark(s->fields[i].header);
    return s->field_count > 0 ? POLICY_OK : fail(s, MESSAGE_TABLE_NO_SCORES, err);
}

/* What titles say fills in for columns that are not there. */
static policy_status read_titles(scores *s, policy_error **err)
{
    for (size_t i = s->sheet.title_count; i-- > 0;) { /* the first title has the last word */
        title_parts parts;
        title_read(s->sheet.titles[i], &s->sheet.memory, &parts);
        if (parts.failed)
            return error_nomem(err);
        const struct {
            scores_who who;
            str text;
        } said[] = {{SCORES_SCHOOL, parts.school},
                    {SCORES_GRADE, parts.grade},
                    {SCORES_CLASS, parts.class},
                    {SCORES_EVENT, parts.event}};
        for (size_t k = 0; k < sizeof said / sizeof *said; k++)
            if (s->who[said[k].who] < 0 && said[k].text.size > 0)
                s->from_title[said[k].who] = said[k].text;
    }
    return POLICY_OK;
}

policy_status scores_open(scores *s, const table_options *options, const table_source *source, const str *subjects,
                          size_t subject_count, notices *n, policy_error **err)
{
    *s = (scores){.field_count = 0};
    policy_status status = sheet_open(&s->sheet, options, source, STR("score_table"), n, err);
    if (status == POLICY_OK)
        status = sheet_find_header(&s->sheet, known_headers, NULL, err);
    if (status != POLICY_OK)
        return status;
    find_who(s);
    if (s->who[SCORES_NUMBER] < 0 && s->who[SCORES_NAME] < 0)
        return fail(s, MESSAGE_TABLE_NO_STUDENTS, err);
    status = find_fields(s, subjects, subject_count, err);
    return status == POLICY_OK ? read_titles(s, err) : status;
}

void scores_close(scores *s)
{
    sheet_close(&s->sheet);
}

/* --- rows ------------------------------------------------------------------------------------------------------------- */

static str cell_at(const scores *s, int column)
{
    const csv *c = &s->sheet.csv;
    return column >= 0 && (size_t)column < c->count ? str_trim(c->cells[column]) : STR("");
}

str scores_who_is(const scores *s, scores_who which)
{
    str text = cell_at(s, s->who[which]);
    return text.size == 0 && s->from_title[which].data ? s->from_title[which] : text;
}

str scores_text(const scores *s, size_t field)
{
    return cell_at(s, (int)s->fields[field].column);
}

str scores_full(const scores *s)
{
    return cell_at(s, s->full);
}

static str first_text(const scores *s)
{
    size_t i = 0;
    while (i < s->sheet.csv.count && str_trim(s->sheet.csv.cells[i]).size == 0)
        i++;
    return cell_at(s, (int)i);
}

static bool is_header_again(const scores *s)
{
    if (s->sheet.csv.count != s->sheet.column_count)
        return false;
    for (size_t i = 0; i < s->sheet.column_count; i++)
        if (!str_equal(cell_at(s, (int)i), s->sheet.header[i]))
            return false;
    return true;
}

static bool is_full_marks_row(str first)
{
    char room[64];
    str folded;
    return fold_header(first, room, sizeof room, &folded) &&
           (str_starts(folded, STR("满分")) || str_equal(folded, STR("fullmarks")));
}

/* Averages and notes. A row with a student's number is a student's, and Max Li is no maximum. */
static bool is_summary_row(const scores *s, str first)
{
    static const char *const words[] = {"total", "average", "mean", "max", "min", "maximum", "minimum", NULL};
    char room[64];
    str folded, number = cell_at(s, s->who[SCORES_NUMBER]);
    if (!is_summary_word(first) || (number.size > 0 && number.data[0] >= '0' && number.data[0] <= '9'))
        return false;
    if (!fold_header(first, room, sizeof room, &folded) || !(folded.data[0] >= 'a' && folded.data[0] <= 'z'))
        return true;
    return is_one_of(folded, words);
}

/* More cells than the header: a comma has split one, and nobody knows whose score is whose. */
static bool is_too_long(const scores *s)
{
    for (size_t i = s->sheet.column_count; i < s->sheet.csv.count; i++)
        if (cell_at(s, (int)i).size > 0)
            return true;
    return false;
}

static policy_status say_too_long(scores *s, policy_error **err)
{
    char room[2 * NUMBER_TEXT];
    size_t n = number_write_uint(room, s->sheet.csv.count);
    room[n++] = '/';
    n += number_write_uint(room + n, s->sheet.column_count);
    s->left_out++;
    return sheet_notice(&s->sheet, POLICY_NOTICE_RAGGED_ROW, s->sheet.rows, str_none, (str){room, n}, err);
}

policy_status scores_next(scores *s, scores_row *kind, policy_error **err)
{
    sheet *sh = &s->sheet;
    for (;;) {
        bool more;
        policy_status status = sheet_next(sh, &more, err);
        *kind = SCORES_END;
        if (status != POLICY_OK || !more)
            return status;
        if (cells_blank(sh->csv.cells, sh->csv.count))
            continue;
        str first = first_text(s);
        if (is_full_marks_row(first) && cell_at(s, s->who[SCORES_SUBJECT]).size == 0) {
            *kind = SCORES_FULL_MARKS;
            return POLICY_OK;
        }
        if (is_summary_row(s, first) || is_header_again(s)) {
            status = sheet_notice(sh, POLICY_NOTICE_SKIPPED_ROW, sh->rows, str_none, first, err);
        } else if (is_too_long(s)) {
            status = say_too_long(s, err);
        } else if (cell_at(s, s->who[SCORES_NUMBER]).size == 0 && cell_at(s, s->who[SCORES_NAME]).size == 0) {
            s->left_out++;
            status = sheet_notice(sh, POLICY_NOTICE_NO_STUDENT, sh->rows, str_none, first, err);
        } else {
            *kind = SCORES_STUDENT;
        }
        if (status != POLICY_OK || *kind == SCORES_STUDENT)
            return status;
    }
}
