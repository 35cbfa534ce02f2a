/*
 * The algebra of aggregates: what a group keeps so that its value is an interval, whatever came in, in any order.
 *
 * A row is given to a group as an aggregate_row: surely in or maybe in, with one range an argument. Everything a group
 * keeps is a signed count or sum of such rows, so rows can be taken away as they were added, and the groups of two
 * ledgers added up. Nothing depends on order.
 *
 *   count                     the counts of rows in and maybe in
 *   sum, share, ratio         exact sums in integer units (1/1,000,000 for decimals), and apart from them the least and
 *                             greatest that rows in doubt can add; ratio also keeps each maybe row, since its best
 *                             choice of them is not a sum
 *   min, max, count_distinct, the multiset of (in or maybe, least, greatest)
 *   only, runs, collect
 *
 * The hard case is a maybe row: each of its sums is added or not, so a sum's low takes min(0, a) and its high max(0, b),
 * and a share counts it as false on the way down and as true on the way up.
 */
#ifndef POLICY_LEDGER_AGGREGATE_H
#define POLICY_LEDGER_AGGREGATE_H

#include "base/allocator.h"
#include "expr/expr.h"
#include "expr/value.h"
#include "ledger/wide.h"

typedef enum aggregate_kind {
    AGGREGATE_SUM,
    AGGREGATE_COUNT,
    AGGREGATE_COUNT_DISTINCT,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_ONLY,
    AGGREGATE_SHARE,
    AGGREGATE_RATIO,
    AGGREGATE_RUNS,
    AGGREGATE_COLLECT
} aggregate_kind;
#define AGGREGATE_KINDS 10

/* What one unit of a sum is. */
typedef enum aggregate_unit {
    UNIT_WHOLE, /* int, uint */
    UNIT_MICRO  /* double, duration: millionths */
} aggregate_unit;

typedef struct aggregate {
    aggregate_kind kind;
    aggregate_unit units[2];   /* of the sums: sum's argument; share's weight (both); ratio's arguments */
    bool durations;            /* sum of durations: the result is one */
    bool unsigned_result;      /* sum of uint */
    bool weighted;             /* share with a weight */
    int64_t gap;               /* runs: teaching days that may lie between two dates of one cluster */
    uint32_t domain_size;      /* count_distinct of an enum or bool: how many values there can be; 0 unbounded */
    uint64_t argument_sources; /* names the arguments read: what a result is blamed on that only they can explain */
} aggregate;

/* What one row gives to a group. */
typedef struct aggregate_row {
    bool maybe;
    bool exact;               /* every argument is a plain value: low */
    uint64_t missing;         /* sources in doubt; may be 0 only when exact and not maybe */
    value low[2], high[2];    /* VALUE_NULL: unbounded; bools of share: false and true when in doubt */
    const value_error *error; /* the row broke; nothing else counts */
} aggregate_row;

/* One distinct value (or range) of the multiset kinds. */
typedef struct entry {
    int64_t count;
    uint32_t hash;
    bool maybe, exact;
    value low, high; /* stored; high only when not exact */
} entry;

typedef struct entry_set { /* open addressing; count 0 is a free place. One entry needs no other place beside it. */
    entry *items;
    uint32_t capacity, used;
} entry_set;

/* A maybe row of a ratio. */
typedef struct choice {
    int64_t count;
    int64_t low[2], high[2];
    bool open_low[2], open_high[2];
} choice;

typedef struct broken_rows { /* rows that ended in an error, by what it said */
    int64_t count;
    value error; /* stored VALUE_ERROR */
} broken_rows;

#define DOUBT_SOURCES 64
/* What a group keeps of rows that were not certain and exact. Most groups have none. */
typedef struct doubt {
    int64_t rows; /* of this structure; at 0 it says nothing */
    wide low[2], high[2];
    int64_t open_low[2], open_high[2];
    int64_t sources[DOUBT_SOURCES]; /* rows in doubt because of each */
    choice *choices;
    size_t choice_count, choice_capacity;
    broken_rows *broken;
    size_t broken_count, broken_capacity;
} doubt;

typedef struct aggregate_state {
    int64_t in, maybe; /* rows; broken rows count in neither */
    wide sums[2];      /* certain and exact rows */
    entry_set entries;
    doubt *doubt;
} aggregate_state;

/* Teaching days in [from, until), or -1 when the calendar does not say. */
typedef struct aggregate_calendar {
    int64_t (*teaching_days)(const void *context, int32_t from, int32_t until);
    const void *context;
} aggregate_calendar;

typedef struct aggregate_result {
    value v;            /* plain; NONE: there is no value; INTERVAL; UNKNOWN; ERROR. In scratch. */
    bool may_be_absent; /* an interval that may also be no value at all */
} aggregate_result;

/* Add a row (sign 1) or take one away (-1). False when out of memory: the state is then unchanged. Sums of values that no
 * unit can hold make the row broken; `ev` makes that error. Taking away what is not there leaves negative counts, which
 * aggregate_holds finds. */
bool aggregate_fold(const aggregate *g, aggregate_state *s, const aggregate_row *row, int sign, evaluation *ev,
                    const policy_allocator *a);
/* Room in `into` for a merge of `delta`: afterwards aggregate_merge cannot fail. False out of memory; changes no value. */
bool aggregate_reserve(aggregate_state *into, const aggregate_state *delta, const policy_allocator *a);
/* Could `delta` be merged without anything falling below zero? */
bool aggregate_holds(const aggregate_state *into, const aggregate_state *delta);
/* Add `delta` to `into`, taking what it owns and leaving it empty. Needs the reserve. */
void aggregate_merge(aggregate_state *into, aggregate_state *delta, const policy_allocator *a);
bool aggregate_is_empty(const aggregate_state *s);
/* The same content in memory of its own; false out of memory (then `out` is empty). */
bool aggregate_copy(aggregate_state *out, const aggregate_state *s, const policy_allocator *a);
void aggregate_free(aggregate_state *s, const policy_allocator *a);

/* The value, made in the evaluation's scratch memory. */
aggregate_result aggregate_value(const aggregate *g, const aggregate_state *s, const aggregate_calendar *calendar,
                                 evaluation *ev);
/* Sources that put the group in doubt. */
uint64_t aggregate_missing(const aggregate_state *s);
/* The error of a group with broken rows (the least text, so that order does not show); NULL when none is. */
const value_error *aggregate_error(const aggregate_state *s);

/* ---- shared by the files of the algebra ---- */

bool entry_add(entry_set *set, bool maybe, bool exact, value low, value high, int64_t count, const policy_allocator *a);
bool entry_reserve(entry_set *set, size_t more, const policy_allocator *a);
entry *entry_find(const entry_set *set, const entry *like);
void entry_merge(entry_set *into, entry_set *delta, const policy_allocator *a);
void entry_free(entry_set *set, const policy_allocator *a);
bool entry_copy(entry_set *out, const entry_set *set, const policy_allocator *a);

/* A value in a sum's units; false when no unit can hold it (NaN, infinity, too large). */
bool aggregate_amount(value v, aggregate_unit unit, int64_t *out);

aggregate_result aggregate_sum_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_share_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_ratio_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_extreme_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_distinct_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_only_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_collect_value(const aggregate *g, const aggregate_state *s, evaluation *ev);
aggregate_result aggregate_runs_value(const aggregate *g, const aggregate_state *s, const aggregate_calendar *calendar,
                                      evaluation *ev);
/* An interval in scratch, or the plain value when both ends are equal. VALUE_NULL is unbounded. */
value aggregate_interval(evaluation *ev, value low, value high, uint64_t missing);

#endif
