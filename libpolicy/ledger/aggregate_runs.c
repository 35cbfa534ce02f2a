/*
 * runs(date, n): how many clusters the dates of a group form when no two neighbours in a cluster lie more than n
 * teaching days apart.
 *
 * Without doubt this is one walk over the sorted dates. A maybe row can found a cluster or join two, so the least and the
 * greatest count over every choice of them are found by looking, at each date, back over the dates that may have been the
 * one before it (all maybe rows between are left out; none that is surely there can be). A row whose date is unknown can
 * join two clusters at best and found one at worst.
 */
#include "ledger/aggregate.h"

#include <stdlib.h>

typedef struct stop {
    int32_t day;
    bool maybe;
    int64_t least, most; /* clusters among the chosen dates up to here, this one chosen */
} stop;

static int by_day(const void *a, const void *b)
{
    const stop *x = a, *y = b;
    return x->day != y->day ? (x->day < y->day ? -1 : 1) : (int)x->maybe - (int)y->maybe;
}

aggregate_result aggregate_runs_value(const aggregate *g, const aggregate_state *s, const aggregate_calendar *calendar,
                                      evaluation *ev)
{
    stop *stops = arena_array(evaluation_scratch(ev), s->entries.used + 1, sizeof *stops);
    if (stops == NULL) {
        return (aggregate_result){.v = value_fail(ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0)};
    }
    size_t count = 0;
    int64_t unknown = 0;
    bool unknown_in = false, any_maybe = false;
    for (size_t i = 0; i < s->entries.capacity; i++) {
        const entry *e = &s->entries.items[i];
        if (e->count <= 0) {
            continue;
        }
        if (!e->exact || e->low.kind != VALUE_DATE) {
            unknown += e->count;
            unknown_in = unknown_in || !e->maybe;
            continue;
        }
        stops[count++] = (stop){.day = (int32_t)e->low.as.i, .maybe = e->maybe};
        any_maybe = any_maybe || e->maybe;
    }
    qsort(stops, count, sizeof *stops, by_day);
    size_t kept = 0; /* a date that is surely there makes the same date of a maybe row idle */
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || stops[kept - 1].day != stops[i].day) {
            stops[kept++] = stops[i];
        }
    }
    count = kept;

    int64_t least = INT64_MAX, most = 0;
    bool must = false;   /* some date is surely there */
    bool unsure = false; /* the calendar leaves a gap open */
    for (size_t i = 0; i < count; i++) {
        stops[i].least = INT64_MAX;
        stops[i].most = 0;
        bool free_start = true;
        for (size_t k = i; k-- > 0;) {
            int64_t apart = calendar ? calendar->teaching_days(calendar->context, stops[k].day, stops[i].day) : -1;
            /* Where the calendar does not say, teaching days are at most the days between. */
            int64_t least_step = apart > g->gap, most_step = least_step;
            if (apart < 0) {
                least_step = 0;
                most_step = (int64_t)stops[i].day - stops[k].day > g->gap;
                unsure = unsure || most_step;
            }
            if (stops[k].least + least_step < stops[i].least) {
                stops[i].least = stops[k].least + least_step;
            }
            if (stops[k].most + most_step > stops[i].most) {
                stops[i].most = stops[k].most + most_step;
            }
            if (!stops[k].maybe) {
                free_start = false;
                break;
            }
        }
        if (free_start) {
            stops[i].least = 1;
            stops[i].most = stops[i].most > 1 ? stops[i].most : 1;
        }
        must = must || !stops[i].maybe;
    }
    /* The last chosen date: any after which only maybe rows follow. */
    for (size_t i = count; i-- > 0;) {
        least = stops[i].least < least ? stops[i].least : least;
        most = stops[i].most > most ? stops[i].most : most;
        if (!stops[i].maybe) {
            break;
        }
    }
    if (!must) {
        least = 0;
    }
    if (unknown > 0) {
        least = least > unknown ? least - unknown : 0;
        if ((must || unknown_in) && least < 1) {
            least = 1;
        }
        most += unknown;
    } else if (!any_maybe && count == 0) {
        least = 0;
    }
    return (aggregate_result){.v = aggregate_interval(ev, value_int(least), value_int(most),
                                                      aggregate_missing(s) | (unsure ? g->argument_sources : 0))};
}
