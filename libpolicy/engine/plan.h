/*
 * The plan: what a ruleset becomes once its names are resolved and its expressions compiled.
 *
 * Everything reads a table: a record type or a measure. A table's expressions see one row of slots:
 *
 *   | columns: fields, or keys and value | lets | dated params | record_id | each | (limit rules: limit) | parts |
 *
 * Column i has slot i. In tables that grow from record type R, source i of the environment is field i of R, so that the
 * missing values of a measure can be named by the measures above it without translation.
 *
 * A limit rule owns an anonymous measure; its bounds and messages read that measure's table. The plan is immutable and
 * lives in the engine's arena; environments and programs are freed with the engine.
 */
#ifndef POLICY_ENGINE_PLAN_H
#define POLICY_ENGINE_PLAN_H

#include "ledger/aggregate.h"
#include "pack/pack.h"

#define PLAN_NONE UINT32_MAX

typedef struct plan_table plan_table;
typedef struct plan_measure plan_measure;
typedef struct plan_rule plan_rule;

typedef struct plan_param {
    const ruleset_param *from;
    const type *type;
    value *values; /* of each version */
    int dated;     /* number among the dated ones; -1: a constant of every environment */
} plan_param;

typedef struct plan_let {
    const pack_let *from;
    expr *program; /* NULL until compiled, or when that failed */
    const type *type;
    bool ready;
} plan_let;

struct plan_table {
    str name;
    const schema_type *record; /* NULL for a measure */
    plan_measure *measure;     /* NULL for a record type */
    uint32_t root;             /* record type it grows from */
    uint32_t column_count;
    const str *columns;
    const type **column_types;
    plan_let *lets;
    uint32_t let_count;
    int first_let, first_param, record_id, each, limit, first_part, slot_count;
    expr **parts; /* what several programs compute alike (plan_share.c) */
    uint32_t part_count;
    env *env; /* without any `each` */
};

typedef struct plan_each {
    bool present;
    str name;
    expr *list;
    const type *element;
} plan_each;

typedef struct plan_key {
    str name;
    expr *program; /* NULL: slot */
    int slot;
    const type *type;
} plan_key;

/* An overlay's addition to a rule, in force while the overlay is. */
typedef struct plan_also {
    expr *when;
    date_range in_force;
} plan_also;

struct plan_measure {
    str id;                   /* of the rule, for an anonymous one */
    const pack_measure *from; /* NULL for an anonymous one */
    localized title;
    place at;
    plan_table *source; /* what it groups */
    env *env;           /* the source's, or one with `each` */
    plan_each each;
    expr *when;
    plan_also *also;
    uint32_t also_count;
    plan_key *keys;
    uint32_t key_count;
    aggregate algebra;
    expr *arguments[2];
    uint64_t affine[2]; /* fields of a record type in which an argument is affine (affine.h) */
    uint32_t argument_count;
    const type *value_type;
    plan_table *out;            /* keys and value as a table */
    uint32_t number;            /* among all measures */
    uint32_t account;           /* among those that group a record type; PLAN_NONE for a stacked one */
    const date_range *in_force; /* of the rule that owns it; NULL */
    bool broken;                /* it did not compile */
};

typedef enum bound_kind { BOUND_AT_MOST, BOUND_AT_LEAST, BOUND_EXACTLY, BOUND_WARN_ABOVE, BOUND_WARN_BELOW } bound_kind;

typedef struct plan_bound {
    bound_kind kind;
    expr *program;
    const pack *overlay; /* it comes from; NULL: the rule's own */
    date_range in_force; /* of the overlay */
    place at;
} plan_bound;

typedef struct plan_raise { /* an overlay's severity */
    policy_severity severity;
    date_range in_force;
} plan_raise;

/* What a script's message names beside fields: what the check answered, and (where it folds) a group's keys. */
#define PLAN_PART_VALUE (PLAN_NONE - 1)
#define PLAN_PART_LIMIT (PLAN_NONE - 2)
#define PLAN_PART_KEY   (PLAN_NONE - 3) /* minus the key's number */

typedef struct plan_part { /* of a message */
    str literal;           /* data NULL for a placeholder */
    uint32_t number;       /* of the placeholder among the version's, or one of the above */
} plan_part;
typedef struct plan_message {
    plan_part *parts;
    uint32_t count;
} plan_message;

/* One version of a rule: what is in force for a while. */
typedef struct plan_version {
    plan_rule *rule;
    const pack_rule *from;
    const pack *pack;
    date_range in_force;
    uint32_t number; /* among all versions */
    plan_table *table;
    env *env; /* of the table, or with `each` */
    plan_each each;
    expr *when;
    plan_also *also;
    uint32_t also_count;
    expr *condition; /* predicates */
    bool require;
    bool script;     /* the check is a script's (script/checks.h) */
    bool late;       /* the check or a message reads measures: judged when findings are asked for */
    int *kept_slots; /* late, over a record type: slots whose values are kept until then */
    uint32_t kept_count;
    plan_key *keys; /* predicates: what a finding shows */
    uint32_t key_count;
    plan_measure *measure; /* limits */
    plan_bound *bounds;
    uint32_t bound_count;
    policy_severity severity;
    plan_raise *raises;
    uint32_t raise_count;
    expr **placeholders;
    uint32_t placeholder_count;
    plan_message message[2]; /* by language; count 0: not given */
} plan_version;

struct plan_rule {
    str id;
    plan_version **versions; /* sorted by in_force */
    uint32_t version_count;
    uint32_t number;
    uint32_t root; /* record type it comes from */
};

/* A reference to a measure from one environment. */
typedef struct plan_reference {
    const plan_measure *measure;
    int source; /* of that environment; -1 when its sources are used up */
} plan_reference;

static inline bool plan_in_force(const date_range *range, int32_t day)
{
    return !(range->has_from && day < range->from) && !(range->has_until && day > range->until);
}

#endif
