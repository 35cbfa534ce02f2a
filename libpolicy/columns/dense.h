/*
 * Dense accounts: what rows give to a measure's groups, in a table with a place for every combination of keys.
 *
 * Where the product of the keys' numbers is modest a group is a place in a table and needs no name, no search and no
 * memory of its own. The place is a sum over the keys, each number times the size of what lies inside it:
 *
 *     per: [class, date, {stage: ...}]         stage 1 | class 0: date 0, date 1, ... | class 1: ...
 *                                              stage 2 | class 0: ...
 *
 * so that finding it is one addition a key, looked up by the key's code, or (where the column can be asked as it is) by
 * what stands in the column. A key that follows from other keys' fields has no number of its own (derived). The row's own
 * date, which decides by which version a group is judged, is innermost: a group whose keys do not name it is a run of
 * places, of which some belong together (week 1, week 1, week 2 ...).
 *
 * Such accounts stay from feed to feed. What a feed adds is kept apart until its call succeeds (dense_commit). They become
 * ordinary groups (dense_settle) when somebody wants those; limits over them are judged in bulk (dense_judge.c), with a
 * group made only for what is not known to pass. Ledgers that name rows as evidence keep them by place (place_rows.h).
 */
#ifndef POLICY_COLUMNS_DENSE_H
#define POLICY_COLUMNS_DENSE_H

#include "columns/conditions.h"
#include "columns/place_rows.h"

#define DENSE_MOST (UINT64_C(1) << 25) /* places */
#define NOWHERE    (-(INT32_C(1) << 27))
#define UNSEEN     (NOWHERE - 1) /* of what stands in a column: not looked up yet */

/* One key, or the own date. */
typedef struct dense_part {
    const plan_key *key; /* NULL: the own date */
    uint32_t key_at;
    tuple *tuple;      /* the fields that decide it */
    bool derived;      /* the fields are those of other keys: checked, but not numbered */
    domain values;     /* by number */
    uint32_t *numbers; /* by code of the tuple; NUMBER_NONE: no plain value */
    int32_t *steps;    /* by code: number * stride, or NOWHERE */
    size_t number_capacity, step_capacity;
    uint32_t numbered, stepped;
    uint32_t room, stride;
    bool raw; /* this block: looked up by what stands in the column */
    int32_t *raw_steps;
    size_t raw_capacity;
    int64_t raw_base, raw_room;
    uint64_t raw_version; /* of the column */
    bool level;           /* derived: every one of raw_steps is 0 */
} dense_part;

/* A count and a sum of 32 bits as one number, count * 2^32 + sum, so that adding a row is one addition. */
typedef int64_t narrow_cell;
typedef struct wide_cell {
    int64_t sums[2], count;
} wide_cell;

#define DENSE_PAGE 1024 /* places that are marked together */
typedef struct dense_cells {
    narrow_cell *narrow; /* one of both, or none where nothing was added; one more in front, for rows left out */
    wide_cell *wide;
    uint8_t *touched; /* by page */
    int64_t most;     /* neither a sum nor a count is more */
    bool any;
} dense_cells;

typedef struct dense_account {
    const plan_measure *measure;
    dense_part parts[DENSE_PARTS]; /* outermost first; the own date last */
    uint32_t part_count;
    dense_part *day;  /* NULL: rows have no date of their own */
    tuple *arguments; /* {} for count() */
    int raw_field;    /* the argument is this field as it is; -1 */
    int32_t *amounts[2];
    int32_t *exact; /* by code of the arguments: 0, or NOWHERE */
    size_t amount_capacity[2], exact_capacity;
    uint32_t exact_count;
    int64_t amount_most;
    size_t places;
    uint64_t layouts; /* so far */
    dense_cells held, added;
    place_rows place_rows; /* where rows are kept as evidence */
    bool keeps_rows;
    uint64_t rows;     /* ever added, to see sums out of reach */
    uint64_t expected; /* with the rows of this feed: places are not many more */
    bool wide_only;    /* two sums, or units that narrow cells cannot hold */
} dense_account;

/* NULL with *nomem unchanged where the measure has none. */
dense_account *dense_account_of(programs *p, const plan_measure *m, bool *nomem);
void dense_account_free(dense_account *x, const policy_allocator *a);
/* Before rows [from, until) of the batch that coding_begin saw. False out of memory. */
bool dense_begin(programs *p, dense_account *x, uint32_t source, int64_t from, int64_t until);
/* Rows of `left` that are in `yes` into their places, and out of `left` (dense_rows.c). False out of memory. */
bool dense_block(programs *p, dense_account *x, const uint8_t *yes, uint8_t *left);

/* Room for what was added in what is held. False out of memory; changes no value. */
bool dense_reserve(dense_account *x, const policy_allocator *a);
void dense_commit(dense_account *x); /* cannot fail after dense_reserve */
void dense_forget(dense_account *x); /* what was added */

/* All of the cells into ordinary groups, which are then all there is. False out of memory: then nothing has changed. */
bool dense_settle(programs *p, dense_account *x, dense_cells *cells, group_table *into);
/* What is held for groups that `groups` has, too, goes there. False out of memory; nothing is lost. */
bool dense_settle_shared(programs *p, dense_account *x, group_table *groups);

/* ---- for the loops over rows (dense_rows.c) ---- */

/* Numbers for all codes of the part's tuple; steps for its numbers. */
bool dense_number(programs *p, dense_account *x, dense_part *part);
void dense_step(dense_part *part);
/* Room for all numbers given out. Where there cannot be (yet), what has none goes nowhere. */
bool dense_make_room(programs *p, dense_account *x);

/* ---- groups (dense_groups.c) ---- */

/* Which days of a run belong to one group: those of one number. */
typedef struct dense_days {
    uint32_t *of_day; /* by the day's number */
    int32_t *days;    /* as dates */
    uint32_t count, day_count;
    bool single; /* every day is a group of its own */
} dense_days;
/* In scratch of the frame's evaluation, NULL arrays without days. False out of memory. */
bool dense_days_of(programs *p, const dense_account *x, arena *memory, dense_days *out);

/* Put a group with what is at `count` places, which are of one, into a table. False out of memory. */
bool dense_give(programs *p, dense_account *x, const dense_cells *cells, const size_t *places, size_t count,
                group_table *into);

/* ---- judging (dense_judge.c) ---- */

struct policy_findings;
typedef bool (*dense_judge_group)(policy_ledger *l, frame *f, const plan_version *v, const group *g,
                                  struct policy_findings *all);
/* Can the version be judged in bulk, all of its groups being held here or in its table? */
bool dense_may_judge(const programs *p, const dense_account *x, const plan_version *v);
/* Then do: count what passes, and give every other group to `one`. `verdicts` are the counts of the version's rule. */
bool dense_judge(programs *p, dense_account *x, const plan_version *v, frame *f, struct policy_findings *all,
                 int64_t *verdicts, dense_judge_group one);

#endif
