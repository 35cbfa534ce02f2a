/*
 * The calendar in expressions: week, term, school_year, teaching_days, workday and the lists for `each`.
 *
 * What the calendar does not know is unknown, blamed on the source "calendar". A week is named by its Monday, a term and
 * a school year by their names.
 */
#include "engine/run.h"

#include "expr/functions.h"

bool run_days(const run *r, int32_t *from, int32_t *until)
{
    if (r == NULL) {
        return false;
    }
    if (r->has_period) {
        *from = r->from;
        *until = r->until;
    } else if (r->calendar == NULL || !calendar_span(r->calendar, from, until)) {
        return false;
    }
    if (r->in_force != NULL) {
        if (r->in_force->has_from && r->in_force->from > *from) {
            *from = r->in_force->from;
        }
        if (r->in_force->has_until && r->in_force->until < *until) {
            *until = r->in_force->until;
        }
    }
    return true;
}

static uint64_t blame(const void *context)
{
    int source = *(const int *)context;
    return source < 0 ? 0 : UINT64_C(1) << source;
}

static const run *run_of(const evaluation *ev)
{
    return evaluation_host(ev);
}

static int32_t day_of(value v)
{
    return (int32_t)v.as.i;
}

static value answer(void *context, calendar_answer a)
{
    return a == CALENDAR_UNKNOWN ? value_unknown(blame(context)) : value_bool(a == CALENDAR_YES);
}

static value out_of_memory(evaluation *ev)
{
    return evaluation_exhausted(ev);
}

static value week(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)context, (void)ev, (void)n;
    return value_date(calendar_monday(day_of(a[0])));
}

static value workday(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const run *r = run_of(ev);
    return r && r->calendar ? answer(context, calendar_workday(r->calendar, day_of(a[0])))
                            : value_unknown(blame(context));
}

static value teaching_day(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const run *r = run_of(ev);
    return r && r->calendar ? answer(context, calendar_teaching_day(r->calendar, day_of(a[0])))
                            : value_unknown(blame(context));
}

static value teaching_days_between(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const run *r = run_of(ev);
    int64_t days = r && r->calendar ? calendar_teaching_days(r->calendar, day_of(a[0]), day_of(a[1])) : -1;
    return days < 0 ? value_unknown(blame(context)) : value_int(days);
}

static value teaching_days_of(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const run *r = run_of(ev);
    const value_list *list = a[0].as.list;
    if (!evaluation_charge(ev, list->count)) {
        return evaluation_exhausted(ev);
    }
    int64_t days = 0;
    for (size_t i = 0; i < list->count; i++) {
        calendar_answer is = r && r->calendar && list->items[i].kind == VALUE_DATE
                                 ? calendar_teaching_day(r->calendar, day_of(list->items[i]))
                                 : CALENDAR_UNKNOWN;
        if (is == CALENDAR_UNKNOWN) {
            return value_unknown(blame(context));
        }
        days += is == CALENDAR_YES ? 1 : 0;
    }
    return value_int(days);
}

static const calendar_term *term_at(const evaluation *ev, value v)
{
    const run *r = run_of(ev);
    if (r == NULL || r->calendar == NULL) {
        return NULL;
    }
    return v.kind == VALUE_DATE ? calendar_term_of(r->calendar, day_of(v))
                                : calendar_find_term(r->calendar, value_text(v));
}

static value term(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const calendar_term *t = term_at(ev, a[0]);
    return t ? value_string(t->name) : value_unknown(blame(context));
}

static value term_start(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const calendar_term *t = term_at(ev, a[0]);
    return t ? value_date(t->start) : value_unknown(blame(context));
}

static value term_end(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const calendar_term *t = term_at(ev, a[0]);
    return t ? value_date(t->end) : value_unknown(blame(context));
}

static value year_name(evaluation *ev, int32_t start)
{
    char *text = arena_new(evaluation_scratch(ev), 16);
    return text ? value_string((str){text, calendar_school_year_name(start, text)}) : out_of_memory(ev);
}

static value school_year(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const run *r = run_of(ev);
    if (r == NULL || r->calendar == NULL) {
        return value_unknown(blame(context));
    }
    return year_name(ev, calendar_school_year(r->calendar, day_of(a[0])));
}

/* The day as of which undated records are judged: periods of grace are counted from it. */
static value as_of(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)a, (void)n;
    const run *r = run_of(ev);
    return r && r->has_as_of ? value_date(r->as_of) : value_unknown(blame(context));
}

static value list_of(evaluation *ev, value *items, size_t count)
{
    value_list *list = arena_new(evaluation_scratch(ev), sizeof *list);
    if (list == NULL) {
        return out_of_memory(ev);
    }
    *list = (value_list){count, items};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

static value school_years(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)a, (void)n;
    const run *r = run_of(ev);
    int32_t from, until;
    if (!run_days(r, &from, &until) || r->calendar == NULL) {
        return value_unknown(blame(context));
    }
    int32_t first = calendar_school_year(r->calendar, from), last = calendar_school_year(r->calendar, until);
    size_t count = until < from ? 0 : (size_t)(last - first) + 1;
    value *items = arena_array(evaluation_scratch(ev), count + 1, sizeof(value));
    if (items == NULL || !evaluation_charge(ev, count)) {
        return out_of_memory(ev);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = year_name(ev, first + (int32_t)i);
        if (items[i].kind == VALUE_ERROR) {
            return items[i];
        }
    }
    return list_of(ev, items, count);
}

static value terms(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)a, (void)n;
    const run *r = run_of(ev);
    int32_t from, until, first, last;
    if (!run_days(r, &from, &until) || r->calendar == NULL || !calendar_span(r->calendar, &first, &last)) {
        return value_unknown(blame(context));
    }
    uint32_t count;
    const calendar_term *all = calendar_terms(r->calendar, &count);
    value *items = arena_array(evaluation_scratch(ev), (size_t)count + 1, sizeof(value));
    if (items == NULL) {
        return out_of_memory(ev);
    }
    size_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].start <= until && all[i].end >= from) {
            items[kept++] = value_string(all[i].name);
        }
    }
    return list_of(ev, items, kept);
}

static value weeks(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)a, (void)n;
    int32_t from, until;
    if (!run_days(run_of(ev), &from, &until)) {
        return value_unknown(blame(context));
    }
    int32_t first = calendar_monday(from);
    size_t count = until < from ? 0 : (size_t)(until - first) / 7 + 1;
    value *items = evaluation_charge(ev, count) ? arena_array(evaluation_scratch(ev), count + 1, sizeof(value)) : NULL;
    if (items == NULL) {
        return out_of_memory(ev);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = value_date(first + 7 * (int32_t)i);
    }
    return list_of(ev, items, count);
}

/* Teaching days of the run on one weekday: how a weekly template becomes days. */
static value dates(void *context, evaluation *ev, const value *a, size_t n)
{
    (void)n;
    const run *r = run_of(ev);
    int32_t from, until, first, last;
    if (!run_days(r, &from, &until) || r->calendar == NULL || !calendar_span(r->calendar, &first, &last)) {
        return value_unknown(blame(context));
    }
    if (until >= from && (from < first || until > last)) {
        return value_unknown(blame(context));
    }
    int64_t weekday = a[0].as.i;
    size_t most = until < from ? 0 : (size_t)(until - from) / 7 + 1, kept = 0;
    value *items = evaluation_charge(ev, most) ? arena_array(evaluation_scratch(ev), most + 1, sizeof(value)) : NULL;
    if (items == NULL) {
        return out_of_memory(ev);
    }
    if (weekday >= 1 && weekday <= 7 && until >= from) {
        int32_t day = calendar_monday(from) + (int32_t)weekday - 1;
        for (day = day < from ? day + 7 : day; day <= until; day += 7) {
            if (calendar_teaching_day(r->calendar, day) == CALENDAR_YES) {
                items[kept++] = value_date(day);
            }
        }
    }
    return list_of(ev, items, kept);
}

static const type *const takes_date[] = {&type_date}, *const takes_dates[] = {&type_date, &type_date},
                         *const takes_list[] = {&type_list_date}, *const takes_text[] = {&type_string},
                         *const takes_int[] = {&type_int};

/* The source number of "calendar" in an environment; functions point at the one they were added with. */
static const int numbers[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
                                44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
static const int no_number = -1;

bool calendar_functions_add(env *e)
{
    int source = env_add_source(e, STR("calendar"));
    void *context = (void *)(source < 0 ? &no_number : &numbers[source]);
    const struct {
        const char *name;
        const type *result;
        const type *const *parameters;
        size_t count;
        env_function call;
        bool known;  /* whatever the calendar */
        bool steady; /* asks nothing of the rule that asks */
    } all[] = {
        {"week", &type_date, takes_date, 1, week, true, true},
        {"workday", &type_bool, takes_date, 1, workday, false, true},
        {"teaching_day", &type_bool, takes_date, 1, teaching_day, false, true},
        {"teaching_days", &type_int, takes_dates, 2, teaching_days_between, false, true},
        {"teaching_days", &type_int, takes_list, 1, teaching_days_of, false, true},
        {"term", &type_string, takes_date, 1, term, false, true},
        {"term_start", &type_date, takes_date, 1, term_start, false, true},
        {"term_start", &type_date, takes_text, 1, term_start, false, true},
        {"term_end", &type_date, takes_date, 1, term_end, false, true},
        {"term_end", &type_date, takes_text, 1, term_end, false, true},
        {"school_year", &type_string, takes_date, 1, school_year, false, true},
        {"school_years", &type_list_string, NULL, 0, school_years, false, false},
        {"terms", &type_list_string, NULL, 0, terms, false, false},
        {"weeks", &type_list_date, NULL, 0, weeks, false, false},
        {"dates", &type_list_date, takes_int, 1, dates, false, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!env_add_function(e, str_of(all[i].name), false, all[i].result, all[i].parameters, all[i].count,
                              all[i].steady ? ENV_STEADY : 0, all[i].call, context, all[i].known ? -1 : source)) {
            return false;
        }
    }
    source = env_add_source(e, STR("as_of"));
    return env_add_function(e, STR("as_of"), false, &type_date, NULL, 0, ENV_STEADY, as_of,
                            (void *)(source < 0 ? &no_number : &numbers[source]), source);
}
