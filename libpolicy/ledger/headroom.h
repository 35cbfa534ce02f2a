/*
 * What is left of limits: lines as they are filled.
 *
 * A line holds typed values and makes its data from them when it is added; sentences are rendered on demand
 * (headroom_text.c). Everything a list holds is in its arena, so that filling it again does not allocate.
 */
#ifndef POLICY_LEDGER_HEADROOM_H
#define POLICY_LEDGER_HEADROOM_H

#include "ledger/change.h"
#include "ledger/datum.h"
#include "policy/headroom.h"

typedef struct headroom_line {
    const plan_version *version;
    const plan_key *keys; /* the rule's, or of the measure below that the record cannot join */
    const value *key_values;
    policy_datum *key_data;
    uint32_t key_count;
    policy_bound bound;
    value measured, limit, warning, left; /* VALUE_NULL: none */
    policy_datum measured_datum, limit_datum, warning_datum, left_datum;
    const type *limit_type;
    const char **missing;
    uint32_t missing_count;
} headroom_line;

struct policy_headroom {
    policy_engine *engine;
    policy_allocator allocator;
    arena memory;
    buffer text;
    headroom_line *lines;
    size_t count, capacity;
};

/* Lines of every limit that the change, which adds one record and was derived, touches. False out of memory. */
bool headroom_find(change *c, policy_headroom *out);

/* The unit of a rule's value in the pack's own word (min, 人), or str_none (headroom_unit.c). */
str headroom_unit(const policy_engine *e, const plan_version *v);
/* Is more of it added up, so that what is left can be used up? */
bool headroom_adds_up(const plan_measure *m);

#endif
