/*
 * The run: what the functions of a rule set (calendar, measures) find behind an evaluation.
 *
 * One belongs to each ledger and is the host of its evaluation (evaluation_host). A bare evaluation has none: calendar
 * and measures are then unknown.
 */
#ifndef POLICY_ENGINE_RUN_H
#define POLICY_ENGINE_RUN_H

#include "engine/calendar.h"
#include "engine/plan.h"

typedef struct run run;
struct run {
    const calendar *calendar;
    bool has_period;
    int32_t from, until; /* days the run speaks of, both included */
    bool has_as_of;
    int32_t as_of;
    const date_range *in_force; /* of the rule being evaluated; NULL: always */
    /* A measure's value under typed keys; missing values carry `source` (a bit). */
    value (*read)(run *self, evaluation *ev, const plan_measure *m, const value *keys, uint64_t source);
};

/* The days that lists of years, terms and weeks cover: the period, or the calendar's, cut to what is in force. False:
 * not known. An empty stretch has *until < *from. */
bool run_days(const run *r, int32_t *from, int32_t *until);

/* Add the calendar's functions to an environment. False when out of memory. */
bool calendar_functions_add(env *e);

#endif
