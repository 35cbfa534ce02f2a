/*
 * What a ledger holds, and what a mutating call builds before it is taken in.
 *
 * post and feed write to a private delta of the same shape as the ledger's own state. When all went well, room is made
 * in the state (may fail, changes nothing), then the delta is merged (cannot fail). So a failed allocation, a cancel or
 * a bad row leaves the ledger as it was.
 *
 *   record -> readers -> slots -> measures of its type: groups of the delta
 *                              -> row rules: counts, kept rows, late rows
 *   state  -> findings: groups against bounds, late rows against their checks, kept rows as they are
 */
#ifndef POLICY_LEDGER_STATE_H
#define POLICY_LEDGER_STATE_H

#include "base/map.h"
#include "engine/engine.h"
#include "engine/record_door.h"
#include "ledger/group.h"
#include "ledger/notices.h"
#include "ledger/systems.h"
#include "policy/ledger.h"
#include "schema/record.h"
#include "table/notice.h"

#define VERDICTS 6

/* A row that is a finding whatever else comes (fail, unknown, error of a row rule; a row without a key of its group), or
 * that waits for its check (late). One block of memory. */
typedef struct kept_row {
    const plan_version *version; /* row rules */
    const plan_measure *measure; /* a row that joins no group of this measure */
    policy_verdict verdict;
    bool maybe;  /* late: `when` was unknown */
    bool killed; /* the script was: its rule is one error for the whole run */
    bool dated;
    int32_t day;
    uint32_t source;
    uint64_t row;
    uint64_t missing;
    uint32_t key_count, value_count;
    value *keys;   /* NULL kind: missing */
    value *values; /* placeholders; late: kept slots */
    value error;   /* VALUE_ERROR, or NULL kind */
    uint64_t hash; /* of the content, to find it again */
} kept_row;

typedef struct kept_rows {
    kept_row **items;
    size_t count, capacity;
} kept_rows;

/* How often each row (by hash of its content) was posted. */
typedef struct row_count {
    uint64_t hash;
    int64_t count; /* 0: free */
} row_count;
typedef struct row_set {
    row_count *items;
    size_t capacity, used;
} row_set;

typedef struct covered { /* one row of the coverage table */
    uint32_t type_at;
    str school; /* owned; data NULL: every school */
    bool has_from, has_until;
    int32_t from, until;
} covered;

typedef struct calendar_row {
    int32_t day;
    str term; /* owned; may be none */
    bool teaching;
} calendar_row;

typedef struct state {
    const policy_engine *engine;
    const policy_allocator *allocator;
    group_table *accounts; /* by account */
    int64_t *verdicts;     /* rule * VERDICTS + verdict */
    kept_rows kept, late, keyless;
    int64_t *records; /* by type */
    bool *supplied;
    row_set rows;
    notices notices;
    noted_defaults defaults; /* that have their notice */
    systems schools;
    covered *covered;
    size_t covered_count, covered_capacity;
    calendar_row *days;
    size_t day_count, day_capacity;
} state;

/* `parent`: for a delta, the state it will be merged into; else NULL. */
bool state_init(state *s, const policy_engine *e, const state *parent);
void state_free(state *s);
void state_clear(state *s); /* empty again, keeping what is cheap to keep */
bool state_reserve(state *into, const state *delta, uint32_t most);
void state_merge(state *into, state *delta, uint32_t most, const source_names *names);
void kept_row_free(kept_row *r, const policy_allocator *a);
/* Room for one more, then the row; false out of memory (the row is freed). */
bool kept_rows_add(kept_rows *rows, kept_row *r, const policy_allocator *a);
/* How often a row like this is there, one more counted; -1 out of memory. */
int64_t row_set_add(row_set *rows, uint64_t hash, const policy_allocator *a);
int64_t row_set_count(const row_set *rows, uint64_t hash);

/* One row being evaluated: slots, and the scratch memory of its evaluation. */
typedef struct frame frame;
struct frame {
    policy_ledger *ledger;
    const plan_table *table;
    evaluation *ev;
    value *slots;
    activation activation;
    bool dated;
    int32_t day;
    uint64_t day_missing;
    const record *record; /* of a record type; NULL for rows of a measure */
    uint64_t content;     /* hash of the record's values */
    int64_t occurrence;   /* of that content */
    uint32_t source;
    uint64_t row;
    const evidence *rows; /* of a measure's group */
    bool maybe;           /* a group of maybe rows only: perhaps there is no such row */
    uint64_t maybe_missing;
};

/* A measure's table computed from another measure. */
typedef struct stacked {
    bool ready;
    uint64_t stamp;
    group_table groups;
    kept_rows keyless;
} stacked;

/* Who was asked for what while an expression ran: names the missing fields behind a measure. */
typedef struct read_note {
    const plan_measure *measure;
    uint64_t missing; /* in the source numbers of the measure's root */
    bool not_supplied;
} read_note;
#define READ_NOTES 16

typedef struct type_work { /* what a posted record of a type feeds */
    plan_measure **measures;
    uint32_t measure_count;
    plan_version **versions;
    uint32_t version_count;
} type_work;

struct policy_ledger {
    policy_engine *engine;
    const policy_allocator *allocator;
    arena memory; /* source names, work lists */
    run run;      /* first what functions see; see ledger_of_run */
    state state, delta;
    type_work *work; /* by type */
    calendar *fed_calendar;
    frame *frames; /* by depth of nesting */
    uint32_t frame_count, depth;
    stacked *stacked; /* by measure number */
    uint64_t stamp;   /* grows with every change */
    map source_map;
    str *sources;
    size_t source_count, source_capacity;
    policy_evidence evidence_mode;
    uint32_t evidence_rows; /* that a group keeps; 0 none */
    uint32_t reported;      /* verdicts that become findings */
    bool started;
    read_note notes[READ_NOTES];
    uint32_t note_count;
    record_problem *problems;
    notices not_supplied;  /* as of the last findings */
    struct checks *checks; /* of scripts; NULL where no rule is a script's */
    bool *killed;          /* by rule: its script ran over a budget */
};

#define FRAMES_MAX 40

static inline source_names ledger_sources(const policy_ledger *l)
{
    return (source_names){l->sources, l->source_count};
}

/* ---- rows (row.c) ---- */

/* A frame with every slot beyond the columns pending; NULL out of memory or too deep. Give back in reverse order. */
frame *frame_take(policy_ledger *l, const plan_table *t);
void frame_give(policy_ledger *l, frame *f);
/* Before each row: slots beyond the columns pending again, scratch forgotten. */
void frame_reset(frame *f);
value frame_evaluate(frame *f, const expr *x);
/* `when` and what overlays add: TRUE, FALSE, UNKNOWN (missing) or ERROR as a value. */
value frame_when(frame *f, const expr *when, const plan_also *also, uint32_t also_count);

/* ---- folding (fold.c) ---- */

/* Give the frame's row to a measure: `groups` gets it, or `keyless` when a key is missing. False out of memory. */
bool fold_row(frame *f, const plan_measure *m, group_table *groups, kept_rows *keyless, int sign);
/* The groups of any measure, computed when need be; NULL out of memory. */
const group_table *ledger_groups(policy_ledger *l, const plan_measure *m);
const kept_rows *ledger_keyless(policy_ledger *l, const plan_measure *m);
void stacked_free(stacked *s, const policy_allocator *a);
/* A group's value for those above: a plain value, interval, none, unknown or error. */
aggregate_result ledger_group_value(policy_ledger *l, const plan_measure *m, const group *g, evaluation *ev);
/* The row of a measure's table that a group is. False: not dated. */
void frame_set_group(frame *f, const plan_measure *m, const group *g);
/* Is the record type of the measure's rows supplied, or read as empty? */
bool ledger_supplied(const policy_ledger *l, uint32_t type_at);
value ledger_read_measure(run *r, evaluation *ev, const plan_measure *m, const value *keys, uint64_t source);

/* ---- coverage (coverage.c) ---- */

/* Does the data claim to hold what a group of these keys speaks of? True without a coverage table. */
bool ledger_covers(const policy_ledger *l, const plan_measure *m, const value *keys, bool dated, int32_t day);

/* ---- posting (post.c) ---- */

/* Everything one record does, into the delta. */
policy_status post_record(policy_ledger *l, uint32_t type_at, const record *r, policy_error **err);
uint32_t ledger_source(policy_ledger *l, str name); /* UINT32_MAX out of memory */
/* A kept row with copies of the values given; NULL out of memory. */
kept_row *kept_row_new(const kept_row *like, const value *keys, const value *values, const policy_allocator *a);

/* ---- row rules (judge_row.c) ---- */

typedef struct row_verdict {
    policy_verdict verdict;
    uint64_t missing;
    const value_error *error;
} row_verdict;

/* The version's check on the frame's row, `when` known already (TRUE or UNKNOWN with what it misses). */
row_verdict judge_condition(frame *f, const plan_version *v, value when);
/* Is the version the one to speak for a row of that day? FALSE: another one; UNKNOWN kind: the day is not known and
 * matters. `counts` tells whether it is the one to count "not in force". */
typedef enum force { FORCE_HERE, FORCE_ELSEWHERE, FORCE_NOWHERE, FORCE_UNKNOWN } force;
force version_force(const plan_version *v, bool dated, int32_t day);
/* Judge the frame's record by one version: counts, kept and late rows into the delta. False out of memory. */
bool judge_row(frame *f, const plan_version *v, state *into);
/* A script's rule on the frame's record (judge_script.c). */
bool judge_script_row(frame *f, const plan_version *v, state *into);
policy_severity version_severity(const plan_version *v, bool dated, int32_t day);

#endif
