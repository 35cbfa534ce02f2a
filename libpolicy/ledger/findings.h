/*
 * Findings as they are made: rows and groups judged, then sorted, then frozen.
 */
#ifndef POLICY_LEDGER_FINDINGS_H
#define POLICY_LEDGER_FINDINGS_H

#include <stdatomic.h>

#include "ledger/datum.h"

struct policy_finding {
    const policy_findings *all;
    const plan_version *version;
    policy_verdict verdict;
    policy_severity severity;
    uint32_t key_count;
    const plan_key *keys; /* names and types; NULL where the row rule's own */
    const value *key_values;
    policy_datum *key_data;
    policy_datum value_datum, limit_datum;
    uint32_t row_count;
    const char *const *row_sources; /* of a single row: the next two */
    const uint64_t *rows;
    const char *row_source;
    uint64_t row;
    bool complete;
    uint32_t missing_count;
    const char **missing;
    const value *placeholders; /* NULL when the message does not need them */
    const value_error *error;
    bool killed;           /* the script was: nothing else stands of its rule */
    bool lost;             /* the rule changed after records were posted; see lost.h */
    uint64_t more;         /* errors of the same script's rule that this one stands for; see script_errors.h */
    value measured, limit; /* scalars; of a range what is not known to be less, and open ends, do not show here */
    double width;          /* of a range; negative: none */
    /* The nearest value of a field that would pass; field -1: none (suggest.c). */
    int nearest_field;
    bool nearest_up; /* it and what is above passes; else it and what is below */
    policy_datum nearest;
};

/* What many findings have in common is kept once: the last of each. */
typedef struct shared_texts {
    const policy_finding *keys; /* the last finding: its keys' texts */
    const char *source;
    const env *sources; /* whose names of what is missing these are; NULL: none yet */
    uint64_t missing;
    const char **names;
    uint32_t name_count;
} shared_texts;

struct policy_findings {
    policy_engine *engine;
    policy_allocator allocator; /* a copy: the engine may go first */
    arena memory;
    buffer text; /* room to write values */
    policy_finding **items;
    size_t count, capacity;
    shared_texts shared;
    int64_t *verdicts; /* rule * VERDICTS + verdict */
    uint32_t *counted; /* rules that have any, with repeats; room for all versions twice */
    uint32_t counted_count;
    bool counted_all;             /* any rule may have some */
    const struct screen *settled; /* of one record: what its rules that were not judged say, beside `verdicts`; NULL */
    const uint64_t *left;
    int64_t *records;    /* by type; -1 not supplied */
    atomic_uint holders; /* the caller and open streams: the last one frees */
    uint32_t filling;    /* counts how often it was cleared */
};

/* What is known of one finding before it is stored. Everything borrowed. */
typedef struct finding_draft {
    const plan_version *version;
    policy_verdict verdict;
    policy_severity severity;
    const plan_key *keys;
    uint32_t key_count;
    const value *key_values;
    const env *env; /* whose sources `missing` is */
    uint64_t missing;
    const read_note *notes;
    uint32_t note_count;
    value measured, limit; /* NULL kind: none */
    const type *measured_type, *limit_type;
    const value *placeholders;
    uint32_t placeholder_count;
    const evidence *rows; /* of a group */
    uint32_t source;      /* of a row */
    uint64_t row;
    const value_error *error;
    bool killed;
    bool lost;
} finding_draft;

/* Store a copy. False out of memory. */
bool findings_add(policy_findings *all, const policy_ledger *l, const finding_draft *d);
bool findings_sort(policy_findings *all);             /* false out of memory */
policy_findings *findings_new(policy_engine *engine); /* NULL out of memory */
void findings_clear(policy_findings *all);
/* Cleared findings that will count verdicts of few rules only, each told before. */
void findings_count_few(policy_findings *all);
void findings_count_rule(policy_findings *all, const plan_rule *rule);
/* Verdicts of one record that its type's screen settled; false out of memory. */
bool findings_note_settled(policy_findings *all, const struct screen *s, const uint64_t *left);
policy_findings *findings_hold(policy_findings *all); /* one holder more; given back by policy_findings_free */

/* Groups of limit rules and rows of measures (judge.c): counts and findings. False out of memory. */
bool judge_version(policy_ledger *l, const plan_version *v, policy_findings *all);
/* One group of a limit rule, or of a measure whose rows the version judges, as the view has it (judge.c). */
bool judge_target(policy_ledger *l, const plan_version *v, const value *keys, uint64_t hash, policy_findings *all);
/* Rows that waited (judge.c). */
bool judge_late(policy_ledger *l, const kept_row *r, policy_findings *all);
/* Groups of a script that folds (judge_script.c), or the one of these keys. */
bool judge_script_groups(policy_ledger *l, const plan_version *v, const value *only, policy_findings *all);
/* A script's check on a row of a measure's table, which the frame holds; `when` is TRUE or UNKNOWN. */
bool judge_script_measure_row(frame *f, const plan_version *v, value when, finding_draft *d, policy_findings *all);
/* Rows that join no group of what the version's table grows from (judge.c). */
bool judge_keyless(policy_ledger *l, const plan_version *v, policy_findings *all);
bool judge_keyless_row(policy_ledger *l, const plan_version *v, const kept_row *r, policy_findings *all);
/* Would the version speak of such a row at all, as far as its known keys say? (judge.c) */
bool judge_keyless_applies(policy_ledger *l, const plan_version *v, const kept_row *r);
/* Is the version the one to speak for a group, whose day the frame has? (judge.c) */
force judge_group_force(const plan_version *v, const frame *f, const group *g);
/* A group without a row is judged as of the run's day, else of its last. (judge.c) */
void judge_place_in_time(const policy_ledger *l, frame *f);
/* Everything, as the view has it; sorted. False out of memory. */
bool judge_everything(policy_ledger *l, policy_findings *all);
/* A row that is a finding as it is. */
bool findings_add_kept(policy_findings *all, policy_ledger *l, const kept_row *r);
/* A scalar as a number, for comparing distances; NaN for what is none. */
double findings_number(value v);
/* Same rule and keys? An order for those of one ledger. */
int findings_order(const policy_finding *a, const policy_finding *b);
int findings_order_subject(const policy_finding *a, const policy_finding *b);

#endif
