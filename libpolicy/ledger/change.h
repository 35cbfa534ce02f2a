/*
 * A change: what one or two records would do to a ledger, worked out before any of it is done.
 *
 *   records --apply--> delta (signed groups and counts) and `taken` (rows that will have to go)
 *           --derive-> for every measure the groups that change, as they will be; for measures over measures the signed
 *                      difference too: only rows of groups that changed, or that read one that did, are looked at again
 *           --take---> into the state; or forgotten, and nothing was changed
 *
 * In between a ledger can be read as it is and, with `after` set, as it will be: ledger_group, ledger_rows and their like
 * look through the change. A live check is the difference between the two.
 */
#ifndef POLICY_LEDGER_CHANGE_H
#define POLICY_LEDGER_CHANGE_H

#include "ledger/reach.h"
#include "ledger/state.h"

typedef struct measure_change {
    group_table delta;     /* of a stacked measure; signed */
    group_table after;     /* changed groups as they will be; an empty one will be gone */
    kept_rows added, gone; /* of a stacked measure: rows without a key; `gone` points at the ledger's own */
    bool touched;
    bool whole; /* `after` and `added` are all there will be */
} measure_change;

typedef struct change {
    policy_ledger *ledger;
    const policy_allocator *allocator; /* of the delta and stacked deltas */
    const policy_allocator *scratch;   /* of all that only the view needs */
    uint32_t type_at;
    state *delta;
    state taken;
    bool removes;             /* something is taken away */
    bool done;                /* it was taken in */
    const plan_version *only; /* what it causes of other rules is not asked; NULL: all */
    bool everything;          /* not to be followed group by group: a type comes or goes, coverage, the calendar */
    measure_change *measures; /* by number, empty before and after; of the types' own measures only `after` */
    kept_rows gone[3];        /* by row_list: the state's rows that match those taken */
    covered *covered;         /* as they will be; NULL when they do not change */
    size_t covered_count;
    calendar *calendar; /* as it will be; NULL when it does not change */
} change;

/* `contents` is the ledger's allocator when the change is to be taken. False out of memory. */
bool change_begin(change *c, policy_ledger *l, state *delta, measure_change *measures, const policy_allocator *contents,
                  const policy_allocator *scratch, uint32_t type_at);
/* One record, or with sign -1 one that goes. */
policy_status change_apply(change *c, const record *r, int sign, policy_error **err);
/* Find what the change takes away; POLICY_E_NOT_FOUND when it is not all there. */
policy_status change_match(change *c, policy_error **err);
/* Work out what follows. `all`: also for measures that nobody asked for yet. False out of memory. */
bool change_derive(change *c, bool all);
/* Does it change a measure that is read there? */
bool change_touches(const change *c, const read_sites *sites);
/* Groups of `m` that did not change themselves, but read one that did: borrowed, in a table of the scratch memory. */
bool change_readers(change *c, const plan_measure *m, const read_sites *sites, group_table *out);
/* Into the ledger; false out of memory, and then nothing was changed. */
bool change_take(change *c);
/* Free all of it; the delta is then empty. */
void change_end(change *c);

/* Read the ledger as it will be, or as it is. */
void change_look(change *c, bool after);

#endif
