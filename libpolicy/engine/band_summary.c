/*
 * How many students are in which band, with what must not be shown left out.
 *
 * Rows of a sheet stand in the order of their classes, so a class is a run of rows. Each subject is a table of its own for
 * suppression, except that all subjects are taken by the same students: where one table has to hide how many there are in
 * a class, the others hide it too, until nothing changes any more.
 */
#include <stdlib.h>

#include "base/number.h"
#include "engine/band_sheet.h"
#include "engine/suppression.h"

enum { STATUS_COLUMNS = 4 /* absent, exempt, no score, unknown */, COUNT_MOST = BANDS_MOST + STATUS_COLUMNS + 1 };

typedef struct summary_line {
    str group[3]; /* school, grade, class */
    str subject;
    str counts[COUNT_MOST]; /* students first; "*" where hidden */
    bool is_all;
} summary_line;

struct policy_band_summary {
    policy_engine *engine;
    arena memory;
    bool shows[3];
    bool shows_subject;
    bands_word titles[3], subject, students, all, no_score;
    const policy_bands *bands;
    summary_line *lines;
    size_t line_count;
    uint64_t hidden;
};

/* One subject's table while it is made. */
typedef struct subject_table {
    str subject;
    size_t field;
    bool by_row; /* rows name the subject */
    uint64_t *counts;
    bool *hidden;
    size_t *groups; /* of the sheet, those that take it */
    size_t group_count;
} subject_table;

typedef struct work {
    const policy_band_sheet *sheet;
    policy_band_summary *out;
    arena memory;      /* of this run */
    size_t *group_of;  /* rows */
    size_t *first_row; /* of each group */
    size_t group_count, columns;
    subject_table *tables;
    size_t table_count;
    bool *size_hidden; /* of each group, and of all */
} work;

static bool is_same_group(const sheet_row *a, const sheet_row *b)
{
    return str_equal(a->who[SCORES_SCHOOL], b->who[SCORES_SCHOOL]) &&
           str_equal(a->who[SCORES_GRADE], b->who[SCORES_GRADE]) &&
           str_equal(a->who[SCORES_CLASS], b->who[SCORES_CLASS]);
}

static bool find_groups(work *w)
{
    const policy_band_sheet *s = w->sheet;
    w->group_of = arena_array(&w->memory, s->row_count + 1, sizeof *w->group_of);
    w->first_row = arena_array(&w->memory, s->row_count + 1, sizeof *w->first_row);
    if (w->group_of == NULL || w->first_row == NULL) {
        return false;
    }
    for (size_t r = 0; r < s->row_count; r++) {
        if (r == 0 || !is_same_group(s->rows[r - 1], s->rows[r])) {
            w->first_row[w->group_count++] = r;
        }
        w->group_of[r] = w->group_count - 1;
    }
    w->size_hidden = arena_array(&w->memory, w->group_count + 1, sizeof *w->size_hidden);
    return w->size_hidden != NULL;
}

static int by_subject(const void *a, const void *b)
{
    return natural_compare(*(const str *)a, *(const str *)b);
}

/* The subjects that rows name, each once; of a wide sheet a single one. */
static str *find_subjects(work *w, size_t *count)
{
    const policy_band_sheet *s = w->sheet;
    str *all = arena_array(&w->memory, s->row_count + 1, sizeof *all);
    *count = 1;
    if (all == NULL || !s->shows[SCORES_SUBJECT]) {
        return all;
    }
    for (size_t r = 0; r < s->row_count; r++) {
        all[r] = s->rows[r]->who[SCORES_SUBJECT];
    }
    if (s->row_count > 0) {
        qsort(all, s->row_count, sizeof *all, by_subject);
    }
    *count = 0;
    for (size_t r = 0; r < s->row_count; r++) {
        if (*count == 0 || !str_equal(all[*count - 1], all[r])) {
            all[(*count)++] = all[r];
        }
    }
    return all;
}

static size_t count_column(const policy_bands *b, policy_band band)
{
    size_t bands = b->from->band_count;
    return band >= 0                    ? (size_t)band
           : band == POLICY_BAND_ABSENT ? bands
           : band == POLICY_BAND_EXEMPT ? bands + 1
           : band == POLICY_BAND_NONE   ? bands + 2
                                        : bands + 3;
}

/* Who takes the subject, and in which column each is counted. */
static bool count_table(work *w, subject_table *t)
{
    const policy_band_sheet *s = w->sheet;
    size_t *where = arena_array(&w->memory, w->group_count + 1, sizeof *where); /* in this table, from 1 */
    t->groups = arena_array(&w->memory, w->group_count + 1, sizeof *t->groups);
    t->counts = arena_array(&w->memory, (w->group_count + 1) * w->columns, sizeof *t->counts);
    t->hidden = arena_array(&w->memory, (w->group_count + 2) * (w->columns + 1), sizeof *t->hidden);
    if (where == NULL || t->groups == NULL || t->counts == NULL || t->hidden == NULL) {
        return false;
    }
    for (size_t r = 0; r < s->row_count; r++) {
        const sheet_row *row = s->rows[r];
        size_t group = w->group_of[r];
        if (t->by_row && !str_equal(row->who[SCORES_SUBJECT], t->subject)) {
            continue;
        }
        if (where[group] == 0) {
            t->groups[t->group_count++] = group;
            where[group] = t->group_count;
        }
        t->counts[(where[group] - 1) * w->columns + count_column(s->bands, row->bands[t->field])]++;
    }
    return true;
}

static bool count_tables(work *w)
{
    const policy_band_sheet *s = w->sheet;
    size_t subjects;
    str *names = find_subjects(w, &subjects);
    w->tables = names ? arena_array(&w->memory, subjects * s->field_count + 1, sizeof *w->tables) : NULL;
    if (w->tables == NULL) {
        return false;
    }
    for (size_t i = 0; i < subjects; i++) {
        for (size_t f = 0; f < s->field_count; f++) {
            subject_table *t = &w->tables[w->table_count++];
            t->by_row = s->shows[SCORES_SUBJECT];
            t->field = f;
            t->subject = t->by_row ? names[i] : s->fields[f].subject;
            if (!count_table(w, t)) {
                return false;
            }
        }
    }
    return true;
}

/* Hide in one table, knowing what the others had to; false in *same when it had to hide the size of a further group. */
static policy_status hide_table(work *w, subject_table *t, bool *same, policy_error **err)
{
    const pack_band_scheme *scheme = w->sheet->bands->from;
    size_t columns = w->columns;
    bool several = t->group_count != 1;
    for (size_t g = 0; g < t->group_count; g++) {
        t->hidden[g * (columns + 1) + columns] |= w->size_hidden[t->groups[g]];
    }
    bool *all = &t->hidden[t->group_count * (columns + 1) + columns];
    *all |= w->size_hidden[w->group_count];
    policy_status status =
        suppression_find(&w->sheet->engine->options.allocator, (uint64_t)scheme->minimum_group,
                         (uint64_t)scheme->minimum_count, t->counts, t->group_count, columns, t->hidden, err);
    for (size_t g = 0; g < t->group_count && status == POLICY_OK; g++) {
        if (t->hidden[g * (columns + 1) + columns] && !w->size_hidden[t->groups[g]]) {
            w->size_hidden[t->groups[g]] = true;
            *same = false;
        }
    }
    if (status == POLICY_OK && several && *all && !w->size_hidden[w->group_count]) {
        w->size_hidden[w->group_count] = true;
        *same = false;
    }
    return status;
}

static policy_status hide_tables(work *w, policy_error **err)
{
    bool same = false;
    policy_status status = POLICY_OK;
    while (!same && status == POLICY_OK) {
        same = true;
        for (size_t i = 0; i < w->table_count && status == POLICY_OK; i++) {
            status = hide_table(w, &w->tables[i], &same, err);
        }
    }
    return status;
}

/* ---- lines ---- */

static str count_text(policy_band_summary *out, uint64_t count, bool hidden)
{
    char room[NUMBER_TEXT];
    if (hidden) {
        out->hidden++;
        return STR("*");
    }
    return arena_text(&out->memory, (str){room, number_write_uint(room, count)});
}

static bool put_line(work *w, const subject_table *t, size_t g)
{
    static const scores_who parts[3] = {SCORES_SCHOOL, SCORES_GRADE, SCORES_CLASS};
    policy_band_summary *out = w->out;
    summary_line *line = &out->lines[out->line_count++];
    bool is_all = g == t->group_count;
    line->is_all = is_all;
    line->subject = arena_text(&out->memory, t->subject.data ? t->subject : STR(""));
    for (size_t p = 0; p < 3; p++) {
        const sheet_row *row = is_all ? NULL : w->sheet->rows[w->first_row[t->groups[g]]];
        line->group[p] = row ? arena_text(&out->memory, row->who[parts[p]]) : STR("");
    }
    uint64_t students = 0;
    for (size_t c = 0; c < w->columns; c++) {
        uint64_t count = 0;
        for (size_t i = is_all ? 0 : g; i < (is_all ? t->group_count : g + 1); i++) {
            count += t->counts[i * w->columns + c];
        }
        students += count;
        line->counts[c + 1] = count_text(out, count, t->hidden[g * (w->columns + 1) + c]);
    }
    line->counts[0] = count_text(out, students, t->hidden[g * (w->columns + 1) + w->columns]);
    return !out->memory.failed;
}

static bool put_lines(work *w)
{
    size_t most = 0;
    for (size_t i = 0; i < w->table_count; i++) {
        most += w->tables[i].group_count + 1;
    }
    w->out->lines = arena_array(&w->out->memory, most + 1, sizeof *w->out->lines);
    if (w->out->lines == NULL) {
        return false;
    }
    for (size_t i = 0; i < w->table_count; i++) {
        const subject_table *t = &w->tables[i];
        size_t last = t->group_count > 1 ? t->group_count + 1 : t->group_count;
        for (size_t g = 0; g < last; g++) {
            if (!put_line(w, t, g)) {
                return false;
            }
        }
    }
    return true;
}

static bool take_titles(policy_band_summary *out, const policy_band_sheet *door)
{
    static const scores_who parts[3] = {SCORES_SCHOOL, SCORES_GRADE, SCORES_CLASS};
    static const message_id titles[3] = {MESSAGE_BANDS_SCHOOL, MESSAGE_BANDS_GRADE, MESSAGE_BANDS_CLASS};
    for (size_t p = 0; p < 3; p++) {
        out->shows[p] = door->shows[parts[p]];
        if (!bands_word_of(&out->memory, titles[p], &out->titles[p])) {
            return false;
        }
    }
    for (size_t i = 0; i < door->field_count; i++) {
        out->shows_subject |= door->fields[i].subject.size > 0;
    }
    out->shows_subject |= door->shows[SCORES_SUBJECT];
    return bands_word_of(&out->memory, MESSAGE_BANDS_SUBJECT, &out->subject) &&
           bands_word_of(&out->memory, MESSAGE_BANDS_STUDENTS, &out->students) &&
           bands_word_of(&out->memory, MESSAGE_BANDS_ALL, &out->all) &&
           bands_word_of(&out->memory, MESSAGE_BANDS_NO_SCORE, &out->no_score);
}

static policy_status summarize(const policy_band_sheet *door, policy_band_summary *out, policy_error **err)
{
    const policy_allocator *a = &door->engine->options.allocator;
    work w = {.sheet = door, .out = out, .columns = door->bands->from->band_count + STATUS_COLUMNS};
    arena_init(&w.memory, a, 0);
    policy_status status = take_titles(out, door) && find_groups(&w) && count_tables(&w) ? POLICY_OK : error_nomem(err);
    if (status == POLICY_OK) {
        status = hide_tables(&w, err);
    }
    if (status == POLICY_OK && !put_lines(&w)) {
        status = error_nomem(err);
    }
    arena_free(&w.memory);
    return status;
}

policy_status policy_band_summary_new(const policy_band_sheet *door, policy_band_summary **out, policy_error **err)
{
    const policy_allocator *a = door ? &door->engine->options.allocator : &allocator_system;
    if (door == NULL || out == NULL) {
        return error_set(err, a,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(door ? "out" : "sheet")}});
    }
    *out = NULL;
    if (!door->done) {
        return error_set(err, a, &(error_spec){.status = POLICY_E_STATE, .message = MESSAGE_BANDS_NOT_READ});
    }
    policy_band_summary *made = allocator_zero(a, 1, sizeof *made);
    if (made == NULL) {
        return error_nomem(err);
    }
    made->engine = policy_engine_ref(door->engine);
    made->bands = door->bands;
    arena_init(&made->memory, a, 0);
    policy_status status = summarize(door, made, err);
    if (status != POLICY_OK) {
        policy_band_summary_free(made);
        return status;
    }
    *out = made;
    return POLICY_OK;
}

void policy_band_summary_free(policy_band_summary *summary)
{
    if (summary == NULL) {
        return;
    }
    policy_engine *engine = summary->engine;
    arena_free(&summary->memory);
    allocator_free(&engine->options.allocator, summary);
    policy_engine_unref(engine);
}

/* ---- what is shown ---- */

static size_t group_columns(const policy_band_summary *s)
{
    return (size_t)s->shows[0] + s->shows[1] + s->shows[2];
}

static size_t count_columns(const policy_band_summary *s)
{
    return s->bands->from->band_count + STATUS_COLUMNS + 1;
}

size_t policy_band_summary_column_count(const policy_band_summary *summary)
{
    return summary ? group_columns(summary) + summary->shows_subject + count_columns(summary) : 0;
}

/* Where a column's text is: part of the group 0 to 2, subject 3, counts from 4 on. */
static size_t slot_of(const policy_band_summary *s, size_t column)
{
    for (size_t p = 0; p < 3; p++) {
        if (s->shows[p] && column-- == 0) {
            return p;
        }
    }
    if (s->shows_subject && column-- == 0) {
        return 3;
    }
    return column + 4;
}

static const char *in_language(const bands_word *word, policy_language language)
{
    return language == POLICY_LANGUAGE_EN ? word->en.data : word->zh.data;
}

const char *policy_band_summary_column_title(const policy_band_summary *summary, size_t column,
                                             policy_language language)
{
    if (column >= policy_band_summary_column_count(summary)) {
        return NULL;
    }
    size_t slot = slot_of(summary, column);
    if (slot < 3) {
        return in_language(&summary->titles[slot], language);
    }
    if (slot == 3) {
        return in_language(&summary->subject, language);
    }
    if (slot == 4) {
        return in_language(&summary->students, language);
    }
    size_t at = slot - 5, bands = summary->bands->from->band_count;
    static const policy_band statuses[STATUS_COLUMNS] = {POLICY_BAND_ABSENT, POLICY_BAND_EXEMPT, POLICY_BAND_NONE,
                                                         POLICY_BAND_UNREADABLE};
    if (at >= bands && statuses[at - bands] == POLICY_BAND_NONE) {
        return in_language(&summary->no_score, language);
    }
    return policy_bands_text(summary->bands, at < bands ? (policy_band)at : statuses[at - bands], language);
}

size_t policy_band_summary_row_count(const policy_band_summary *summary)
{
    return summary ? summary->line_count : 0;
}

const char *policy_band_summary_cell(const policy_band_summary *summary, size_t row, size_t column,
                                     policy_language language)
{
    if (column >= policy_band_summary_column_count(summary) || row >= summary->line_count) {
        return NULL;
    }
    const summary_line *line = &summary->lines[row];
    size_t slot = slot_of(summary, column);
    if (line->is_all && column == 0) {
        return in_language(&summary->all, language);
    }
    return slot < 3 ? line->group[slot].data : slot == 3 ? line->subject.data : line->counts[slot - 4].data;
}

uint64_t policy_band_summary_hidden_count(const policy_band_summary *summary)
{
    return summary ? summary->hidden : 0;
}

policy_status policy_bands_suppress(const policy_bands *bands, const uint64_t *counts, size_t groups, size_t columns,
                                    bool *hidden, policy_error **err)
{
    if (bands == NULL || hidden == NULL || (counts == NULL && groups > 0 && columns > 0)) {
        return error_set(err, bands ? &bands->engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(bands == NULL    ? "bands"
                                                            : hidden == NULL ? "hidden"
                                                                             : "counts")}});
    }
    const policy_allocator *a = &bands->engine->options.allocator;
    if (groups < SUPPRESSION_CELLS_MAX && columns < SUPPRESSION_CELLS_MAX) {
        size_t cells = (groups + 1) * (columns + 1);
        memset(hidden, 0, (cells <= SUPPRESSION_CELLS_MAX ? cells : 0) * sizeof *hidden);
    }
    return suppression_find(a, (uint64_t)bands->from->minimum_group, (uint64_t)bands->from->minimum_count, counts,
                            groups, columns, hidden, err);
}
