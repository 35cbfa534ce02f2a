/*
 * A score sheet turned into bands: read, cut, sorted, and given out cell by cell.
 *
 * Full marks may stand in a row below the data, so cells are kept as text until everything is read. Then each subject's
 * full marks are settled once, from what the sheet says and what was given; two statements that differ are an error, since
 * either could put a child into the wrong band. The order of rows is made of nothing but what rows show, so it cannot
 * carry anything else out of the sheet.
 */
#include "engine/band_sheet.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/number.h"
#include "schema/readers.h"

#define ROWS_MAX       ((size_t)4 << 20)
#define PROGRESS_EVERY 1024

static policy_status refuse(const policy_band_sheet *s, policy_status status, message_id message, str argument,
                            policy_error **err)
{
    return error_set(err, s ? &s->engine->options.allocator : &allocator_system,
                     &(error_spec){.status = status, .message = message, .arguments = {argument}});
}

/* ---- handles ---- */

policy_status policy_band_sheet_new(const policy_bands *bands, policy_band_sheet **out, policy_error **err)
{
    if (bands == NULL || out == NULL) {
        return refuse(NULL, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT, str_of(bands ? "out" : "bands"), err);
    }
    const policy_allocator *a = &bands->engine->options.allocator;
    *out = NULL;
    policy_band_sheet *s = allocator_zero(a, 1, sizeof *s);
    if (s == NULL) {
        return error_nomem(err);
    }
    s->engine = policy_engine_ref(bands->engine);
    s->bands = bands;
    arena_init(&s->memory, a, 0);
    notices_init(&s->notices, a);
    *out = s;
    return POLICY_OK;
}

void policy_band_sheet_free(policy_band_sheet *door)
{
    if (door == NULL) {
        return;
    }
    policy_engine *engine = door->engine;
    const policy_allocator *a = &engine->options.allocator;
    allocator_free(a, door->fulls);
    allocator_free(a, door->rows);
    notices_free(&door->notices);
    arena_free(&door->memory);
    allocator_free(a, door);
    policy_engine_unref(engine);
}

static sheet_full *find_full(const policy_band_sheet *s, str subject)
{
    for (size_t i = 0; i < s->full_count; i++) {
        bool same = subject.data == NULL ? s->fulls[i].subject.data == NULL
                                         : s->fulls[i].subject.data != NULL && str_equal(s->fulls[i].subject, subject);
        if (same) {
            return &s->fulls[i];
        }
    }
    return NULL;
}

policy_status policy_band_sheet_set_full_marks(policy_band_sheet *door, const char *subject, double full,
                                               policy_error **err)
{
    if (door == NULL) {
        return refuse(NULL, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT, STR("sheet"), err);
    }
    if (door->begun) {
        return refuse(door, POLICY_E_STATE, MESSAGE_BANDS_READ_BEFORE, str_none, err);
    }
    if (!isfinite(full) || !(full > 0)) {
        return refuse(door, POLICY_E_ARGUMENT, MESSAGE_BANDS_FULL_MARKS, str_none, err);
    }
    str name = subject ? str_trim(str_of(subject)) : str_none;
    sheet_full *known = find_full(door, name);
    if (known == NULL) {
        str copy = arena_text(&door->memory, name);
        if ((name.data != NULL && copy.data == NULL) ||
            !allocator_grow(&door->engine->options.allocator, (void **)&door->fulls, &door->full_capacity,
                            door->full_count + 1, sizeof *door->fulls, SIZE_MAX / 64)) {
            return error_nomem(err);
        }
        known = &door->fulls[door->full_count++];
        known->subject = copy;
    }
    known->full = full;
    known->used = false;
    return POLICY_OK;
}

/* ---- reading ---- */

/* 语文等级, 语文 band; 等级, band where there is no subject. */
static bool entitle(policy_band_sheet *s, sheet_field *f)
{
    bands_word word;
    if (!bands_word_of(&s->memory, MESSAGE_BANDS_BAND, &word)) {
        return false;
    }
    f->title = word;
    if (f->subject.size > 0) {
        f->title.zh = arena_join(&s->memory, (const str[]){f->subject, word.zh}, 2);
        f->title.en = arena_join(&s->memory, (const str[]){f->subject, STR(" "), word.en}, 3);
    }
    return f->title.zh.data != NULL && f->title.en.data != NULL;
}

static policy_status take_fields(policy_band_sheet *s, const scores *from, policy_error **err)
{
    s->fields = arena_array(&s->memory, from->field_count, sizeof *s->fields);
    s->source = arena_text(&s->memory, from->sheet.name);
    if (s->fields == NULL || s->source.data == NULL) {
        return error_nomem(err);
    }
    s->field_count = from->field_count;
    for (size_t i = 0; i < s->field_count; i++) {
        sheet_field *f = &s->fields[i];
        f->subject = arena_text(&s->memory, from->fields[i].subject);
        f->stated = arena_text(&s->memory, from->fields[i].full);
        if (f->subject.data == NULL || !entitle(s, f)) {
            return error_nomem(err);
        }
    }
    static const message_id titles[SCORES_WHO_COUNT] = {
        [SCORES_SCHOOL] = MESSAGE_BANDS_SCHOOL,  [SCORES_GRADE] = MESSAGE_BANDS_GRADE,
        [SCORES_CLASS] = MESSAGE_BANDS_CLASS,    [SCORES_NUMBER] = MESSAGE_BANDS_NUMBER,
        [SCORES_NAME] = MESSAGE_BANDS_NAME,      [SCORES_EVENT] = MESSAGE_BANDS_EVENT,
        [SCORES_SUBJECT] = MESSAGE_BANDS_SUBJECT};
    for (int who = 0; who < SCORES_WHO_COUNT; who++) {
        s->shows[who] = from->who[who] >= 0 || from->from_title[who].size > 0;
        if (!bands_word_of(&s->memory, titles[who], &s->titles[who])) {
            return error_nomem(err);
        }
    }
    return s->memory.failed ? error_nomem(err) : POLICY_OK;
}

static bool copy_row(policy_band_sheet *s, const scores *from, sheet_row *row)
{
    row->number = from->sheet.rows;
    row->field_count = (uint32_t)s->field_count;
    row->bands = arena_array(&s->memory, s->field_count, sizeof *row->bands);
    row->texts = arena_array(&s->memory, s->field_count, sizeof *row->texts);
    if (row->bands == NULL || row->texts == NULL) {
        return false;
    }
    const sheet_row *last = s->row_count > 0 ? s->rows[s->row_count - 1] : NULL;
    for (int who = 0; who < SCORES_WHO_COUNT; who++) {
        str text = scores_who_is(from, (scores_who)who);
        /* Whole columns say the same school and class. */
        row->who[who] = last != NULL && str_equal(last->who[who], text) ? last->who[who] : arena_text(&s->memory, text);
    }
    for (size_t i = 0; i < s->field_count; i++) {
        row->texts[i] = arena_text(&s->memory, scores_text(from, i));
    }
    row->full = arena_text(&s->memory, scores_full(from));
    return !s->memory.failed;
}

static policy_status add_row(policy_band_sheet *s, const scores *from, policy_error **err)
{
    if (s->row_count == ROWS_MAX) {
        return error_set(err, &s->engine->options.allocator,
                         &(error_spec){.status = POLICY_E_LIMIT,
                                       .message = MESSAGE_LIMIT,
                                       .arguments = {s->source, STR("4194304")},
                                       .at = {.file = s->source}});
    }
    sheet_row *row = arena_new(&s->memory, sizeof *row);
    if (row == NULL || !copy_row(s, from, row) ||
        !allocator_grow(&s->engine->options.allocator, (void **)&s->rows, &s->row_capacity, s->row_count + 1,
                        sizeof(sheet_row *), ROWS_MAX + 1)) {
        return error_nomem(err);
    }
    s->rows[s->row_count++] = row;
    return POLICY_OK;
}

static policy_status refuse_conflict(policy_band_sheet *s, str subject, str stated, str given, policy_error **err)
{
    return error_set(err, &s->engine->options.allocator,
                     &(error_spec){.status = POLICY_E_DATA,
                                   .message = MESSAGE_BANDS_FULL_MARKS_CONFLICT,
                                   .arguments = {subject, stated, given},
                                   .at = {.file = s->source}});
}

/* Full marks as text: 120, 120分. */
static bool read_full(str text, decimal *out)
{
    char room[64];
    size_t size = reader_fold(text, room, sizeof room);
    str folded = {room, size <= sizeof room ? size : 0};
    if (str_ends(folded, STR("分"))) {
        folded.size -= strlen("分");
    }
    return decimal_read(folded, out) && !out->negative && out->count > 0;
}

/* A row 满分 says the full marks of the columns it fills. */
static policy_status take_full_marks(policy_band_sheet *s, const scores *from, policy_error **err)
{
    for (size_t i = 0; i < s->field_count; i++) {
        sheet_field *f = &s->fields[i];
        str text = scores_text(from, i);
        decimal here, before;
        if (text.size == 0) {
            continue;
        }
        if (!read_full(text, &here)) {
            policy_notice notice = {.kind = POLICY_NOTICE_UNREADABLE_CELL,
                                    .source = s->source,
                                    .row = from->sheet.rows,
                                    .column = from->fields[i].header,
                                    .text = text};
            if (!notices_add(&s->notices, &notice)) {
                return error_nomem(err);
            }
            continue;
        }
        if (f->stated.data != NULL && read_full(f->stated, &before) && decimal_compare(&here, &before) != 0) {
            return refuse_conflict(s, f->subject, f->stated, text, err);
        }
        f->stated = arena_text(&s->memory, text);
        if (f->stated.data == NULL) {
            return error_nomem(err);
        }
    }
    return POLICY_OK;
}

static policy_status read_rows(policy_band_sheet *s, scores *from, policy_progress progress, void *context,
                               policy_error **err)
{
    for (;;) {
        scores_row kind;
        policy_status status = scores_next(from, &kind, err);
        if (status != POLICY_OK || kind == SCORES_END) {
            return status;
        }
        status = kind == SCORES_STUDENT ? add_row(s, from, err) : take_full_marks(s, from, err);
        if (status != POLICY_OK) {
            return status;
        }
        if (progress != NULL && from->sheet.rows % PROGRESS_EVERY == 0 &&
            progress(context, from->sheet.rows, from->sheet.decoder.bytes) != 0) {
            return refuse(s, POLICY_E_CANCELLED, MESSAGE_BANDS_CANCELLED, s->source, err);
        }
    }
}

/* ---- cutting ---- */

typedef struct settled { /* full marks of one subject under one column */
    bool known;
    bool yields; /* given for all subjects: a row or cell that says its own wins */
    decimal full;
} settled;

/* What is given for a subject, or for all others. */
static const sheet_full *given_for(policy_band_sheet *s, str subject)
{
    sheet_full *given = find_full(s, subject);
    if (given != NULL) {
        given->used = true;
        return given;
    }
    return find_full(s, str_none);
}

static policy_status settle(policy_band_sheet *s, str subject, str stated, settled *out, policy_error **err)
{
    const sheet_full *given = given_for(s, subject);
    decimal full;
    *out = (settled){.known = false};
    if (stated.data != NULL && read_full(stated, &out->full)) {
        out->known = true;
        if (given != NULL && given->subject.data != NULL && bands_full_marks(given->full, &full) &&
            decimal_compare(&full, &out->full) != 0) {
            char room[NUMBER_TEXT];
            return refuse_conflict(s, subject, stated, (str){room, number_write_double(room, given->full)}, err);
        }
    } else if (given != NULL) {
        out->known = bands_full_marks(given->full, &out->full);
        out->yields = given->subject.data == NULL;
    }
    return POLICY_OK;
}

/* Why a cell has no band, as a notice. */
static policy_notice_kind notice_for(policy_band band)
{
    switch (band) {
    case POLICY_BAND_NEGATIVE:
    case POLICY_BAND_ABOVE_FULL:
        return POLICY_NOTICE_SCORE_RANGE;
    case POLICY_BAND_NO_FULL_MARKS:
        return POLICY_NOTICE_FULL_MARKS;
    default:
        return POLICY_NOTICE_UNREADABLE_CELL;
    }
}

static policy_status note(policy_band_sheet *s, const sheet_row *row, policy_notice_kind kind, str column, str text,
                          policy_error **err)
{
    policy_notice notice = {.kind = kind, .source = s->source, .row = row->number, .column = column, .text = text};
    s->unknown++;
    return notices_add(&s->notices, &notice) ? POLICY_OK : error_nomem(err);
}

static str shown_subject(const sheet_row *row, const sheet_field *f)
{
    return f->subject.size > 0                 ? f->subject
           : row->who[SCORES_SUBJECT].size > 0 ? row->who[SCORES_SUBJECT]
                                               : STR("成绩");
}

static policy_status cut_cell(policy_band_sheet *s, sheet_row *row, size_t i, const settled *subject,
                              policy_error **err)
{
    const sheet_field *f = &s->fields[i];
    const decimal *full = subject->known ? &subject->full : NULL;
    decimal own;
    if (row->full.size > 0) { /* the row says it */
        if (!read_full(row->full, &own) || (full != NULL && !subject->yields && decimal_compare(&own, full) != 0)) {
            row->bands[i] = POLICY_BAND_NO_FULL_MARKS;
            return note(s, row, POLICY_NOTICE_FULL_MARKS, shown_subject(row, f), row->full, err);
        }
        full = &own;
    } else if (subject->yields && str_contains(row->texts[i], STR("/"))) {
        full = NULL;
    }
    policy_band band = bands_of_cell(s->bands, row->texts[i], full);
    row->bands[i] = band;
    if (band >= POLICY_BAND_NONE) {
        return POLICY_OK;
    }
    if (band == POLICY_BAND_NO_FULL_MARKS && full == NULL && !str_contains(row->texts[i], STR("/"))) {
        return error_set(err, &s->engine->options.allocator,
                         &(error_spec){.status = POLICY_E_DATA,
                                       .message = MESSAGE_BANDS_FULL_MARKS_UNKNOWN,
                                       .arguments = {shown_subject(row, f)},
                                       .at = {.file = s->source}});
    }
    return note(s, row, notice_for(band), shown_subject(row, f), row->texts[i], err);
}

/* Of a wide sheet each column has its full marks. */
static policy_status cut_wide(policy_band_sheet *s, policy_error **err)
{
    policy_status status = POLICY_OK;
    for (size_t i = 0; i < s->field_count && status == POLICY_OK; i++) {
        settled full;
        status = settle(s, s->fields[i].subject, s->fields[i].stated, &full, err);
        for (size_t r = 0; r < s->row_count && status == POLICY_OK; r++) {
            status = cut_cell(s, s->rows[r], i, &full, err);
        }
    }
    return status;
}

/* Of a long sheet each subject. */
static policy_status cut_long(policy_band_sheet *s, policy_error **err)
{
    const policy_allocator *a = &s->engine->options.allocator;
    map numbers;
    settled *all = NULL;
    size_t count = 0, capacity = 0;
    policy_status status = POLICY_OK;
    map_init(&numbers, a);
    for (size_t r = 0; r < s->row_count && status == POLICY_OK; r++) {
        str subject = s->rows[r]->who[SCORES_SUBJECT];
        uint32_t at = map_get(&numbers, subject);
        if (at == MAP_NONE) {
            at = (uint32_t)count;
            if (!allocator_grow(a, (void **)&all, &capacity, (count + 1) * s->field_count, sizeof *all,
                                SIZE_MAX / 64) ||
                !map_put(&numbers, subject, at)) {
                status = error_nomem(err);
            }
            for (size_t i = 0; i < s->field_count && status == POLICY_OK; i++) {
                status = settle(s, subject, s->fields[i].stated, &all[at * s->field_count + i], err);
            }
            count++;
        }
        for (size_t i = 0; i < s->field_count && status == POLICY_OK; i++) {
            status = cut_cell(s, s->rows[r], i, &all[at * s->field_count + i], err);
        }
    }
    map_free(&numbers);
    allocator_free(a, all);
    return status;
}

static policy_status check_given(policy_band_sheet *s, policy_error **err)
{
    for (size_t i = 0; i < s->full_count; i++) {
        if (s->fulls[i].subject.data != NULL && !s->fulls[i].used) {
            str *names = arena_array(&s->memory, s->field_count, sizeof *names);
            if (names == NULL) {
                return error_nomem(err);
            }
            for (size_t f = 0; f < s->field_count; f++) {
                names[f] = s->fields[f].subject;
            }
            return error_set(err, &s->engine->options.allocator,
                             &(error_spec){.status = POLICY_E_DATA,
                                           .message = MESSAGE_BANDS_NO_SUBJECT,
                                           .arguments = {s->fulls[i].subject},
                                           .at = {.file = s->source},
                                           .nearest = str_nearest(s->fulls[i].subject, names, s->field_count)});
        }
    }
    return POLICY_OK;
}

/* ---- order ---- */

typedef struct token { /* a number, or one other character */
    bool is_number;
    str digits; /* without zeros in front */
    char room[NUMBER_TEXT];
    uint32_t character;
} token;

static void next_token(str text, size_t *at, token *out)
{
    size_t from = *at;
    while (*at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9') {
        ++*at;
    }
    if (*at > from) {
        while (from + 1 < *at && text.data[from] == '0') {
            from++;
        }
        *out = (token){.is_number = true, .digits = str_slice(text, from, *at)};
        return;
    }
    size_t end = from;
    uint32_t first = utf8_next(text, &end);
    if (chinese_is_numeral(first)) {
        size_t after = end;
        while (after < text.size) {
            size_t next = after;
            if (!chinese_is_numeral(utf8_next(text, &next))) {
                break;
            }
            after = next;
        }
        int64_t number;
        if (reader_chinese_number(str_slice(text, from, after), &number)) {
            *at = after;
            *out = (token){.is_number = true};
            out->digits = (str){out->room, number_write_int(out->room, number)};
            return;
        }
    }
    *at = end;
    *out = (token){.character = first};
}

int natural_compare(str a, str b)
{
    size_t i = 0, j = 0;
    while (i < a.size && j < b.size) {
        token x, y;
        next_token(a, &i, &x);
        next_token(b, &j, &y);
        if (x.is_number != y.is_number) {
            return x.is_number ? -1 : 1;
        }
        if (!x.is_number && x.character != y.character) {
            return x.character < y.character ? -1 : 1;
        }
        if (x.is_number && x.digits.size != y.digits.size) {
            return x.digits.size < y.digits.size ? -1 : 1;
        }
        int order = x.is_number ? memcmp(x.digits.data, y.digits.data, x.digits.size) : 0;
        if (order != 0) {
            return order;
        }
    }
    if (i < a.size || j < b.size) {
        return i < a.size ? 1 : -1;
    }
    return str_compare(a, b); /* 01 and 1 */
}

static int by_what_is_shown(const void *left, const void *right)
{
    const sheet_row *a = *(sheet_row *const *)left, *b = *(sheet_row *const *)right;
    for (int who = 0; who < SCORES_WHO_COUNT; who++) {
        int order = natural_compare(a->who[who], b->who[who]);
        if (order != 0) {
            return order;
        }
    }
    for (uint32_t i = 0; i < a->field_count; i++) {
        policy_band x = a->bands[i] < POLICY_BAND_NONE ? POLICY_BAND_UNREADABLE : a->bands[i];
        policy_band y = b->bands[i] < POLICY_BAND_NONE ? POLICY_BAND_UNREADABLE : b->bands[i];
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

/* ---- the whole ---- */

static policy_status finish(policy_band_sheet *s, policy_error **err)
{
    policy_status status = s->shows[SCORES_SUBJECT] ? cut_long(s, err) : cut_wide(s, err);
    if (status == POLICY_OK) {
        status = check_given(s, err);
    }
    if (status == POLICY_OK && s->row_count > 0) {
        qsort(s->rows, s->row_count, sizeof(sheet_row *), by_what_is_shown);
    }
    return status;
}

static policy_status read_source(policy_band_sheet *s, const table_source *source, policy_progress progress,
                                 void *context, policy_error **err)
{
    const policy_options *options = &s->engine->options;
    table_options limits = {.allocator = &options->allocator,
                            .cell_bytes = options_limit(options, POLICY_LIMIT_CELL_BYTES),
                            .columns = options_limit(options, POLICY_LIMIT_COLUMNS)};
    scores from;
    size_t count = 0;
    str *subjects = allocator_zero(&options->allocator, s->full_count + 1, sizeof *subjects);
    if (subjects == NULL) {
        return error_nomem(err);
    }
    for (size_t i = 0; i < s->full_count; i++) {
        if (s->fulls[i].subject.data != NULL) {
            subjects[count++] = s->fulls[i].subject;
        }
    }
    policy_status status = scores_open(&from, &limits, source, subjects, count, &s->notices, err);
    if (status == POLICY_OK) {
        status = take_fields(s, &from, err);
    }
    if (status == POLICY_OK) {
        status = read_rows(s, &from, progress, context, err);
    }
    if (status == POLICY_OK) {
        s->unknown = from.left_out;
    }
    scores_close(&from);
    allocator_free(&options->allocator, subjects);
    return status == POLICY_OK ? finish(s, err) : status;
}

static policy_status begin(policy_band_sheet *s, policy_error **err)
{
    if (s->begun) {
        return refuse(s, POLICY_E_STATE, MESSAGE_BANDS_READ_BEFORE, str_none, err);
    }
    s->begun = true;
    return POLICY_OK;
}

/* After a failure nothing is shown: half a sheet would look whole. */
static policy_status end(policy_band_sheet *s, policy_status status)
{
    s->done = status == POLICY_OK;
    if (!s->done) {
        s->row_count = 0;
        s->field_count = 0;
        s->unknown = 0;
        memset(s->shows, 0, sizeof s->shows);
    }
    return status;
}

policy_status policy_band_sheet_read(policy_band_sheet *door, const char *path, policy_progress progress, void *context,
                                     policy_error **err)
{
    if (door == NULL || path == NULL) {
        return refuse(door, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT, str_of(door ? "path" : "sheet"), err);
    }
    policy_status status = begin(door, err);
    if (status != POLICY_OK) {
        return status;
    }
    table_source source;
    status = table_source_open(&door->engine->options.allocator, path, &source, err);
    if (status == POLICY_OK) {
        status = read_source(door, &source, progress, context, err);
        source.close(source.context);
    }
    return end(door, status);
}

/* ---- a host's callback ---- */

typedef struct host_source {
    policy_read read;
    void *context;
} host_source;

static policy_status read_host(void *context, void *into, size_t room, size_t *got, const char **reason)
{
    const host_source *host = context;
    (void)reason;
    *got = 0;
    policy_status status = host->read(host->context, into, room, got);
    if (status == POLICY_OK && *got > room) { /* it says it wrote past the end: nothing of it can be trusted */
        *got = 0;
        return POLICY_E_ARGUMENT;
    }
    return status;
}

policy_status policy_band_sheet_read_callback(policy_band_sheet *door, const char *name, policy_read read,
                                              void *read_context, policy_progress progress, void *context,
                                              policy_error **err)
{
    if (door == NULL || name == NULL || read == NULL) {
        return refuse(door, POLICY_E_ARGUMENT, MESSAGE_NULL_ARGUMENT,
                      str_of(door == NULL   ? "sheet"
                             : name == NULL ? "name"
                                            : "read"),
                      err);
    }
    policy_status status = begin(door, err);
    if (status != POLICY_OK) {
        return status;
    }
    host_source host = {read, read_context};
    table_source source = {.name = name, .read = read_host, .context = &host};
    return end(door, read_source(door, &source, progress, context, err));
}

/* ---- what is shown ---- */

static size_t who_count(const policy_band_sheet *s)
{
    size_t count = 0;
    for (int who = 0; who < SCORES_WHO_COUNT; who++) {
        count += s->shows[who];
    }
    return count;
}

/* Which of the columns in front; SCORES_WHO_COUNT for one of bands, whose place is then in *field. */
static scores_who column_who(const policy_band_sheet *s, size_t column, size_t *field)
{
    for (int who = 0; who < SCORES_WHO_COUNT; who++) {
        if (s->shows[who] && column-- == 0) {
            return (scores_who)who;
        }
    }
    *field = column;
    return SCORES_WHO_COUNT;
}

size_t policy_band_sheet_column_count(const policy_band_sheet *door)
{
    return door ? who_count(door) + door->field_count : 0;
}

const char *policy_band_sheet_column_title(const policy_band_sheet *door, size_t column, policy_language language)
{
    size_t field = 0;
    if (door == NULL || column >= policy_band_sheet_column_count(door)) {
        return NULL;
    }
    scores_who who = column_who(door, column, &field);
    const bands_word *title = who < SCORES_WHO_COUNT ? &door->titles[who] : &door->fields[field].title;
    return language == POLICY_LANGUAGE_EN ? title->en.data : title->zh.data;
}

size_t policy_band_sheet_row_count(const policy_band_sheet *door)
{
    return door ? door->row_count : 0;
}

const char *policy_band_sheet_cell(const policy_band_sheet *door, size_t row, size_t column, policy_language language)
{
    size_t field = 0;
    if (door == NULL || row >= door->row_count || column >= policy_band_sheet_column_count(door)) {
        return NULL;
    }
    const sheet_row *r = door->rows[row];
    scores_who who = column_who(door, column, &field);
    return who < SCORES_WHO_COUNT ? r->who[who].data : policy_bands_text(door->bands, r->bands[field], language);
}

uint64_t policy_band_sheet_unknown_count(const policy_band_sheet *door)
{
    return door ? door->unknown : 0;
}

size_t policy_band_sheet_notice_count(const policy_band_sheet *door)
{
    return door ? door->notices.count : 0;
}

const policy_notice *policy_band_sheet_notice(const policy_band_sheet *door, size_t i)
{
    return door && i < door->notices.count ? door->notices.items[i] : NULL;
}
