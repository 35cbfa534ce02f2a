/*
 * The profiler: looks at a whole score table, wide (a column a subject) or long (a row a subject), and says what it shows.
 *
 *   scores_shown      a number in a column of scores or subjects, or "95分" in a comment. Unknown when only a column whose
 *                     header says nothing holds numbers that could be scores.
 *   ranks_shown       a column named for ranks holds something; or any other column of whole numbers, whatever its name,
 *                     numbers the scores in their order; or a title lists the best. Unknown for a serial number in a
 *                     sheet too short to tell.
 *   ordered_by_score  rows stand in the order of the total or of one subject, while the students' numbers do not stand in
 *                     theirs. Unknown for a sheet too short to tell.
 *   bands_shown, band_count   bands in columns of bands, scores or subjects; counted within one kind of scheme.
 *
 * 序号 that counts the rows 1, 2, 3 ... is a serial number and no rank, for it says nothing that the order of rows does not
 * say. It becomes one when the rows themselves stand in the order of scores: then "3" in front of a child is its place.
 * 序号 in any other order is held against the scores like every column. A rank column without a value shows no rank.
 * 缺考, 免考, -, / are statuses: neither a score nor a band. Rows of averages and notes below the data are left out.
 * Cells that could not be told stay absent, so what needs them is unknown.
 */
#include "table/profile.h"

#include "table/profile_internal.h"

#include <math.h>

#define CELLS_MAX ((size_t)8 << 20) /* numbers kept for the tests of order: 64 MiB */
#define BANDS_MAX 64

typedef struct score_column {
    column_role role;
    bool is_total;
    size_t numbers, bands, texts, small_wholes, whole_numbers; /* cells of each kind */
    bool counts_rows;                                          /* 1, 2, 3 ... down the sheet */
    int attribute;                                             /* field of the record it says, -1 */
    str constant;                                              /* its one value, while it has only one */
    bool varies;
} score_column;

typedef struct profiler {
    sheet *s;
    const schema_type *type;
    record *out;
    arena *memory;
    score_column *columns;
    size_t column_count;
    double *numbers; /* row by row, NaN where there is none */
    size_t rows, number_capacity;
    uint32_t *groups; /* rows of one class and subject that stand together have one number */
    size_t group_capacity;
    str last_class, last_subject;
    uint32_t group;
    int class_column, subject_column;
    str bands[BANDS_MAX];
    size_t band_count;
    int *band_points; /* per row: sum of band places, -1 without */
    size_t point_capacity;
    bool score_in_comment, rank_in_comment;
} profiler;

static size_t score_header(void *context, const str *cells, size_t count)
{
    (void)context;
    size_t known = 0;
    bool total;
    for (size_t i = 0; i < count; i++)
        known += column_role_of(cells[i], &total) != ROLE_UNKNOWN;
    return known;
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static policy_status prepare(profiler *p, policy_error **err)
{
    sheet *s = p->s;
    p->column_count = s->column_count;
    p->columns = arena_array(p->memory, p->column_count ? p->column_count : 1, sizeof *p->columns);
    if (!p->columns)
        return error_nomem(err);
    p->class_column = p->subject_column = -1;
    for (size_t i = 0; i < p->column_count; i++) {
        score_column *c = &p->columns[i];
        str unit;
        c->role = column_role_of(s->header[i], &c->is_total);
        c->counts_rows = true;
        c->attribute = -1;
        if (c->role == ROLE_SUBJECT)
            p->subject_column = (int)i;
        if (c->role != ROLE_ATTRIBUTE && c->role != ROLE_UNKNOWN)
            continue;
        int field = schema_match_header(p->type, s->header[i], &unit);
        if (field < 0 && c->role == ROLE_ATTRIBUTE && str_starts(s->header[i], STR("考试")))
            field = schema_find_field(p->type, STR("event"));
        c->attribute = field;
        if (field >= 0)
            c->role = ROLE_ATTRIBUTE;
        if (field >= 0 && str_equal(p->type->fields[field].name, STR("class")))
            p->class_column = (int)i;
    }
    return POLICY_OK;
}

static bool add_band(profiler *p, str band)
{
    for (size_t i = 0; i < p->band_count; i++)
        if (str_equal(p->bands[i], band))
            return true;
    if (p->band_count == BANDS_MAX)
        return true; /* far past any limit a rule could set */
    str copy = arena_text(p->memory, band);
    p->bands[p->band_count] = copy;
    p->band_count += copy.data != NULL;
    return copy.data != NULL;
}

static bool grow_row(profiler *p, policy_status *status, policy_error **err)
{
    const policy_allocator *a = p->s->allocator;
    if ((p->rows + 1) * p->column_count > CELLS_MAX) {
        *status = error_set(err, a,
                            &(error_spec){.status = POLICY_E_LIMIT,
                                          .message = MESSAGE_LIMIT,
                                          .arguments = {p->s->name, STR("8388608")},
                                          .at = {.file = p->s->name}});
        return false;
    }
    if (!allocator_grow(a, (void **)&p->numbers, &p->number_capacity, (p->rows + 1) * p->column_count,
                        sizeof *p->numbers, SIZE_MAX / 16) ||
        !allocator_grow(a, (void **)&p->groups, &p->group_capacity, p->rows + 1, sizeof *p->groups, SIZE_MAX / 16) ||
        !allocator_grow(a, (void **)&p->band_points, &p->point_capacity, p->rows + 1, sizeof *p->band_points,
                        SIZE_MAX / 16)) {
        *status = error_nomem(err);
        return false;
    }
    return true;
}

/* One cell into its column's counts; false when out of memory. */
static bool count_cell(profiler *p, score_column *c, str text, double *number, int *points)
{
    char room[32];
    str band;
    *number = NAN;
    score_cell kind = score_cell_of(text, number, room, &band);
    if (kind != SCORE_NUMBER)
        *number = NAN;
    bool takes_bands = c->role == ROLE_BAND || c->role == ROLE_SCORE;
    switch (kind) {
    case SCORE_NUMBER:
        c->numbers++;
        c->whole_numbers += *number == floor(*number);
        c->small_wholes += *number == floor(*number) && *number >= 0 && *number <= 9;
        break;
    case SCORE_BAND:
        c->bands++;
        if (takes_bands && band_place(band) >= 0)
            *points = (*points < 0 ? 0 : *points) + band_place(band);
        return !takes_bands || add_band(p, band);
    case SCORE_TEXT:
        /* 优+, ★★★: a scheme of the school's own, where a band is expected */
        if (c->role == ROLE_BAND && band.size && utf8_count(band) <= 4) {
            c->bands++;
            return add_band(p, band);
        }
        c->texts++;
        break;
    default:
        break;
    }
    return true;
}

static bool count_attribute(profiler *p, score_column *c, str text)
{
    text = str_trim(text);
    if (c->varies || text.size == 0)
        return true;
    if (!c->constant.data) {
        c->constant = arena_text(p->memory, text);
        return c->constant.data != NULL;
    }
    c->varies = !str_equal(c->constant, text);
    return true;
}

/* Does a column that groups rows change its value here? False when out of memory. */
static bool follow(profiler *p, int i, str *last, bool *changed)
{
    if (i < 0 || (size_t)i >= p->s->csv.count)
        return true;
    str text = str_trim(p->s->csv.cells[i]);
    if (last->data && str_equal(text, *last))
        return true;
    *changed = true;
    *last = arena_text(p->memory, text);
    return last->data != NULL;
}

static policy_status count_row(profiler *p, policy_error **err)
{
    sheet *s = p->s;
    policy_status status = POLICY_OK;
    if (!grow_row(p, &status, err))
        return status;
    double *numbers = p->numbers + p->rows * p->column_count;
    int points = -1;
    bool fine = true;
    for (size_t i = 0; i < p->column_count; i++) {
        score_column *c = &p->columns[i];
        str text = i < s->csv.count ? s->csv.cells[i] : str_none;
        fine &= count_cell(p, c, text, &numbers[i], &points);
        if (c->attribute >= 0)
            fine &= count_attribute(p, c, text);
        if (c->role == ROLE_COMMENT || c->role == ROLE_UNKNOWN) {
            p->score_in_comment |= comment_has_score(text);
            p->rank_in_comment |= comment_has_rank(text);
        }
        if (c->counts_rows && !(numbers[i] == (double)(p->rows + 1)))
            c->counts_rows = false;
    }
    bool changed = false;
    fine &= follow(p, p->class_column, &p->last_class, &changed);
    fine &= follow(p, p->subject_column, &p->last_subject, &changed);
    p->group += changed;
    p->groups[p->rows] = p->group;
    p->band_points[p->rows] = points;
    p->rows++;
    return fine ? POLICY_OK : error_nomem(err);
}

static policy_status read_rows(profiler *p, policy_error **err)
{
    sheet *s = p->s;
    for (;;) {
        bool more;
        policy_status status = sheet_next(s, &more, err);
        if (status != POLICY_OK || !more)
            return status;
        const str *cells = s->csv.cells;
        size_t count = s->csv.count, first = 0;
        while (first < count && str_trim(cells[first]).size == 0)
            first++;
        if (first == count)
            continue; /* a blank row shows nothing */
        if (is_summary_word(str_trim(cells[first]))) {
            status = sheet_notice(s, POLICY_NOTICE_SKIPPED_ROW, s->rows, str_none, str_trim(cells[first]), err);
        } else {
            status = count_row(p, err);
        }
        if (status != POLICY_OK)
            return status;
    }
}

/* --- judging ---------------------------------------------------------------------------------------------------------- */

/* A column of bands written as digits: 1 to 5 under 等级. */
static bool is_digit_band(const score_column *c)
{
    return c->role == ROLE_BAND && c->numbers && c->small_wholes == c->numbers;
}

static bool is_score(const score_column *c)
{
    return (c->role == ROLE_SCORE || (c->role == ROLE_BAND && !is_digit_band(c))) && c->numbers > 0;
}

/* Numbers under a header that says nothing: a score, or a seat, a weight, a number of days. */
static bool may_be_score(const score_column *c)
{
    return c->role == ROLE_UNKNOWN && !c->counts_rows && c->numbers >= 3 && c->numbers > c->texts;
}

/* Per row the total, else the sum of all scores; NaN where a score is missing. Without numbers: bands, best highest. */
static double *reference_scores(profiler *p, bool *any)
{
    double *scores = arena_array(p->memory, p->rows ? p->rows : 1, sizeof *scores);
    if (!scores)
        return NULL;
    size_t total = p->column_count;
    bool has_scores = false;
    for (size_t i = p->column_count; i-- > 0;) {
        has_scores |= is_score(&p->columns[i]);
        if (is_score(&p->columns[i]) && p->columns[i].is_total)
            total = i;
    }
    *any = has_scores;
    for (size_t row = 0; row < p->rows; row++) {
        const double *numbers = p->numbers + row * p->column_count;
        scores[row] = 0;
        if (!has_scores) {
            scores[row] = p->band_points[row] < 0 ? (double)NAN : (double)-p->band_points[row];
            *any |= p->band_points[row] >= 0;
        } else if (total < p->column_count) {
            scores[row] = numbers[total];
        } else {
            bool found = false;
            for (size_t i = 0; i < p->column_count; i++) {
                if (!is_score(&p->columns[i]) || isnan(numbers[i]))
                    continue;
                scores[row] += numbers[i];
                found = true;
            }
            if (!found)
                scores[row] = NAN;
        }
    }
    return scores;
}

/* Rows from ... until - 1 of column i as pairs with their scores. */
static size_t pair_up(const profiler *p, size_t i, const double *scores, size_t from, size_t until, ordered_pair *pairs)
{
    size_t count = 0;
    for (size_t row = from; row < until; row++) {
        double number = p->numbers[row * p->column_count + i];
        if (!isnan(number) && !isnan(scores[row]))
            pairs[count++] = (ordered_pair){scores[row], number};
    }
    return count;
}

/* Column i, in which a rank may hide, against the scores: over the whole sheet, or in each class and subject. */
static bool column_ranks(const profiler *p, size_t i, const double *scores, ordered_pair *pairs)
{
    if (values_rank_scores(pairs, pair_up(p, i, scores, 0, p->rows, pairs)))
        return true;
    if (p->group < 2)
        return false;
    bool any = false;
    for (size_t from = 0, until; from < p->rows; from = until) {
        for (until = from; until < p->rows && p->groups[until] == p->groups[from];)
            until++;
        size_t count = pair_up(p, i, scores, from, until, pairs);
        if (count < 3)
            continue;
        if (!values_rank_scores(pairs, count))
            return false;
        any |= count >= 5;
    }
    return any;
}

static bool any_column_sorted(const profiler *p, column_role role, double *numbers)
{
    for (size_t i = 0; i < p->column_count; i++) {
        if (p->columns[i].role != role || p->columns[i].numbers < 3)
            continue;
        for (size_t row = 0; row < p->rows; row++)
            numbers[row] = p->numbers[row * p->column_count + i];
        if (numbers_sorted(numbers, p->rows))
            return true;
    }
    return false;
}

/* Rows sorted by one band say no more than the band does; sorted by the bands of several subjects they say who is best. */
static row_order order_by_bands(const profiler *p, const double *scores, const uint32_t *groups)
{
    size_t columns = 0;
    for (size_t i = 0; i < p->column_count; i++)
        columns += p->columns[i].bands > 0;
    if (columns < 2)
        return ORDER_NO;
    return rows_ordered(scores, groups, p->rows, false) == ORDER_YES ? ORDER_YES : ORDER_NO;
}

static row_order order_of_rows(const profiler *p, const double *scores, double *numbers)
{
    const uint32_t *groups = p->group > 1 ? p->groups : NULL;
    bool has_scores = false;
    if (any_column_sorted(p, ROLE_NUMBER, numbers))
        return ORDER_NO; /* rows stand in the order of students' numbers */
    for (size_t i = 0; i < p->column_count; i++)
        has_scores |= is_score(&p->columns[i]);
    if (!has_scores)
        return order_by_bands(p, scores, groups);
    row_order order = rows_ordered(scores, groups, p->rows, true);
    for (size_t i = 0; i < p->column_count && order != ORDER_YES; i++) {
        if (!is_score(&p->columns[i]))
            continue;
        for (size_t row = 0; row < p->rows; row++)
            numbers[row] = p->numbers[row * p->column_count + i];
        if (rows_ordered(numbers, groups, p->rows, p->columns[i].is_total) == ORDER_YES)
            order = ORDER_YES;
    }
    return order;
}

static void say(profiler *p, const char *name, value v)
{
    int field = schema_find_field(p->type, str_of(name));
    if (field >= 0)
        p->out->cells[field] = (cell){.kind = CELL_VALUE, .v = v};
}

static void say_text(profiler *p, const char *name, str text)
{
    int field = schema_find_field(p->type, str_of(name));
    if (field >= 0 && text.size)
        p->out->cells[field] = (cell){.kind = CELL_TEXT, .text = text};
}

static int64_t count_bands(const profiler *p)
{
    int64_t families[4] = {0};
    int64_t most = 0;
    for (size_t i = 0; i < p->band_count; i++)
        families[band_family(p->bands[i])]++;
    for (size_t i = 0; i < p->column_count; i++) {
        if (!is_digit_band(&p->columns[i]))
            continue;
        bool seen[10] = {false};
        int64_t distinct = 0;
        for (size_t row = 0; row < p->rows; row++) {
            double number = p->numbers[row * p->column_count + i];
            if (!isnan(number) && !seen[(int)number]) {
                seen[(int)number] = true;
                distinct++;
            }
        }
        families[3] = distinct > families[3] ? distinct : families[3];
    }
    for (int i = 0; i < 4; i++)
        most = families[i] > most ? families[i] : most;
    return most;
}

static bool column_shows_ranks(profiler *p, size_t i, const double *scores, bool has_reference, row_order order,
                               ordered_pair *pairs)
{
    const score_column *c = &p->columns[i];
    if (c->role == ROLE_RANK)
        return c->numbers + c->bands + c->texts > 0;
    if (c->role == ROLE_SCORE || c->role == ROLE_ATTRIBUTE || c->role == ROLE_BAND)
        return false;
    if (c->counts_rows)
        return order == ORDER_YES && (c->role == ROLE_SERIAL || c->role == ROLE_UNKNOWN);
    return has_reference && c->numbers >= 3 && c->whole_numbers == c->numbers && column_ranks(p, i, scores, pairs);
}

static policy_status judge(profiler *p, policy_error **err)
{
    bool has_reference = false, scores_shown = p->score_in_comment, suspected = false, ranks_shown = p->rank_in_comment;
    bool maybe_rank = false; /* a serial number in a sheet too short to tell its order */
    double *scores = reference_scores(p, &has_reference);
    double *numbers = arena_array(p->memory, p->rows ? p->rows : 1, sizeof *numbers);
    ordered_pair *pairs = arena_array(p->memory, p->rows ? p->rows : 1, sizeof *pairs);
    if (!scores || !numbers || !pairs)
        return error_nomem(err);
    row_order order = has_reference ? order_of_rows(p, scores, numbers) : ORDER_NO;
    policy_status status = POLICY_OK;
    for (size_t i = 0; i < p->column_count && status == POLICY_OK; i++) {
        const score_column *c = &p->columns[i];
        bool ranks = column_shows_ranks(p, i, scores, has_reference, order, pairs);
        ranks_shown |= ranks;
        scores_shown |= is_score(c);
        suspected |= may_be_score(c) && !ranks;
        maybe_rank |= c->counts_rows && order == ORDER_TOO_FEW && (c->role == ROLE_SERIAL || c->role == ROLE_UNKNOWN);
        if (c->role == ROLE_UNKNOWN && p->s->header[i].size)
            status = sheet_notice(p->s, POLICY_NOTICE_UNKNOWN_COLUMN, 0, p->s->header[i], str_none, err);
    }
    int64_t bands = count_bands(p);
    if (scores_shown || !suspected)
        say(p, "scores_shown", value_bool(scores_shown));
    if (ranks_shown || !maybe_rank)
        say(p, "ranks_shown", value_bool(ranks_shown));
    say(p, "bands_shown", value_bool(bands > 0));
    say(p, "band_count", value_int(bands));
    if (order != ORDER_TOO_FEW)
        say(p, "ordered_by_score", value_bool(order == ORDER_YES));
    return status;
}

/* The name of the file without folder and ending. */
static str base_name(str path)
{
    size_t from = 0, until = path.size;
    for (size_t i = 0; i < path.size; i++)
        if (path.data[i] == '/' || path.data[i] == '\\')
            from = i + 1;
    for (size_t i = until; i-- > from + 1;) {
        if (path.data[i] == '.') {
            until = i;
            break;
        }
    }
    return str_slice(path, from, until);
}

/* What the sheet is about: a column with one value, else the titles, else the file's name. */
static policy_status identify(profiler *p, policy_error **err)
{
    sheet *s = p->s;
    str sources[SHEET_HEADER_ROWS + 1];
    size_t count = 0;
    for (size_t i = 0; i < s->title_count; i++)
        sources[count++] = s->titles[i];
    str file = base_name(s->name);
    if (utf8_valid(file, NULL))
        sources[count++] = file;
    bool names_best = false;
    for (size_t i = count; i-- > 0;) { /* the first title has the last word */
        title_parts parts;
        title_read(sources[i], p->memory, &parts);
        if (parts.failed)
            return error_nomem(err);
        say_text(p, "school", parts.school);
        say_text(p, "grade", parts.grade);
        say_text(p, "class", parts.class);
        say_text(p, "event", parts.event);
        say_text(p, "audience", parts.audience);
        say_text(p, "date", parts.date);
        names_best |= parts.names_best;
    }
    if (names_best)
        say(p, "ranks_shown", value_bool(true));
    say_text(p, "sheet", s->title_count ? s->titles[0] : file);
    for (size_t i = 0; i < p->column_count; i++) {
        const score_column *c = &p->columns[i];
        if (c->attribute < 0)
            continue;
        cell *to = &p->out->cells[c->attribute];
        if (c->varies) /* a sheet of several classes is of none */
            *to = (cell){.kind = CELL_EMPTY};
        else if (c->constant.data)
            *to = (cell){.kind = CELL_TEXT, .text = c->constant};
    }
    return POLICY_OK;
}

policy_status profile_read(sheet *s, const schema_type *score_sheet, record *out, policy_error **err)
{
    profiler p = {.s = s, .type = score_sheet, .out = out, .memory = &s->memory};
    policy_status status = sheet_find_header(s, score_header, NULL, err);
    if (status == POLICY_OK)
        status = prepare(&p, err);
    if (status == POLICY_OK)
        status = read_rows(&p, err);
    if (status == POLICY_OK)
        status = judge(&p, err);
    if (status == POLICY_OK)
        status = identify(&p, err);
    allocator_free(s->allocator, p.numbers);
    allocator_free(s->allocator, p.groups);
    allocator_free(s->allocator, p.band_points);
    return status;
}
