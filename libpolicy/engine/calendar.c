/*
 * The school calendar; see calendar.h.
 *
 * One byte a day over the stretch it knows (a decade is 3,650 bytes), with running totals of teaching days, so that
 * counting them between two dates is one subtraction.
 */
#include "engine/calendar.h"

#include "base/civil.h"
#include "base/number.h"

enum { DAY_WORK = 1, DAY_TEACHING = 2 };

struct calendar {
    const policy_allocator *allocator;
    arena memory;
    calendar_term *terms; /* sorted by start */
    uint32_t term_count;
    size_t term_capacity;
    int32_t first, last; /* last < first: knows no day */
    uint8_t *days;       /* of first ... last */
    uint32_t *totals;    /* teaching days before each day; last - first + 2 entries */
    calendar_day *rows;  /* of a table, until calendar_finish */
    str *row_terms;
    size_t row_count, row_capacity, row_term_capacity;
};

static bool weekday_is_work(int32_t day)
{
    return civil_weekday(day) <= 5;
}

static bool measure_totals(calendar *c)
{
    size_t count = (size_t)(c->last - c->first) + 1;
    allocator_free(c->allocator, c->totals);
    c->totals = allocator_zero(c->allocator, count + 1, sizeof *c->totals);
    if (!c->totals)
        return false;
    for (size_t i = 0; i < count; i++)
        c->totals[i + 1] = c->totals[i] + (c->days[i] & DAY_TEACHING ? 1 : 0);
    return true;
}

static void sort_terms(calendar *c)
{
    for (uint32_t i = 1; i < c->term_count; i++)
        for (uint32_t k = i; k > 0 && c->terms[k - 1].start > c->terms[k].start; k--) {
            calendar_term swap = c->terms[k];
            c->terms[k] = c->terms[k - 1];
            c->terms[k - 1] = swap;
        }
}

static bool spread(calendar *c, const pack_calendar *source)
{
    int32_t first = INT32_MAX, last = INT32_MIN;
    for (uint32_t i = 0; i < source->term_count; i++) {
        first = source->terms[i].start < first ? source->terms[i].start : first;
        last = source->terms[i].end > last ? source->terms[i].end : last;
    }
    for (uint32_t i = 0; i < source->day_count; i++) {
        first = source->days[i].from < first ? source->days[i].from : first;
        last = source->days[i].until > last ? source->days[i].until : last;
    }
    if (first > last || last - first > CALENDAR_DAYS_MAX)
        return first > last;
    c->first = first;
    c->last = last;
    c->days = allocator_zero(c->allocator, (size_t)(last - first) + 1, 1);
    if (!c->days)
        return false;
    for (int32_t day = first; day <= last; day++)
        c->days[day - first] = weekday_is_work(day) ? DAY_WORK : 0;
    for (uint32_t i = 0; i < source->day_count; i++)
        for (int32_t day = source->days[i].from; day <= source->days[i].until; day++)
            c->days[day - first] = source->days[i].teaching ? DAY_WORK : 0;
    for (uint32_t i = 0; i < source->term_count; i++)
        for (int32_t day = source->terms[i].start; day <= source->terms[i].end; day++)
            if (c->days[day - first] & DAY_WORK)
                c->days[day - first] |= DAY_TEACHING;
    return measure_totals(c);
}

calendar *calendar_new(const policy_allocator *a, const pack_calendar *source)
{
    calendar *c = allocator_zero(a, 1, sizeof *c);
    if (!c)
        return NULL;
    c->allocator = a;
    c->last = -1;
    arena_init(&c->memory, a, 0);
    if (!source || !source->present)
        return c;
    bool fine = allocator_grow(a, (void **)&c->terms, &c->term_capacity, source->term_count, sizeof *c->terms,
                               CALENDAR_DAYS_MAX);
    if (fine) {
        for (uint32_t i = 0; i < source->term_count; i++) {
            c->terms[i] = source->terms[i];
            c->terms[i].name = arena_text(&c->memory, source->terms[i].name);
            fine = fine && c->terms[i].name.data;
        }
        c->term_count = source->term_count;
        sort_terms(c);
        fine = fine && spread(c, source);
    }
    if (!fine) {
        calendar_free(c);
        return NULL;
    }
    return c;
}

void calendar_free(calendar *c)
{
    if (!c)
        return;
    allocator_free(c->allocator, c->terms);
    allocator_free(c->allocator, c->days);
    allocator_free(c->allocator, c->totals);
    allocator_free(c->allocator, c->rows);
    allocator_free(c->allocator, c->row_terms);
    arena_free(&c->memory);
    allocator_free(c->allocator, c);
}

bool calendar_add_day(calendar *c, int32_t day, str term, bool teaching)
{
    if (!allocator_grow(c->allocator, (void **)&c->rows, &c->row_capacity, c->row_count + 1, sizeof *c->rows,
                        SIZE_MAX) ||
        !allocator_grow(c->allocator, (void **)&c->row_terms, &c->row_term_capacity, c->row_count + 1,
                        sizeof *c->row_terms, SIZE_MAX))
        return false;
    str name = str_none;
    if (term.data) {
        name = arena_text(&c->memory, term);
        if (!name.data)
            return false;
    }
    c->rows[c->row_count] = (calendar_day){.from = day, .until = day, .teaching = teaching};
    c->row_terms[c->row_count++] = name;
    return true;
}

/* Widen the known stretch to hold first ... last; new days are plain weekdays outside any term. */
static bool widen(calendar *c, int32_t first, int32_t last)
{
    bool empty = c->last < c->first;
    int32_t new_first = empty || first < c->first ? first : c->first;
    int32_t new_last = empty || last > c->last ? last : c->last;
    if ((int64_t)new_last - new_first > CALENDAR_DAYS_MAX)
        return false;
    uint8_t *days = allocator_zero(c->allocator, (size_t)(new_last - new_first) + 1, 1);
    if (!days)
        return false;
    for (int32_t day = new_first; day <= new_last; day++)
        days[day - new_first] = !empty && day >= c->first && day <= c->last ? c->days[day - c->first]
                                                                            : (weekday_is_work(day) ? DAY_WORK : 0);
    allocator_free(c->allocator, c->days);
    c->days = days;
    c->first = new_first;
    c->last = new_last;
    return true;
}

/* Note that a day belongs to a term: a known term is widened, an unknown one begins. */
static bool extend_term(calendar *c, str name, int32_t day)
{
    for (uint32_t i = 0; i < c->term_count; i++)
        if (str_equal(c->terms[i].name, name)) {
            c->terms[i].start = day < c->terms[i].start ? day : c->terms[i].start;
            c->terms[i].end = day > c->terms[i].end ? day : c->terms[i].end;
            return true;
        }
    if (!allocator_grow(c->allocator, (void **)&c->terms, &c->term_capacity, c->term_count + 1, sizeof *c->terms,
                        CALENDAR_DAYS_MAX))
        return false;
    c->terms[c->term_count++] = (calendar_term){.name = name, .start = day, .end = day};
    return true;
}

bool calendar_finish(calendar *c)
{
    if (c->row_count == 0)
        return true;
    int32_t first = INT32_MAX, last = INT32_MIN;
    for (size_t i = 0; i < c->row_count; i++) {
        first = c->rows[i].from < first ? c->rows[i].from : first;
        last = c->rows[i].from > last ? c->rows[i].from : last;
    }
    if (!widen(c, first, last))
        return false;
    for (size_t i = 0; i < c->row_count; i++) {
        int32_t day = c->rows[i].from;
        c->days[day - c->first] = c->rows[i].teaching ? DAY_WORK | DAY_TEACHING : 0;
        if (c->row_terms[i].data && !extend_term(c, c->row_terms[i], day))
            return false;
    }
    c->row_count = 0;
    sort_terms(c);
    return measure_totals(c);
}

bool calendar_span(const calendar *c, int32_t *first, int32_t *last)
{
    *first = c->first;
    *last = c->last;
    return c->last >= c->first;
}

static calendar_answer day_is(const calendar *c, int32_t day, uint8_t bit)
{
    if (day < c->first || day > c->last)
        return CALENDAR_UNKNOWN;
    return c->days[day - c->first] & bit ? CALENDAR_YES : CALENDAR_NO;
}

calendar_answer calendar_workday(const calendar *c, int32_t day)
{
    return day_is(c, day, DAY_WORK);
}

calendar_answer calendar_teaching_day(const calendar *c, int32_t day)
{
    return day_is(c, day, DAY_TEACHING);
}

int64_t calendar_teaching_days(const calendar *c, int32_t from, int32_t until)
{
    if (until <= from)
        return 0;
    if (from < c->first || until - 1 > c->last)
        return -1;
    return (int64_t)c->totals[until - c->first] - c->totals[from - c->first];
}

const calendar_term *calendar_term_of(const calendar *c, int32_t day)
{
    for (uint32_t i = 0; i < c->term_count; i++)
        if (c->terms[i].start <= day && day <= c->terms[i].end)
            return &c->terms[i];
    return NULL;
}

const calendar_term *calendar_find_term(const calendar *c, str name)
{
    for (uint32_t i = 0; i < c->term_count; i++)
        if (str_equal(c->terms[i].name, name))
            return &c->terms[i];
    return NULL;
}

const calendar_term *calendar_terms(const calendar *c, uint32_t *count)
{
    *count = c->term_count;
    return c->terms;
}

int32_t calendar_monday(int32_t day)
{
    return day - (civil_weekday(day) - 1);
}

int32_t calendar_school_year(const calendar *c, int32_t day)
{
    const calendar_term *term = calendar_term_of(c, day);
    int64_t named;
    if (term && term->name.size >= 4 && number_read_int(str_slice(term->name, 0, 4), &named))
        return (int32_t)named;
    int year, month, date;
    civil_split(day, &year, &month, &date);
    return month >= 9 ? year : year - 1;
}

size_t calendar_school_year_name(int32_t start_year, char out[16])
{
    char number[NUMBER_TEXT];
    size_t size = 0;
    for (int part = 0; part < 2; part++) {
        size_t n = number_write_int(number, (int64_t)start_year + part);
        if (n > 6)
            n = 6;
        memcpy(out + size, number, n);
        size += n;
        if (part == 0)
            out[size++] = '-';
    }
    out[size] = '\0';
    return size;
}
