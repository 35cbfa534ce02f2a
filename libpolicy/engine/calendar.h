/*
 * The school calendar: terms, holidays and make-up workdays, asked by day.
 *
 * Built from a pack's `calendar` or from rows of a `calendar` table, then immutable and shareable. It knows a stretch of
 * days, from its first to its last; about days outside that it says "not known", never a guess. Inside:
 *   workday        Monday to Friday but for holidays, and make-up workdays (调休);
 *   teaching day   a workday inside a term, or what a table says of the day.
 */
#ifndef POLICY_ENGINE_CALENDAR_H
#define POLICY_ENGINE_CALENDAR_H

#include "pack/pack.h"

typedef struct calendar calendar;

/* From the first day to the last one: two centuries bound a hostile table. */
#define CALENDAR_DAYS_MAX (200 * 366)

typedef enum calendar_answer { CALENDAR_NO = 0, CALENDAR_YES = 1, CALENDAR_UNKNOWN = 2 } calendar_answer;

/* From a pack's calendar; NULL out of memory. An absent one gives a calendar that knows no day. */
calendar *calendar_new(const policy_allocator *a, const pack_calendar *source);
void calendar_free(calendar *c);

/* One row of a calendar table; replaces what the pack says of the days the table spans. Terms are the stretches of days
 * with one name. Call calendar_finish after the last. False when out of memory. */
bool calendar_add_day(calendar *c, int32_t day, str term, bool teaching);
bool calendar_finish(calendar *c);

bool calendar_span(const calendar *c, int32_t *first, int32_t *last); /* false: it knows no day */
calendar_answer calendar_workday(const calendar *c, int32_t day);
calendar_answer calendar_teaching_day(const calendar *c, int32_t day);
/* Teaching days d with from <= d < until; -1 when one of those days is not known. */
int64_t calendar_teaching_days(const calendar *c, int32_t from, int32_t until);
/* The term that holds the day, or NULL: between terms, or not known. */
const calendar_term *calendar_term_of(const calendar *c, int32_t day);
const calendar_term *calendar_find_term(const calendar *c, str name);
const calendar_term *calendar_terms(const calendar *c, uint32_t *count);

int32_t calendar_monday(int32_t day); /* of its week: the week's name */
/* Start year of a day's school year: by the term that holds it, else September starts a new one. Always known. */
int32_t calendar_school_year(const calendar *c, int32_t day);
/* "2021-2022"; out holds 16 bytes. */
size_t calendar_school_year_name(int32_t start_year, char out[16]);

#endif
