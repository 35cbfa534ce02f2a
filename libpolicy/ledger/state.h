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
    uint64_t hash; /* of all this, to find it again */
} kept_row;

typedef struct kept_rows {
    kept_row **items;
    size_t count, capacity;
} kept_rows;

/* How often each row (by hash of its content) was posted; in a delta also below zero. */
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
    const policy_allocator *home;      /* of the arrays themselves */
    const policy_allocator *allocator; /* of what they hold */
    bool probing;                      /* of one record that is only looked at: see state_init_probe */
    group_table *accounts;             /* by account */
    int64_t *verdicts;                 /* rule * VERDICTS + verdict */
    kept_rows kept, late, keyless;
    int64_t *records; /* by type */
    bool *supplied;   /* said to be, whether or not there are records; see ledger_supplied */
    row_set *rows;    /* by type: what was posted, by record_content; columns are not compared */
    notices notices;
    noted_defaults defaults; /* that have their notice */
    systems schools;
    covered *covered;
    size_t covered_count, covered_capacity;
    calendar_row *days;
    size_t day_count, day_capacity;
} state;

/* `parent`: for a delta, the state it will be merged into; else NULL. `contents`: where groups and rows live; a delta
 * that is merged has the state's own. */
bool state_init(state *s, const policy_engine *e, const state *parent);
bool state_init_in(state *s, const policy_engine *e, const state *parent, const policy_allocator *contents);
/* What one record would add, which is never merged: rows and notices are not kept, verdicts of rules that a screen settles
 * not counted, and what it holds is in memory that is given back as a whole. */
bool state_init_probe(state *s, const policy_engine *e, const state *parent, const policy_allocator *contents);
void state_free(state *s);
void state_clear(state *s); /* empty again, keeping what is cheap to keep */
bool state_reserve(state *into, const state *delta, uint32_t most);
void state_merge(state *into, state *delta, uint32_t most, const source_names *names);
void kept_row_free(kept_row *r, const policy_allocator *a);
/* Room for one more, then the row; false out of memory (the row is freed). */
bool kept_rows_add(kept_rows *rows, kept_row *r, const policy_allocator *a);
/* What a record holds, as a number: that of its type, then each field's value in turn. Equal records have equal ones. */
uint64_t record_content(uint32_t type_at, const value *values, uint32_t count);
static inline uint64_t content_begin(uint32_t type_at)
{
    return UINT64_C(0x13198A2E03707344) + type_at;
}
static inline uint64_t content_of(value v)
{
    return v.kind >= VALUE_INTERVAL ? v.kind : value_hash(v);
}
static inline uint64_t content_add(uint64_t h, uint64_t of_value)
{
    h = (h ^ of_value) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}
/* Count one more, or with -1 one less; false out of memory. */
bool row_set_change(row_set *rows, uint64_t hash, int64_t by, const policy_allocator *a);
bool kept_row_same(const kept_row *a, const kept_row *b);
int64_t row_set_count(const row_set *rows, uint64_t hash);
bool row_set_equal(const row_set *a, const row_set *b);

/* One row being evaluated: slots, and the scratch memory of its evaluation. */
typedef struct frame frame;
struct frame {
    policy_ledger *ledger;
    const plan_table *table;
    evaluation *ev;
    value *slots;
    const plan_table *clean; /* for whose rows all shared parts are pending, but those in `filled` */
    uint32_t *filled;
    uint32_t filled_count, filled_most;
    activation activation;
    bool dated;
    int32_t day;
    uint64_t day_missing;
    const record *record; /* of a record type; NULL for rows of a measure */
    bool numbered;        /* the next two are known */
    uint64_t content;     /* hash of the record's values */
    int64_t occurrence;   /* of that content */
    uint32_t source;
    uint64_t row;
    const evidence *rows; /* of a measure's group */
    bool maybe;           /* a group of maybe rows only: perhaps there is no such row */
    uint64_t maybe_missing;
};

/* A measure's table computed from another measure (stacked.c): made when first asked for, then kept up with each
 * record, or forgotten. */
typedef struct stacked {
    bool ready;
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

typedef struct type_work {       /* what a posted record of a type feeds */
    const struct screen *screen; /* of its versions; NULL when some are lost */
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
    uint64_t *left;  /* versions that the screen left of the last record; see engine/screen.h */
    calendar *fed_calendar;
    frame *frames; /* by depth of nesting */
    uint32_t frame_count, depth;
    stacked *stacked;      /* by measure number */
    struct reach *reach;   /* what a record of each type can change; NULL until first asked for */
    struct change *change; /* being made or looked at; NULL */
    bool after;            /* groups and rows are read as they will be after the change */
    struct live *live;     /* what checks work with; NULL until the first */
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
    bool *lost_accounts;   /* by account: what was posted before the rules changed is not in it; see lost.h */
    bool *lost_rules;      /* by rule: likewise of a rule over single records */
    struct type_columns *
        *columns; /* by type: what feeding columns keeps from batch to batch (columns/); NULL at first */
};

#define FRAMES_MAX 40

/* The screen of a type's row rules; NULL where some are lost, or verdicts that it settles are wanted one by one. */
static inline const struct screen *ledger_screen(const policy_ledger *l, uint32_t type_at)
{
    return l->reported & (1u << POLICY_PASS | 1u << POLICY_NOT_APPLICABLE) ? NULL : l->work[type_at].screen;
}

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

/* ---- groups and measures over measures (stacked.c); as the ledger's view has them, see change.h ---- */

/* One group; NULL when there is none, or out of memory (*nomem, which may be NULL, is then true). */
const group *ledger_group(policy_ledger *l, const plan_measure *m, const value *keys, uint64_t hash, bool *nomem);
/* All groups of a measure, in no order. */
typedef struct group_walk {
    const group_table *base, *after; /* `after` replaces what it has of `base`; each may be NULL */
    size_t at;
    bool in_after;
} group_walk;
bool ledger_groups(policy_ledger *l, const plan_measure *m, group_walk *walk); /* false out of memory */
const group *group_walk_next(group_walk *walk);                                /* NULL at the end */
/* Rows that are kept, that wait, or that join no group (of every measure over a record type; or of the stacked one). */
typedef struct row_walk {
    const kept_rows *base, *gone, *added;
    size_t at;
} row_walk;
typedef enum row_list { ROWS_KEPT, ROWS_LATE, ROWS_KEYLESS } row_list;
row_walk ledger_rows(const policy_ledger *l, row_list list);
bool ledger_keyless(policy_ledger *l, const plan_measure *m, row_walk *walk); /* false out of memory */
const kept_row *row_walk_next(row_walk *walk);                                /* NULL at the end */
/* Make a stacked measure's table as it is before any change. False out of memory. */
bool stacked_prepare(policy_ledger *l, const plan_measure *m);
/* Compute a stacked measure from all groups below it, as the view has them. False out of memory. */
bool stacked_compute(policy_ledger *l, const plan_measure *m, group_table *groups, kept_rows *keyless);
/* Give one group below, as the view has it, to a stacked measure. */
bool stacked_give(policy_ledger *l, const plan_measure *m, const value *keys, uint64_t hash, group_table *groups,
                  kept_rows *keyless, int sign);
void stacked_forget(stacked *s, const policy_allocator *a);
void stacked_forget_all(policy_ledger *l);
/* A group's value for those above: a plain value, interval, none, unknown or error. */
aggregate_result ledger_group_value(policy_ledger *l, const plan_measure *m, const group *g, evaluation *ev);
/* What a measure is where no row was: nothing counts as 0, the rest have no value (NONE). */
value ledger_empty_value(const plan_measure *m);
/* The row of a measure's table that a group is. */
void frame_set_group(frame *f, const plan_measure *m, const group *g);
/* Is the record type of the measure's rows supplied, or read as empty? */
bool ledger_supplied(const policy_ledger *l, uint32_t type_at);
/* Records of a type; -1 when it was not supplied. */
int64_t ledger_records(const policy_ledger *l, uint32_t type_at);
value ledger_read_measure(run *r, evaluation *ev, const plan_measure *m, const value *keys, uint64_t source);

/* ---- coverage (coverage.c) ---- */

const covered *ledger_covered(const policy_ledger *l, size_t *count); /* rows, as the view has them (stacked.c) */
/* Does the data claim to hold what a group of these keys speaks of? True without a coverage table. */
bool ledger_covers(const policy_ledger *l, const plan_measure *m, const value *keys, bool dated, int32_t day);

/* ---- posting (post.c) ---- */

/* What one record does, into `into`; with sign -1 what it takes away: `into` then gets negative counts and `taken` the
 * rows that will have to go. */
typedef enum apply_result { APPLY_DONE, APPLY_NOMEM, APPLY_ABSENT /* no such record was posted */ } apply_result;
apply_result record_apply(policy_ledger *l, uint32_t type_at, const record *r, int sign, state *into, state *taken);
/* Everything one record does, into the delta. */
policy_status post_record(policy_ledger *l, uint32_t type_at, const record *r, policy_error **err);
uint32_t ledger_source(policy_ledger *l, str name); /* UINT32_MAX out of memory */
void frame_number(frame *f);                        /* content and occurrence of a record that is not posted */
void frame_set_own_day(frame *f);                   /* of the record whose values the frame holds */
/* Would records of this type change what others were grouped by? POLICY_E_STATE then. (ledger.c) */
policy_status ledger_check_order(const policy_ledger *l, uint32_t type_at, policy_error **err);
/* Not with days that lie centuries apart: POLICY_E_LIMIT then. (ledger.c) */
policy_status ledger_check_calendar(const policy_ledger *l, const state *more, policy_error **err);
/* The calendar as it will be; *out stays NULL where it does not change. False out of memory. (ledger.c) */
bool ledger_remake_calendar(policy_ledger *l, const state *more, const state *taken, calendar **out);
void ledger_recall_kills(policy_ledger *l); /* of what is kept, forgetting a delta's (ledger.c) */
/* Which measures and rules a record of each type feeds; what is lost is fed nothing. (ledger.c) */
bool ledger_list_work(policy_ledger *l);
/* Take the delta into the state, or leave everything as it was. (ledger.c) */
policy_status ledger_commit(policy_ledger *l, policy_error **err);
void ledger_forget_delta(policy_ledger *l);
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
/* The same for a record that is known to fail. */
bool judge_failed(frame *f, const plan_version *v, state *into);
/* A script's rule on the frame's record (judge_script.c). */
bool judge_script_row(frame *f, const plan_version *v, state *into);
/* The values of such a row: what the check said itself, then those of the message where that is filled in. */
enum { CHECK_SHOWN_MEASURED, CHECK_SHOWN_LIMIT, CHECK_SHOWN_ZH, CHECK_SHOWN_EN, CHECK_SHOWN };
policy_severity version_severity(const plan_version *v, bool dated, int32_t day);

#endif
